"""Errors that know which part of a document is wrong, so that its line can be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vigilia.model.errors import RuleError
from vigilia.sigma.detection_items import ItemPath

__all__ = ["LineOf", "PartError", "line_of_error", "part_of_rule"]

LineOf = Callable[[ItemPath], int]
"""Tells the line of a part of a document, or of the nearest thing around it."""


class PartError(RuleError):
    """A part of a rule is wrong.

    Args:
        what: as for `RuleError`.
        hint: as for `RuleError`.
        part: the keys and indices that lead to it.
    """

    def __init__(self, what: str, *, hint: str = "", part: ItemPath = ()) -> None:
        self.part = part
        super().__init__(what, hint=hint)


@contextmanager
def part_of_rule(*part: str | int) -> Iterator[None]:
    """Say of errors in a block that they are about a part; what names a smaller one goes on to do so."""
    try:
        yield
    except PartError:
        raise
    except RuleError as error:
        raise PartError(error.what, hint=error.hint, part=part) from error


def line_of_error(error: RuleError, line_of: LineOf) -> int:
    """Return the line of the part that an error names, or of the whole document."""
    return line_of(error.part if isinstance(error, PartError) else ())
