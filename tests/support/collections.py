"""Collections made for the tests: unpacked as they would be, gathered, and described."""

from __future__ import annotations

from pathlib import Path

from support.archives import Unpacking
from vigilia.evidence.collections.collection import Description, Gathered, Origin
from vigilia.evidence.collections.gathering import describe, gather


def gathered_from(folder: Path, name: str, archive: bytes) -> Gathered:
    """The one collection in an archive."""
    (found,) = gather(Unpacking(folder, name, archive).result.leaves)
    return found


def described_from(folder: Path, name: str, archive: bytes) -> Description:
    """What its collector says of the one collection in an archive."""
    return describe(gathered_from(folder, name, archive), lambda _: None)


def origins(described: Description) -> dict[str, Origin]:
    """Where its files came from, by their names."""
    return {origin.name: origin for origin in described.origins}
