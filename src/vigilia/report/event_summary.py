"""One plain line for one record: who did what to what, from where."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.report.safe_text import safe_text

__all__ = ["SUMMARY_COLUMNS", "action_words", "summarise_event"]

# What the line is made of; a query for it needs these columns.
SUMMARY_COLUMNS = (
    "vigilia.source",
    "event.action",
    "event.provider",
    "event.outcome",
    "user.name",
    "user.target.name",
    "source.ip",
    "host.name",
    "destination.domain",
    "destination.ip",
    "process.command_line",
    "process.executable",
    "script.text",
    "file.path",
    "url.original",
    "vigilia.search",
    "vigilia.objects",
)
# The first of these that a record has is what was acted upon.
_OBJECTS = (
    "vigilia.search",
    "process.command_line",
    "script.text",
    "vigilia.objects",
    "url.original",
    "file.path",
    "user.target.name",
    "process.executable",
    "destination.domain",
    "destination.ip",
)
_LONGEST_VALUE = 160
# A name must be redacted before the text is cut, lest half a name be left; no value is read further than this.
_LONGEST_READ = 65536

Row = Mapping[str, object]


class _SourceWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source's table: action → verb phrase, and where the meaning of the actions is written down."""

    source: str
    date: str
    words: dict[str, str]


def summarise_event(row: Row, redact: Callable[[str], str]) -> str:
    """Return e.g. "ada@example.org signed in, from 192.0.2.7 (success)".

    Args:
        row: the columns SUMMARY_COLUMNS of one event.
        redact: applied to every value before it is shortened.
    """

    def value(column: str) -> str:
        return _shown(row.get(column), redact)

    what = next((value(column) for column in _OBJECTS if row.get(column)), "")
    parts = [value("user.name") or "someone (no account recorded)", _verb(row), _quoted_search(row, what)]
    places = [f"from {value('source.ip')}" if row.get("source.ip") else ""]
    places.append(f"on {value('host.name')}" if row.get("host.name") else "")
    line = " ".join(part for part in parts if part)
    outcome = value("event.outcome")
    return ", ".join([line, *(place for place in places if place)]) + (f" ({outcome})" if outcome else "")


def _verb(row: Row) -> str:
    action = str(row.get("event.action") or "")
    words = action_words().get(str(row.get("vigilia.source")), {}).get(action)
    if words:
        return words
    provider = safe_text(str(row.get("event.provider") or ""), 60)
    shown = safe_text(action, 60) or "an event"
    return f"– {shown} ({provider}) –" if provider else f"– {shown} –"


def _quoted_search(row: Row, what: str) -> str:
    return f"“{what}”" if row.get("vigilia.search") else what


def _shown(value: object, redact: Callable[[str], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        more = f" and {len(value) - 1} more" if len(value) > 1 else ""
        return _shown(value[0], redact) + more
    return safe_text(redact(str(value)[:_LONGEST_READ]), _LONGEST_VALUE)


@functools.cache
def action_words() -> dict[str, dict[str, str]]:
    """Return log source id → action → verb phrase, from event_words.toml."""
    table = read_table("vigilia.report", "event_words.toml", dict[str, _SourceWords])
    return {source.replace("_", "."): one.words for source, one in table.items()}
