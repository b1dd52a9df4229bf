"""Collections among the evidence: each file learns where it came from, and the collector's own files are set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.engines.describing import decode_described, describe_task
from vigilia.engines.pool import Failure
from vigilia.engines.protocol import Task
from vigilia.evidence.collections.collection import Description, Gathered, Origin
from vigilia.evidence.collections.gathering import gather
from vigilia.evidence.leaf import Leaf
from vigilia.model.evidence import EvidenceItem
from vigilia.model.wording import counted

__all__ = ["METADATA", "NO_RESULTS", "Run", "Sorted", "describe_collections", "mark_empty_results"]

METADATA = "collection-metadata"
"""Format of a collector's own files."""
NO_RESULTS = "no-results"
"""Format of a marker that says: this was asked, and there was nothing."""

_MARKER = "_no_results.json"
_LONGEST_MARKER = 1024
_MARKED = "The tool that made this export asked for these records, and there were none."
_DIFFERS = "Its content is not what the collector hashed on the machine: it was changed, or damaged, after that."
# Runs tasks and yields each task's id with its reply or failure.
Run = Callable[[str, Iterable[Task], Mapping[str, int]], Iterator[tuple[str, bytes | Failure]]]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Leaves that may be logs, and items for what is none."""

    leaves: list[Leaf]
    items: list[EvidenceItem]


def describe_collections(leaves: Sequence[Leaf], run: Run) -> Sorted:
    """Find collections, read what their collectors say in workers, and tell it to the files.

    Args:
        leaves: everything that was unpacked.
        run: carries out tasks, given the name of the stage and how many bytes each task has.
    """
    gathered = {one.root: one for one in gather(leaves)}
    sizes = {leaf.path: leaf.bytes for leaf in leaves}
    told = {root: sum(sizes[root + file.name] for file in one.metadata) for root, one in gathered.items()}
    by_path = {leaf.path: leaf for leaf in leaves}
    items: list[EvidenceItem] = []
    answers = run("Reading collections", [describe_task(one) for one in gathered.values()], told) if gathered else ()
    for root, answer in answers:
        collection = gathered[root]
        described = _unread(answer) if isinstance(answer, Failure) else decode_described(answer)
        items += _own_files(collection, described, by_path)
        _tell(collection, described, by_path)
    return Sorted(leaves=list(by_path.values()), items=items)


def mark_empty_results(sorted_out: Sorted) -> Sorted:
    """Set aside the markers that an export leaves where it found nothing: they are evidence that it asked."""
    markers = {leaf.path for leaf in sorted_out.leaves if leaf.path.endswith(_MARKER) and leaf.bytes <= _LONGEST_MARKER}
    marked = [_set_aside(leaf, NO_RESULTS, _MARKED) for leaf in sorted_out.leaves if leaf.path in markers]
    items = [_marked(item) for item in sorted_out.items]
    return Sorted(leaves=[leaf for leaf in sorted_out.leaves if leaf.path not in markers], items=[*items, *marked])


def _marked(item: EvidenceItem) -> EvidenceItem:
    if item.status != "ignored" or item.bytes or not item.path.endswith(_MARKER):
        return item
    return msgspec.structs.replace(item, format=NO_RESULTS, note=_MARKED, warnings=[])


def _own_files(collection: Gathered, described: Description, by_path: dict[str, Leaf]) -> list[EvidenceItem]:
    """Turn the collector's files into items; the first carries what there is to say of the whole."""
    note = f"Collection metadata of {collection.collector}: it says where the files came from, and holds no log."
    items = [
        msgspec.structs.replace(
            _set_aside(by_path.pop(collection.root + file.name), METADATA, note),
            collector=collection.collector,
            host=described.host,
        )
        for file in collection.metadata
    ]
    if items:
        first = items[0]
        items[0] = msgspec.structs.replace(
            first, missed=described.missed, warnings=[*first.warnings, *described.warnings, *_missed(described)]
        )
    return items


def _missed(described: Description) -> list[str]:
    if not described.missed_count:
        return []
    first = described.missed[0]
    what = " ".join(part for part in (first.path, f"({first.reason})" if first.reason else "") if part)
    count = counted(described.missed_count, "file or step", "files or steps")
    return [f"The collector could not copy everything: {count}. The first: {what}."]


def _tell(collection: Gathered, described: Description, by_path: dict[str, Leaf]) -> None:
    origins = {origin.name: origin for origin in described.origins}
    for file in collection.files:
        if file.metadata:
            continue
        path = collection.root + file.name
        origin = origins.get(file.name, Origin(name=file.name))
        leaf = by_path[path]
        by_path[path] = msgspec.structs.replace(
            leaf,
            collector=collection.collector,
            host=described.host,
            original_path=origin.path,
            modified=origin.modified or leaf.modified,
            warnings=[*leaf.warnings, _DIFFERS] if origin.differs else leaf.warnings,
        )


def _unread(failure: Failure) -> Description:
    return Description(warnings=[f"What the collector says was not read: {failure.reason}."])


def _set_aside(leaf: Leaf, form: str, note: str) -> EvidenceItem:
    return EvidenceItem(
        item=leaf.item,
        path=leaf.path,
        sha256=leaf.sha256,
        bytes=leaf.bytes,
        status="ignored",
        format=form,
        bytes_ignored=leaf.bytes,
        warnings=list(leaf.warnings),
        note=note,
    )
