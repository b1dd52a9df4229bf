"""The account of one item while it is read: every byte parsed, refused or ignored, every record counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.evidence import EvidenceItem, RejectCount, Sign
from vigilia.model.records import LEFTOVER_RECORDS, Reject, SourceBatch
from vigilia.model.times import format_time
from vigilia.model.wording import counted
from vigilia.readers.reader import Reader

__all__ = ["Account", "ReadBatch"]


class ReadBatch(Protocol):
    """Some records of an item, in whatever form: the account of their bytes."""

    @property
    def rejects(self) -> tuple[Reject, ...]:
        """What was refused."""
        ...

    @property
    def bytes_parsed(self) -> int:
        """Bytes that the records took."""
        ...

    @property
    def bytes_ignored(self) -> int:
        """Bytes that hold no record."""
        ...


class Account:
    """Adds up what readers say of their batches; promise 1, nothing is lost silently."""

    def __init__(self, item: str, path: str, sha256: str, size: int) -> None:
        self._item, self._path, self._sha256, self._bytes = item, path, sha256, size
        self._records = self._parsed = self._ignored = 0
        self._rejects: dict[str, RejectCount] = {}
        self._warnings: list[str] = []
        self._first: dt.datetime | None = None
        self._last: dt.datetime | None = None

    def add(self, batch: SourceBatch, events: pa.RecordBatch) -> int:
        """Add a batch and the events that it became; return how many bytes of the item it took."""
        self._add_times(events)
        return self.add_read(batch, events.num_rows)

    def add_read(self, batch: ReadBatch, records: int) -> int:
        """Add what was read, without its times; return how many bytes of the item it took."""
        before = self._parsed + self._ignored + self._refused()
        self._records += records
        self._parsed += batch.bytes_parsed
        self._ignored += batch.bytes_ignored
        for reject in batch.rejects:
            self._add_reject(reject)
        return self._parsed + self._ignored + self._refused() - before

    @property
    def records(self) -> int:
        """Records so far."""
        return self._records

    def refuse_rest(self, reason: str) -> None:
        """Count what was not read yet, if anything, as refused: reading stops here."""
        done = self._parsed + self._ignored + self._refused()
        if done < self._bytes:
            rest = Reject(place=f"after record {self._records}", offset=done, length=self._bytes - done, reason=reason)
            self._add_reject(rest)

    def _add_reject(self, reject: Reject) -> None:
        known = self._rejects.get(reject.reason)
        self._rejects[reject.reason] = RejectCount(
            reason=reject.reason,
            count=(known.count if known else 0) + 1,
            bytes=(known.bytes if known else 0) + reject.length,
            first_place=known.first_place if known else reject.place,
        )

    def _add_times(self, events: pa.RecordBatch) -> None:
        """Take in the times that the item covers; what is left over from an older log does not say that it does."""
        kept = pc.less(events.column("vigilia.record"), pa.scalar(LEFTOVER_RECORDS, pa.int64()))
        ends = pc.min_max(events.column("@timestamp").filter(kept))
        for end in (ends["min"].as_py(), ends["max"].as_py()):
            if end is not None:
                self._first = end if self._first is None else min(self._first, end)
                self._last = end if self._last is None else max(self._last, end)

    def add_untimed(self, rejects: list[RejectCount]) -> None:
        """Add the records whose time is not known: they are events all the same, but the reader is told."""
        for one in rejects:
            self._warnings.append(
                f"{counted(one.count, 'record has', 'records have')} no usable time: {one.reason} "
                f"(first: {one.first_place})."
            )

    def finish(self, reader: Reader | None, signs: Sequence[Sign] = ()) -> EvidenceItem:
        """Return the finished account, with what the item showed of itself."""
        if reader is None:
            return EvidenceItem(
                item=self._item,
                path=self._path,
                sha256=self._sha256,
                bytes=self._bytes,
                status="unrecognised",
                bytes_ignored=self._bytes,
                warnings=["No reader recognises this file: it was not examined."],
            )
        unaccounted = self._bytes - self._parsed - self._ignored - self._refused()
        if unaccounted:
            self._warnings.append(
                f"{unaccounted} bytes are unaccounted for: please report this as a bug in the reader."
            )
        return EvidenceItem(
            item=self._item,
            path=self._path,
            sha256=self._sha256,
            bytes=self._bytes,
            status="read",
            format=reader.name,
            source=reader.source,
            records=self._records,
            rejected=sum(one.count for one in self._rejects.values()),
            bytes_parsed=self._parsed,
            bytes_quarantined=self._refused() + unaccounted,
            bytes_ignored=self._ignored,
            first_time=format_time(self._first) if self._first else "",
            last_time=format_time(self._last) if self._last else "",
            rejects=sorted(self._rejects.values(), key=lambda one: (-one.count, one.reason)),
            warnings=self._warnings,
            signs=list(signs),
        )

    def _refused(self) -> int:
        return sum(one.bytes for one in self._rejects.values())
