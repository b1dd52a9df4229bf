"""Finds collections among what was handed in, by the names of their files alone; reads what their collectors say."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vigilia.evidence.collections.collection import Beat, Collected, Collector, Description, Gathered
from vigilia.evidence.collections.cylr import describe_cylr, is_cylr_metadata
from vigilia.evidence.collections.kape import describe_kape, is_kape_metadata
from vigilia.evidence.collections.uac import describe_uac, is_uac_metadata
from vigilia.evidence.collections.velociraptor import describe_velociraptor, is_velociraptor_metadata
from vigilia.evidence.leaf import Leaf

__all__ = ["describe", "gather"]

_VELOCIRAPTOR = ("client_info.json", "collection_context.json", "uploads.json")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a collector's files are known, and how they are read."""

    is_metadata: Callable[[str], bool]
    describe: Callable[[Gathered, Beat], Description]


_KINDS: Mapping[Collector, _Kind] = {
    "Velociraptor": _Kind(is_velociraptor_metadata, describe_velociraptor),
    "UAC": _Kind(is_uac_metadata, describe_uac),
    "KAPE": _Kind(is_kape_metadata, describe_kape),
    "CyLR": _Kind(is_cylr_metadata, describe_cylr),
}


def describe(gathered: Gathered, beat: Beat) -> Description:
    """Read what the collector says of a collection; its bytes may come from the intruder, so in a worker.

    Raises:
        EvidenceError: a file of the collection cannot be opened.
    """
    return _KINDS[gathered.collector].describe(gathered, beat)


def gather(leaves: Sequence[Leaf]) -> list[Gathered]:
    """Return the collections, sorted by root; a file belongs to the innermost that it lies in."""
    by_path = {leaf.path: leaf for leaf in leaves}
    paths = sorted(by_path)
    roots = _roots(paths)
    files: dict[str, list[Collected]] = {root: [] for root in roots}
    for path in paths:
        root = _innermost(path, roots)
        if root:
            files[root].append(_collected(by_path[path], root, roots[root]))
    return [Gathered(collector=roots[root], root=root, files=files[root]) for root in sorted(roots)]


def _collected(leaf: Leaf, root: str, collector: Collector) -> Collected:
    name = leaf.path.removeprefix(root)
    return Collected(
        name=name, sha256=leaf.sha256, location=leaf.location, metadata=_KINDS[collector].is_metadata(name)
    )


def _roots(paths: list[str]) -> dict[str, Collector]:
    roots: dict[str, Collector] = {}
    for path in paths:
        folder, slash, name = path.rpartition("/")
        root = folder + slash
        if name in _VELOCIRAPTOR and _is_velociraptor(paths, root):
            roots[root] = "Velociraptor"
        elif name == "uac.log" and any(
            _any_below(paths, root + part) for part in ("[root]/", "live_response/", "bodyfile/")
        ):
            roots[root] = "UAC"
        elif is_kape_metadata(name):
            roots[root] = "KAPE"
        elif is_cylr_metadata(name):
            roots[root] = "CyLR"
    return roots


def _is_velociraptor(paths: list[str], root: str) -> bool:
    """Two of the collector's files, or one beside what it uploaded: one alone may be anybody's."""
    own = sum(_has(paths, root + name) for name in _VELOCIRAPTOR)
    return own > 1 or _any_below(paths, root + "uploads/")


def _has(paths: list[str], path: str) -> bool:
    place = bisect.bisect_left(paths, path)
    return place < len(paths) and paths[place] == path


def _any_below(paths: list[str], prefix: str) -> bool:
    place = bisect.bisect_left(paths, prefix)
    return place < len(paths) and paths[place].startswith(prefix)


def _innermost(path: str, roots: Mapping[str, Collector]) -> str:
    """Return the longest root that a path lies under."""
    end = len(path)
    while (end := path.rfind("/", 0, end)) >= 0:
        if path[: end + 1] in roots:
            return path[: end + 1]
    return ""
