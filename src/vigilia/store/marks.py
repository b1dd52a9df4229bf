"""The marks of a case: `marks.jsonl`, one line for each entity on which a person has decided."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from vigilia.model.errors import CaseError
from vigilia.model.marks import Mark, MarkKind
from vigilia.store.durable import replace_file

__all__ = ["read_marks", "with_mark", "without_mark", "write_marks"]


def read_marks(path: Path) -> list[Mark]:
    """Return the marks, sorted by kind and value; none where there is no file.

    Raises:
        CaseError: the file cannot be read or holds something else.
    """
    try:
        lines = path.read_bytes().splitlines() if path.exists() else []
        return [msgspec.json.decode(line, type=Mark) for line in lines]
    except OSError as error:
        raise CaseError(f"the marks cannot be read ({error.strerror})", where=str(path)) from error
    except msgspec.DecodeError as error:
        raise CaseError(f"the marks are damaged ({error})", where=str(path)) from error


def write_marks(path: Path, marks: Sequence[Mark]) -> None:
    """Replace the file at once; without marks there is none.

    Raises:
        CaseError: the case cannot be written.
    """
    if not marks:
        path.unlink(missing_ok=True)
        return
    replace_file(path, b"".join(msgspec.json.encode(one) + b"\n" for one in marks))


def with_mark(marks: Sequence[Mark], mark: Mark) -> list[Mark]:
    """Return the marks with one more; it takes the place of an earlier one on the same entity."""
    return sorted([*without_mark(marks, mark.kind, mark.value), mark], key=lambda one: (one.kind, one.value))


def without_mark(marks: Sequence[Mark], kind: MarkKind, value: str) -> list[Mark]:
    """Return the marks without the one on an entity."""
    return [one for one in marks if (one.kind, one.value) != (kind, value)]
