"""Large files read in parts by several workers, and put together as if one had read them."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from vigilia.engines.correlation_task import recounted
from vigilia.engines.detection_task import Detected, FileToDetect
from vigilia.evidence.opened_file import open_evidence
from vigilia.model.detections import DetectionCounts, renumbered
from vigilia.model.errors import EvidenceError
from vigilia.model.evidence import EvidenceItem
from vigilia.model.tallies import RuleTally
from vigilia.readers.byte_range import cut_places
from vigilia.readers.windows.evtx_chunks import chunk_places
from vigilia.store.sorted_runs import rewritten

__all__ = ["joined", "parts_of"]

_SMALLEST_PART: Final = 16 * 1024 * 1024
_PARTS_FOR_EACH_WORKER: Final = 2


def parts_of(file: FileToDetect, workers: int) -> list[FileToDetect]:
    """Return the parts of a file, in order, that may be read side by side; the file itself where it may not be cut.

    Whether the cuts were between records shows when the parts are `joined`.
    """
    parts = min(workers * _PARTS_FOR_EACH_WORKER, file.size // _SMALLEST_PART)
    if workers < 2 or parts < 2:
        return [file]
    try:
        with open_evidence(file.file) as stream:
            places = chunk_places(stream, file.size, parts) or cut_places(stream, file.size, parts)
    except (EvidenceError, OSError):
        return [file]  # the worker that reads it will say what is wrong
    if not places:
        return [file]
    ends = [*places, file.size]
    return [
        msgspec.structs.replace(file, start=start, size=end - start, is_part=True)
        for start, end in zip([0, *places], ends, strict=True)
    ]


def joined(parts: Sequence[Detected]) -> Detected | None:
    """Return what a whole file would have given; None where it must be read as a whole.

    A part that was read without a fault ends between two records, and so does the one before it: then nothing reached
    over a border, and only the numbers of the records are to be changed. Where records bring their numbers with them,
    these must go up from part to part: then none is there twice, and all stay.

    Args:
        parts: of all parts of one file, in order.

    Raises:
        CaseError: the disk is full.
    """
    items = [part.items[0] for part in parts]
    if any(part.indivisible for part in parts) or not all(map(_is_faultless, items)) or not _go_up(parts):
        return None
    lines: list[str] = []
    runs: list[str] = []
    matched: list[str] = []
    counts = DetectionCounts()
    tallies: dict[str, RuleTally] = {}
    singly: Counter[str] = Counter()
    before = 0
    for part, item in zip(parts, items, strict=True):
        lines += [renumbered(line.encode(), before).decode() for line in part.lines]
        runs += [str(rewritten(Path(run), functools.partial(renumbered, by=before))) for run in part.runs]
        matched += [str(rewritten(Path(file), functools.partial(recounted, by=before))) for file in part.matched]
        counts.add(part.counts)
        for rule_id, tally in part.tallies.items():
            tallies.setdefault(rule_id, RuleTally()).add(tally.renumbered(before))
        before += 0 if part.numbers else item.records
        singly.update(part.read_singly)
    return Detected(
        items=[_whole(items)],
        lines=lines,
        runs=runs,
        matched=matched,
        counts=counts,
        tallies=tallies,
        unserved=parts[0].unserved,
        read_singly=dict(sorted(singly.items())),
    )


def _is_faultless(item: EvidenceItem) -> bool:
    return item.status == "read" and not item.rejected and not item.bytes_quarantined and not item.warnings


def _go_up(parts: Sequence[Detected]) -> bool:
    """Whether the numbers that records bring with them, if they do, go up from part to part."""
    ranges = [part.numbers for part in parts if part.numbers]
    return all(one[-1] < other[0] for one, other in itertools.pairwise(ranges))


def _whole(items: Sequence[EvidenceItem]) -> EvidenceItem:
    return msgspec.structs.replace(
        items[0],
        bytes=sum(item.bytes for item in items),
        records=sum(item.records for item in items),
        bytes_parsed=sum(item.bytes_parsed for item in items),
        bytes_ignored=sum(item.bytes_ignored for item in items),
    )
