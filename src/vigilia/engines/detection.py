"""Files from bytes to detections, without a case: read, match, tell what matched. Runs in a worker process."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import BinaryIO, Final

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vigilia.detect.logsources import default_log_sources
from vigilia.detect.matcher import RuleHits
from vigilia.engines.account import Account
from vigilia.engines.coders import kept_coder
from vigilia.engines.detection_task import (
    Detected,
    DetectionPreparation,
    DetectionSettings,
    DetectionTask,
    FileToDetect,
)
from vigilia.engines.item_years import item_years
from vigilia.engines.pooled_codes import CodedPool
from vigilia.engines.pooled_rows import Pool
from vigilia.engines.tallied_matches import OutlinedRows, TalliedMatches
from vigilia.engines.told_matches import SHOWN, MatchedRows, TimeWindow, ToldMatches, rules_at
from vigilia.evidence.opened_file import CHUNK, open_evidence
from vigilia.model.coded import CodedBatch
from vigilia.model.coded_arrays import source_rows
from vigilia.model.errors import EvidenceError
from vigilia.model.evidence import EvidenceItem
from vigilia.normalize.catalogue import Catalogue, load_catalogue
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.outline import Outline, Outliner
from vigilia.readers.byte_range import ByteRange
from vigilia.readers.coded_reader import CodedReader, Coder
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.reader import HEAD_BYTES, Reader, ReadLimits
from vigilia.readers.registry import readers
from vigilia.readers.windows.record_numbers import SUBSTITUTES

__all__ = ["detect_body", "detect_files", "get_ready", "warm_up"]

_REPLIED_BYTES: Final = 1024 * 1024
_CODED_ROWS: Final = 100_000  # in one batch: what matching costs for each batch is little then


def detect_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out a "detect" task in a worker."""
    asked = msgspec.json.decode(body, type=DetectionTask)
    return msgspec.json.encode(detect_files(asked.files, asked.settings, beat))


def warm_up() -> None:
    """Load the readers, which takes longer than reading a small file."""
    readers()
    default_log_sources()


def get_ready(body: bytes) -> None:
    """Load what is named, once for all workers that are forked afterwards."""
    wanted = msgspec.json.decode(body, type=DetectionPreparation)
    if wanted.kernels:
        from vigilia.engines.kernels import load_kernels  # Numba, which small inputs do without

        load_kernels()
    if wanted.rules:
        rules_at(wanted.rules, wanted.least)


def detect_files(files: Sequence[FileToDetect], settings: DetectionSettings, beat: Callable[[int], None]) -> Detected:
    """Run the rules on some files.

    Args:
        files: what to read.
        settings: rules and limits.
        beat: is told how many bytes are done, batch by batch.

    Raises:
        CaseError: the disk is full.
    """
    scan = _Scan(settings, beat)
    items = [scan.read(file) for file in files]
    scan.finish()
    told = scan.told
    if told.lines.runs or sum(map(len, told.lines.held())) > _REPLIED_BYTES:
        told.lines.spill()
    return Detected(
        items=items,
        lines=[line.decode() for line in told.lines.held()],
        runs=list(map(str, told.lines.runs)),
        matched=[str(told.matched)] if told.matched else [],
        counts=scan.tallied.counts if settings.findings else told.counts,
        tallies=scan.tallied.by_rule,
        unserved=len(scan.rules.matcher.unserved),
        read_singly=dict(sorted(scan.read_singly.items())),
        numbers=scan.numbers,
        indivisible=scan.indivisible,
    )


