"""Sample events for rules: read like evidence, in worker processes, into a case folder that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vigilia.investigate.handling import Handling
from vigilia.investigate.progress import Progress
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import Match
from vigilia.sigma.rules import RuleSet
from vigilia.store.case_folder import CaseFolder
from vigilia.store.match_store import stored_matches

__all__ = ["ReadSamples", "ReadingSettings", "read_samples", "why_unread"]


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """How samples are read; as in `investigate.request.Request`."""

    time_zone: str = "UTC"
    sources: Path | None = None
    handling: Handling = field(default_factory=Handling)
    workers: int = 1


@dataclass(frozen=True, slots=True)
class ReadSamples:
    """What was read. The case folder is there until the samples are left.

    Attributes:
        items: every item, read or not, sorted by path.
    """

    case: CaseFolder
    items: tuple[EvidenceItem, ...]

    def with_content(self, sha256: str) -> tuple[EvidenceItem, ...]:
        """Return the item with these bytes, and its members if it is a container."""
        paths = [item.path for item in self.items if item.sha256 == sha256]
        return tuple(
            item
            for item in self.items
            if item.sha256 == sha256 or any(item.path.startswith(f"{path}!/") for path in paths)
        )

    def matches(self, item: EvidenceItem) -> list[Match]:
        """Return the matches of all rules on an item's events, in the order of its records; none where it is unread."""
        path = self.case.matches / f"{item.item}.parquet"
        return stored_matches(path) if item.item and path.exists() else []


@contextmanager
def read_samples(
    paths: Sequence[Path], rules: RuleSet | None, settings: ReadingSettings, progress: Progress
) -> Iterator[ReadSamples]:
    """Read files or folders, and run rules on them as an investigation would.

    Args:
        paths: none of them twice.
        rules: None to detect nothing.
        settings: how to read.
        progress: is told of bytes.

    Raises:
        EvidenceError: a path is missing or a link, or there is no file.
        UsageError: there is no such time zone.
    """
    with tempfile.TemporaryDirectory(prefix="vigilia-") as scratch:
        request = Request(
            paths=tuple(paths),
            case=Path(scratch) / "case",
            name="samples",
            time_zone=settings.time_zone,
            sources=settings.sources,
            handling=settings.handling,
            workers=settings.workers,
        )
        case = CaseFolder(request.case)
        case.make_folders()
        yield ReadSamples(case, tuple(read_evidence(request, case, rules, progress)))


def why_unread(items: Sequence[EvidenceItem]) -> str:
    """Return why nothing of some items was read, or was not read whole; empty where all of it was."""
    if not items:
        return "the file is empty"
    for item in items:
        if item.status not in {"read", "container", "duplicate"}:
            return f"{item.status}: {item.warnings[0] if item.warnings else 'no reader knows it'}"
        if item.rejected or item.bytes_quarantined:
            reason = f" ({item.rejects[0].reason})" if item.rejects else ""
            return f"{item.rejected} records of it could not be read{reason}"
    return ""
