"""What a collection is: files that one tool copied from one machine, and what the tool says about them.

Whoever controlled the machine could write much of that. It is shown, compared and used as a hint for years; nothing
that is counted or concluded rests on it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias

import msgspec

from vigilia.evidence.names import safe_name
from vigilia.evidence.opened_file import open_evidence
from vigilia.model.evidence import Missed
from vigilia.model.times import OptionalTime

__all__ = [
    "MOST_MISSED",
    "Beat",
    "Collected",
    "Collector",
    "Description",
    "Gathered",
    "Origin",
    "bounded_lines",
    "shown",
]

Collector: TypeAlias = Literal["Velociraptor", "UAC", "KAPE", "CyLR"]
Beat: TypeAlias = Callable[[int], None]

MOST_MISSED = 200
"""Files named that the collector could not copy; all of them are counted."""

_LONGEST_LINE = 1024 * 1024
_LONGEST_TEXT = 300


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a collection.

    Attributes:
        name: its path below the collection, with "/" between the parts.
        location: where its bytes lie, as the file system's bytes.
        metadata: the collector's own account, not something that it copied.
    """

    name: str
    sha256: str
    location: bytes
    metadata: bool = False

    def open(self) -> BinaryIO:
        """Open it for reading."""
        return open_evidence(Path(os.fsdecode(self.location)))


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """A collection as found by the names of its files.

    Attributes:
        root: path as shown that its files lie under, with the "/" at its end.
        files: sorted by name.
    """

    collector: Collector
    root: str
    files: list[Collected]

    @property
    def metadata(self) -> Iterator[Collected]:
        """The collector's own files."""
        return (file for file in self.files if file.metadata)


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where a file came from, as far as the collector says.

    Attributes:
        name: of the file in the collection.
        path: on the machine; empty where it is not said.
        modified: last change there; empty where it is not said.
        differs: the file is not what the collector hashed.
    """

    name: str
    path: str = ""
    modified: OptionalTime = ""
    differs: bool = False


class Description(msgspec.Struct, kw_only=True):
    """What a collector says of a collection.

    Attributes:
        host: the machine that was collected from; empty where it is not said.
        missed: files that could not be copied, up to `MOST_MISSED`; missed_count: all of them.
        warnings: sentences about the collection as a whole.
    """

    host: str = ""
    origins: list[Origin] = []
    missed: list[Missed] = []
    missed_count: int = 0
    warnings: list[str] = []

    def miss(self, path: str, reason: str) -> None:
        """Note a file that could not be copied."""
        self.missed_count += 1
        if len(self.missed) < MOST_MISSED:
            self.missed.append(Missed(path=shown(path), reason=shown(reason)))


def shown(text: str) -> str:
    """Return a text of the collector's, safe to show and not too long."""
    return safe_name(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…")


def bounded_lines(file: Collected, beat: Beat) -> Iterator[bytes]:
    """Yield the lines of a metadata file without their ends; of a line that is far too long, only the beginning."""
    with file.open() as stream:
        while line := stream.readline(_LONGEST_LINE):
            beat(len(line))
            yield line.rstrip(b"\r\n")
            while not line.endswith(b"\n") and len(line) == _LONGEST_LINE:
                line = stream.readline(_LONGEST_LINE)
                beat(len(line))