class _Scan:
    """Reads files one after another; the rows of small ones wait until there are enough of them."""

    def __init__(self, settings: DetectionSettings, beat: Callable[[int], None]) -> None:
        self._settings = settings
        self._beat = beat
        self._limits = ReadLimits(line_bytes=settings.line_bytes, columns=settings.columns)
        self._catalogue: Catalogue = load_catalogue(settings.sources)
        self._pools: dict[str, tuple[Pool, Normalizer]] = {}
        self._coded = CodedPool(self._limits.columns)
        self.rules = rules_at(settings.rules, settings.least)
        self.told = ToldMatches(self.rules, settings)
        self.tallied = TalliedMatches(self.rules, TimeWindow(settings))
        self._outliners: dict[str, Outliner] = {}
        self.read_singly: Counter[str] = Counter()
        self.indivisible = False
        self.numbers: list[int] = []

    def read(self, file: FileToDetect) -> EvidenceItem:
        """Read a file and return its account."""
        account = Account("", file.path, "", file.size)
        reader: Reader | None = None
        try:
            with open_evidence(file.file) as stream:
                reader = self._catalogue.recognise(stream.read(HEAD_BYTES))
                if file.is_part:
                    self._read_part(file, stream, reader, account)
                elif reader is not None:
                    self._read(file, stream, reader, account)
        except EvidenceError as error:
            item = account.finish(reader)
            return msgspec.structs.replace(item, status="unreadable", warnings=[*item.warnings, error.sentence()])
        return account.finish(reader)

    def finish(self) -> None:
        """Match the rows that still wait."""
        for pool, normalizer in self._pools.values():
            self._match_pool(pool, normalizer)
        self._match_coded_pool()

    def _read(self, file: FileToDetect, stream: BinaryIO, reader: Reader, account: Account) -> None:
        mapping = self._catalogue.mapping(reader.source)
        hint = item_years(stream, reader, mapping, file.modified, self._limits, self._beat)
        if hint is not None:
            normalizer = Normalizer(reader.source, self._settings.zone, "", hint, self._catalogue)
            pool = Pool(self._limits.columns)
            self._read_plain(file, stream, reader, account, (pool, normalizer))
            self._match_pool(pool, normalizer)
        elif self._may_be_coded(file) and isinstance(reader, CodedReader):
            self._read_coded(file, stream, reader, account)
        else:
            self._read_plain(file, stream, reader, account, self._pool_of(reader.source))

    def _may_be_coded(self, file: FileToDetect) -> bool:
        return self._settings.coded_from is not None and file.size >= self._settings.coded_from

    def _read_part(self, file: FileToDetect, stream: BinaryIO, reader: Reader | None, account: Account) -> None:
        if not isinstance(reader, CodedReader):
            self.indivisible = True
            return
        part = io.BufferedReader(ByteRange(stream, file.start, file.start + file.size), CHUNK)
        self._read_coded(file, part, reader, account)

    def _pool_of(self, source: str) -> tuple[Pool, Normalizer]:
        if source not in self._pools:
            self._pools[source] = Pool(self._limits.columns), self._normalizer(source, None)
        return self._pools[source]

    def _read_plain(
        self, file: FileToDetect, stream: BinaryIO, reader: Reader, account: Account, into: tuple[Pool, Normalizer]
    ) -> None:
        pool, normalizer = into
        for batch in reader.read(stream, file.size, self._limits):
            if not pool.fits(batch):
                self._match_pool(pool, normalizer)
            if batch.positions.num_rows:
                pool.add(file.path, batch)
            if pool.full:
                self._match_pool(pool, normalizer)
            self._beat(account.add_read(batch, batch.positions.num_rows))
            if self._is_enough(account):
                break

    def _is_enough(self, account: Account) -> bool:
        if account.records < self._settings.records:
            return False
        account.refuse_rest(f"the budget of {self._settings.records} records was reached")
        return True

    def _match_pool(self, pool: Pool, normalizer: Normalizer) -> None:
        if pool.empty:
            return
        pooled = pool.taken()
        events = normalizer.normalize(pooled.batch)
        hits = self.rules.matcher.hits(events)
        if self._settings.findings:
            rows = _rows_of(hits)
            outline = Outline.of_events(events.events.take(pa.array(rows)))
            records = pooled.positions.column("record").to_numpy()[rows]
            paths = [pooled.paths[file] for file in pooled.files[rows].tolist()]
            hits = self._tally(hits, OutlinedRows(rows, outline, records, paths))
        rows = _rows_of(hits)
        if len(rows):
            paths = [pooled.paths[file] for file in pooled.files[rows].tolist()]
            chosen = pa.array(rows)
            matched = MatchedRows(events.source, rows, events.events.take(chosen), pooled.positions.take(chosen), paths)
            self.told.add(hits, matched)

    def _read_coded(self, file: FileToDetect, stream: BinaryIO, reader: CodedReader, account: Account) -> None:
        coder = kept_coder(reader, replace(self._limits, batch_records=_CODED_ROWS))
        for batch in coder.read_part(stream, file.size, file.start) if file.is_part else coder.read(stream, file.size):
            if file.is_part and not self._stands_alone(batch, coder):
                self.indivisible = True
                break
            if batch.rows:
                self._pool_coded(file.path, _in_file(batch, file.start))
            self.read_singly.update(batch.read_singly)
            self._beat(account.add_read(batch, batch.rows))
            if self._is_enough(account):
                break

    def _stands_alone(self, batch: CodedBatch, coder: Coder) -> bool:
        """Whether records of a part are what they would be in the whole file; keeps their numbers in mind."""
        if INVALID_TEXT in batch.columns:
            return False  # where a mended record ends may depend on the one before it
        if coder.numbers_in_records and batch.rows:
            least, greatest = int(batch.records.min()), int(batch.records.max())
            self.numbers = [min([least, *self.numbers]), max([greatest, *self.numbers])]
            return greatest < SUBSTITUTES  # where a number came twice, the others' substitutes depend on it
        return True

    def _pool_coded(self, path: str, batch: CodedBatch) -> None:
        if not self._coded.fits(batch):
            self._match_coded_pool()
        self._coded.add(path, batch)
        if self._coded.full:
            self._match_coded_pool()

    def _match_coded_pool(self) -> None:
        if not self._coded.empty:
            pooled = self._coded.taken()
            self._match_coded(pooled.batch, pooled.paths)

    def _match_coded(self, batch: CodedBatch, paths: Sequence[str]) -> None:
        """Match a batch; its rows are of these files."""

        def normalised() -> pa.RecordBatch:
            whole = self._normalizer(batch.source, None)
            return whole.normalize(source_rows(batch, np.arange(batch.rows))).events

        hits = self.rules.matcher.match_coded(batch, normalised)
        if self._settings.findings:
            rows = _rows_of(hits)
            outline = self._outliner(batch.source).outline(batch, rows)
            hits = self._tally(
                hits, OutlinedRows(rows, outline, batch.records[rows], [paths[row] for row in rows.tolist()])
            )
        rows = _rows_of(hits)
        if not len(rows):
            return
        # Of the rows that matched, no more is made than what is told of them.
        whole_records = self._settings.record_fields
        normalizer = self._normalizer(batch.source, None if whole_records else SHOWN)
        found = source_rows(batch, rows, None if whole_records else normalizer.fields)
        events = normalizer.normalize(found).events
        its_paths = [paths[row] for row in rows.tolist()]
        matched = MatchedRows(batch.source, rows, events, found.positions, its_paths, batch.decoders(rows))
        self.told.add(hits, matched)

    def _tally(self, hits: Sequence[RuleHits], matched: OutlinedRows) -> list[RuleHits]:
        """Count what matched; return what correlation rules need all the same."""
        self.tallied.add(hits, matched)
        return [hit for hit in hits if hit.rule.id in self.rules.referred]

    def _outliner(self, source: str) -> Outliner:
        if source not in self._outliners:
            self._outliners[source] = Outliner(self._catalogue.mapping(source), self._settings.zone)
        return self._outliners[source]

    def _normalizer(self, source: str, columns: frozenset[str] | None) -> Normalizer:
        return Normalizer(source, self._settings.zone, "", None, self._catalogue, columns)


def _in_file(batch: CodedBatch, start: int) -> CodedBatch:
    """Return records of a part of a file with their places in the file; they keep their numbers in the part."""
    if not start:
        return batch
    return replace(batch, offsets=np.where(batch.offsets < 0, batch.offsets, batch.offsets + start))


def _rows_of(hits: Sequence[RuleHits]) -> NDArray[np.intp]:
    return np.unique(np.concatenate([hit.rows for hit in hits])) if hits else np.empty(0, dtype=np.intp)
