"""What unpacking hands on: leaves, which are the bytes that readers read."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from vigilia.evidence.handed_in import Location
from vigilia.model.evidence import EvidenceItem
from vigilia.model.times import OptionalTime

__all__ = ["Leaf", "Unpacked"]


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes to be read by a reader.

    Attributes:
        item: evidence item id. path: as recorded, "export.zip!/audit.csv".
        location: absolute path of the plain file or spool file, as the file system's bytes.
        modified: last change of the file or member, a hint for logs that leave out the year.
        warnings: sentences to carry into the evidence item.
        note, collector, host, original_path: as in `EvidenceItem`; known once collections were gathered.
    """

    item: str
    path: str
    sha256: str
    bytes: int
    location: Location
    modified: OptionalTime = ""
    warnings: list[str] = []
    note: str = ""
    collector: str = ""
    host: str = ""
    original_path: str = ""

    @property
    def file(self) -> Path:
        """Where the bytes lie."""
        return Path(os.fsdecode(self.location))


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """What one handed-in file gave: leaves to read, and finished items (containers, and all that is not read).

    `locked` counts what a password that was not given would open.
    """

    leaves: list[Leaf]
    items: list[EvidenceItem]
    locked: int = 0
