"""Files from bytes to detections, without a case: read, match, describe what matched. Runs in a worker process."""

from __future__ import annotations

import datetime as dt
import functools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.detect.matcher import Matcher
from vigilia.engines.account import Account
from vigilia.engines.detection_task import Detected, DetectionSettings, DetectionTask, FileToDetect
from vigilia.engines.item_years import item_years
from vigilia.evidence.opened_file import open_evidence
from vigilia.model.detections import Detection, SortKey
from vigilia.model.errors import EvidenceError
from vigilia.model.events import EventBatch
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import LEVELS, Level, Match
from vigilia.model.records import SourceBatch
from vigilia.model.times import OptionalTime, TimeBasis, written_time
from vigilia.normalize.catalogue import load_catalogue
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import HEAD_BYTES, Reader, ReadLimits
from vigilia.readers.registry import readers
from vigilia.sigma.rules import CompiledRule, RuleSet
from vigilia.store.sorted_runs import SortedRuns

__all__ = ["detect_body", "detect_files", "warm_up"]

_HELD_BYTES: Final = 8 * 1024 * 1024
_REPLIED_BYTES: Final = 1024 * 1024


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a detection shows of its event, by the names of the normalised columns."""

    time: dt.datetime | None = msgspec.field(name="@timestamp")
    time_basis: TimeBasis = msgspec.field(name="vigilia.time_basis")
    record: int = msgspec.field(name="vigilia.record")
    offset: int | None = msgspec.field(name="vigilia.offset")
    length: int | None = msgspec.field(name="vigilia.length")
    channel: str | None = msgspec.field(name="event.provider")
    code: str | None = msgspec.field(name="event.code")
    host: str | None = msgspec.field(name="host.name")
    user: str | None = msgspec.field(name="user.name")
    fields: str = msgspec.field(name="vigilia.fields")


_COLUMNS: Final = list(_Shown.__struct_encode_fields__)


def detect_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out a "detect" task in a worker."""
    asked = msgspec.json.decode(body, type=DetectionTask)
    return msgspec.json.encode(detect_files(asked.files, asked.settings, beat))


def warm_up() -> None:
    """Load the readers, which takes longer than reading a small file."""
    readers()


def detect_files(files: Sequence[FileToDetect], settings: DetectionSettings, beat: Callable[[int], None]) -> Detected:
    """Run the rules on some files.

    Args:
        files: what to read.
        settings: rules and limits.
        beat: is told how many bytes are done, batch by batch.

    Raises:
        CaseError: the disk is full, or the rules cannot be loaded any more.
    """
    runs: SortedRuns[SortKey] = SortedRuns(Path(settings.scratch), _HELD_BYTES)
    encode = msgspec.json.Encoder().encode
    items = []
    for file in files:
        scan = _FileScan(file, settings, beat)
        for detection in scan.detections():
            runs.add(detection.key, encode(detection))
        items.append(scan.item())
    held = list(runs.held())
    if runs.runs or sum(map(len, held)) > _REPLIED_BYTES:
        runs.spill()
        held = []
    return Detected(items=items, detections=[msgspec.Raw(line) for line in held], runs=[str(one) for one in runs.runs])


class _FileScan:
    """One file while it is read."""

    def __init__(self, file: FileToDetect, settings: DetectionSettings, beat: Callable[[int], None]) -> None:
        self._file = file
        self._settings = settings
        self._beat = beat
        self._limits = ReadLimits(line_bytes=settings.line_bytes, columns=settings.columns)
        self._account = Account("", file.path, "", file.size)
        self._reader: Reader | None = None
        self._failure = ""

    def detections(self) -> Iterator[Detection]:
        """Yield what the rules find, in the order of the records."""
        try:
            yield from self._read()
        except EvidenceError as error:
            self._failure = error.sentence()

    def item(self) -> EvidenceItem:
        """Return the account of the file, once all of it was read."""
        item = self._account.finish(self._reader)
        if not self._failure:
            return item
        return msgspec.structs.replace(item, status="unreadable", warnings=[*item.warnings, self._failure])

    def _read(self) -> Iterator[Detection]:
        settings, account = self._settings, self._account
        catalogue = load_catalogue(settings.sources)
        with open_evidence(Path(os.fsdecode(self._file.location))) as stream:
            reader = self._reader = catalogue.recognise(stream.read(HEAD_BYTES))
            if reader is None:
                return
            mapping = catalogue.mapping(reader.source)
            hint = item_years(stream, reader, mapping, self._file.modified, self._limits, self._beat)
            normalizer = Normalizer(reader.source, settings.zone, "", hint, catalogue)
            for batch in reader.read(stream, self._file.size, self._limits):
                yield from self._detections_in(batch, normalizer)
                self._beat(account.add_read(batch, batch.positions.num_rows))
                if account.records >= settings.records:
                    account.refuse_rest(f"the budget of {settings.records} records was reached")
                    break
            account.add_untimed(normalizer.rejects)

    def _detections_in(self, batch: SourceBatch, normalizer: Normalizer) -> Iterator[Detection]:
        rules = _loaded(self._settings.rules, self._settings.least)
        events = normalizer.normalize(batch)
        matches = rules.matcher.match(events)
        for match, event in zip(matches, _shown(events, matches), strict=True):
            detection = self._describe(match, rules.by_id[match.rule_id], event, events.source)
            if self._is_wanted(detection.time):
                yield detection

    def _is_wanted(self, time: OptionalTime) -> bool:
        settings = self._settings
        return not time or (settings.since <= time and (not settings.until or time < settings.until))

    def _describe(self, match: Match, rule: CompiledRule, event: _Shown, source: str) -> Detection:
        return Detection(
            time=written_time(event.time),
            time_basis=event.time_basis,
            rule_id=rule.id,
            title=rule.title,
            level=rule.level,
            technique_ids=list(rule.technique_ids),
            tactics=list(rule.tactics),
            source=source,
            host=event.host or "",
            channel=event.channel or "",
            event_code=event.code or "",
            user=event.user or "",
            path=self._file.path,
            record=event.record,
            offset=event.offset,
            length=event.length,
            fields=match.fields,
            record_fields=msgspec.Raw(event.fields.encode()) if self._settings.record_fields else None,
        )


def _shown(events: EventBatch, matches: Sequence[Match]) -> list[_Shown]:
    """Return the event of each match; nothing is made of events that no rule matched."""
    if not matches:
        return []
    ids = pa.array([match.event_id for match in matches], type=pa.string())
    rows = pc.index_in(ids, value_set=events.events.column("event.id"))
    return msgspec.convert(events.events.select(_COLUMNS).take(rows).to_pylist(), list[_Shown])


class _LoadedRules:
    """Rules ready to run, and what is told of them."""

    def __init__(self, rules: RuleSet) -> None:
        self.by_id = {rule.id: rule for rule in rules.rules}
        self.matcher = Matcher(rules)


@functools.lru_cache(maxsize=1)
def _loaded(path: str, least: Level) -> _LoadedRules:
    """Load the compiled rules once per worker process."""
    rules = msgspec.msgpack.decode(Path(path).read_bytes(), type=RuleSet)
    kept = tuple(rule for rule in rules.rules if LEVELS.index(rule.level) >= LEVELS.index(least))
    return _LoadedRules(msgspec.structs.replace(rules, rules=kept))
