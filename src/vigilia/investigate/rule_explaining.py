"""One rule on one event, explained: an event of a case, a record of a file, or one that was written by hand."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import orjson
import pyarrow as pa

from vigilia.detect.explanation import Explanation, RecordedEvent, explain
from vigilia.detect.logsources import default_log_sources
from vigilia.detect.reference import normalised_events
from vigilia.investigate.progress import Progress
from vigilia.investigate.rule_cases import ANY_SOURCE, case_batch, is_written_by_hand, read_cases
from vigilia.investigate.rule_choice import ChosenRules
from vigilia.investigate.samples import ReadingSettings, read_samples, why_unread
from vigilia.model.errors import UsageError
from vigilia.normalize.catalogue import load_catalogue
from vigilia.sigma.outline import outlines_of
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_store import EventStore

__all__ = ["event_in_case", "event_in_file", "explain_rule"]

_PLACE: Final = re.compile(r"(.+):([0-9]{1,18})")
_EVENT_ID: Final = re.compile(r"[0-9a-f]{16}:[0-9]{1,18}")
_COLUMNS: Final = 'SELECT * FROM events WHERE {} ORDER BY "event.id" LIMIT 2'


def explain_rule(chosen: ChosenRules, event: RecordedEvent) -> Explanation:
    """Explain the one rule that was chosen on an event.

    Raises:
        UsageError: several rules were chosen.
        RuleError: the rule's text cannot be taken apart.
    """
    rule, text = chosen.one
    return explain(rule, outlines_of(text, rule.path, rule.id, chosen.adaptation), event, default_log_sources())


def event_in_case(case: Path, event_id: str) -> RecordedEvent:
    """Return an event of a case by its id.

    Raises:
        CaseError: it is no case folder.
        UsageError: it has no event of this id.
    """
    folder = CaseFolder(case)
    folder.read_settings()
    if not _EVENT_ID.fullmatch(event_id):
        raise UsageError("this is not an event id", where=event_id, hint="It looks like 0123456789abcdef:17.")
    found = _stored(folder, '"event.id" = ?', [event_id])
    if not found:
        raise UsageError("the case has no such event", where=event_id, hint="Its findings.jsonl lists event ids.")
    return found[0]


def event_in_file(place: str, source: str, settings: ReadingSettings, progress: Progress) -> RecordedEvent:
    """Return one record of a file.

    Args:
        place: "FILE:RECORD" or "ARCHIVE!/MEMBER:RECORD", or the file alone where it has one record.
        source: log source id of events written by hand (`rule_cases`); empty for logs.
        settings: how logs are read.
        progress: is told of bytes.

    Raises:
        UsageError: there is no such record, or more than one.
        EvidenceError: there is no such file.
    """
    path, member, record = _parted(place)
    if is_written_by_hand(path, source):
        found, unread = _written(path, source, record, settings), ""
    else:
        with read_samples([path], None, settings, progress) as read:
            items = [one for one in read.items if not member or one.path.endswith(f"!/{member}")]
            distinct = dict.fromkeys(one.item for one in items if one.item)
            found = [event for item in distinct for event in _of_item(read.case, item, record)]
            unread = why_unread(items)
    if len(found) == 1:
        return found[0]
    if found:
        hint = "Write FILE:RECORD, or ARCHIVE!/MEMBER:RECORD."
        raise UsageError("there is more than one such record", where=place, hint=hint)
    reason = f" ({unread})" if unread else ""
    hint = "`vigilia rules test` prints record numbers."
    raise UsageError(f"there is no such record{reason}", where=place, hint=hint)


def _parted(place: str) -> tuple[Path, str, int | None]:
    """Part "FILE:RECORD" or "ARCHIVE!/MEMBER:RECORD"; a file whose own name looks like that is taken as the file."""
    if Path(place).exists():
        return Path(place), "", None
    match = _PLACE.fullmatch(place)
    name, record = (match[1], int(match[2])) if match else (place, None)
    archive, _, member = name.partition("!/")
    return (Path(name), "", record) if Path(name).exists() else (Path(archive), member, record)


def _of_item(case: CaseFolder, item: str, record: int | None) -> list[RecordedEvent]:
    if record is None:
        return _stored(case, '"vigilia.item" = ?', [item])
    return _stored(case, '"vigilia.item" = ? AND "vigilia.record" = ?', [item, record])


def _written(path: Path, source: str, record: int | None, settings: ReadingSettings) -> list[RecordedEvent]:
    file = read_cases(path, source)
    chosen = [number for number in range(len(file.cases)) if record is None or number == record]
    if file.source == ANY_SOURCE:
        return [RecordedEvent("", file.cases[number].fields, {}) for number in chosen]
    catalogue = load_catalogue("" if settings.sources is None else str(settings.sources.absolute()))
    normalised = normalised_events(case_batch(file, catalogue).events)
    return [RecordedEvent(file.source, file.cases[number].fields, normalised[number]) for number in chosen]


def _stored(case: CaseFolder, where: str, parameters: Sequence[object]) -> list[RecordedEvent]:
    with (
        tempfile.TemporaryDirectory(prefix="vigilia-") as scratch,
        EventStore.open(case.events, Path(scratch)) as store,
    ):
        rows = store.query(_COLUMNS.format(where), parameters)
    return [_recorded(batch.slice(row, 1)) for batch in rows.to_batches() for row in range(batch.num_rows)]


def _recorded(row: pa.RecordBatch) -> RecordedEvent:
    (normalised,) = normalised_events(row)
    fields = orjson.loads(row.column("vigilia.fields")[0].as_py())
    return RecordedEvent(str(normalised["ecs:vigilia.source"]), fields, normalised)
