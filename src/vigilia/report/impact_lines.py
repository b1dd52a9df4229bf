"""Lines about impact: as text for people, as CSV for spreadsheets, and the exposed messages one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from vigilia.model.probability import estimative_phrase
from vigilia.model.result import Exposure, Impact, ImpactLevel
from vigilia.model.wording import counted, listed
from vigilia.report.safe_text import safe_cell

__all__ = ["exposure_csv", "exposure_lines", "impact_csv", "impact_lines"]

_ROW_COLUMNS = (
    "data_class",
    "label",
    "channel",
    "channel_label",
    "start",
    "end",
    "level",
    "probability",
    "uniform_probability",
    "window_covered",
    "channels_covered",
    "channels_in_use",
    "objects_count",
    "techniques",
    "gap_ids",
    "event_ids",
    "statement",
)
_MESSAGE_COLUMNS = ("mailbox", "how", "folder", "start", "end", "message", "probability")
_GRAVEST_FIRST: tuple[ImpactLevel, ...] = ("E0", "E1", "E2", "E4", "E3", "E5")


def impact_lines(rows: Sequence[Impact]) -> Iterator[str]:
    """Yield for each kind of content its channels, gravest first: level, chance, time, and what is said.

    Channels of which the same is true are told together.
    """
    for data_class in dict.fromkeys(row.data_class for row in rows):
        mine = [row for row in rows if row.data_class == data_class]
        yield mine[0].label
        alike: dict[tuple[str, ...], list[Impact]] = {}
        for row in sorted(mine, key=lambda one: _GRAVEST_FIRST.index(one.level)):
            chance = "cannot be determined" if row.level == "E4" else estimative_phrase(row.probability)
            alike.setdefault((row.level, _days(row), chance, _body(row)), []).append(row)
        for (level, days, chance, body), same in alike.items():
            yield f"  {level}  {listed([row.channel_label for row in same])}  {days}  {chance}"
            yield f"      {body}"


def _body(row: Impact) -> str:
    """What is said of a row, without the names of content and channel that stand above it."""
    return row.statement.removeprefix(f"“{row.label}”, {row.channel_label}: ")


def impact_csv(rows: Iterable[Impact]) -> Iterator[str]:
    """Yield the heading and one line for each row; cells that a spreadsheet would take for a formula are quoted."""
    cells = ([_cell(getattr(row, name)) for name in _ROW_COLUMNS] for row in rows)
    return _csv(_ROW_COLUMNS, cells)


def exposure_lines(exposed: Iterable[Exposure]) -> Iterator[str]:
    """Yield for each mailbox which messages were opened, which folders were copied, which days count as a whole."""
    for one in exposed:
        span = f"{one.start} to {one.end}"
        if one.how == "bind":
            yield f"{one.mailbox}  {counted(one.messages_count, 'message was', 'messages were')} opened  {span}"
            yield from (f"    {message}" for message in one.messages)
        elif one.how == "sync":
            yield f"{one.mailbox}  the whole folder was copied: {one.folder or 'all folders'}  {span}"
        else:
            yield f"{one.mailbox}  reading was throttled: take everything as read  {span}"


def exposure_csv(exposed: Iterable[Exposure]) -> Iterator[str]:
    """Yield the heading and one line for each message, folder or span."""
    cells = (
        [_cell(one) for one in (row.mailbox, row.how, row.folder, row.start, row.end, message, row.probability)]
        for row in exposed
        for message in row.messages or [""]
    )
    return _csv(_MESSAGE_COLUMNS, cells)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield ",".join(columns)
    for cells in rows:
        line = io.StringIO(newline="")
        csv.writer(line, lineterminator="").writerow(cells)
        yield line.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, list):
        return safe_cell(" ".join(map(str, value)))
    return safe_cell(value) if isinstance(value, str) else str(value)


def _days(row: Impact) -> str:
    if not row.end:
        return f"after {row.start[:10]}" if row.start else ""
    if not row.start:
        return f"before {row.end[:10]}"
    return f"{row.start[:10]} to {row.end[:10]}"
