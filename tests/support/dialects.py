"""The dialect corpus as seeds: small files of every source and export tool, written by us."""

from __future__ import annotations

import functools
from pathlib import Path

from vigilia.readers.reader import Reader
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import readers

CORPUS = Path(__file__).resolve().parents[1] / "dialects"
_SUFFIX = ".expected.toml"


def dialect_of(expected: Path) -> Path:
    """Return the file of evidence that an expectation speaks of."""
    stem = expected.name.removesuffix(_SUFFIX)
    found = [one for one in expected.parent.iterdir() if one.name.startswith(f"{stem}.") and one != expected]
    assert len(found) == 1, found
    return found[0]


def expectations() -> list[Path]:
    """Return every expectation, sorted."""
    return sorted(CORPUS.rglob(f"*{_SUFFIX}"))


@functools.cache
def seeds() -> tuple[bytes, ...]:
    """Return the content of every dialect, in the order of their paths."""
    return tuple(dialect_of(path).read_bytes() for path in expectations())


@functools.cache
def seeds_by_reader() -> dict[str, tuple[bytes, ...]]:
    """Return the dialects that each reader takes: every reader, also one without any."""
    found: dict[str, list[bytes]] = {reader.name: [] for reader in readers()}
    for content in seeds():
        reader: Reader | None = recognise(content)
        if reader is not None and reader.name in found:  # wrapped lines have no reader of their own
            found[reader.name].append(content)
    return {name: tuple(contents) for name, contents in found.items()}
