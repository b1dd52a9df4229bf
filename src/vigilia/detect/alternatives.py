"""Alternatives put together: text tests of one field are looked up and asked of rows as one."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from vigilia.sigma.form import Any, Form, TextTest

__all__ = ["Alternatives", "alternatives"]


class Alternatives(NamedTuple):
    """The items of which one must hold.

    Attributes:
        texts: the text tests by field; keywords have None.
        others: everything else, in order.
    """

    texts: tuple[tuple[str | None, frozenset[TextTest]], ...]
    others: tuple[Form, ...]


@lru_cache(maxsize=1 << 16)
def alternatives(form: Any) -> Alternatives:
    """Return the items of a form, text tests apart."""
    texts: dict[str | None, set[TextTest]] = {}
    others: list[Form] = []
    for item in form.items:
        if isinstance(item, TextTest):
            texts.setdefault(item.field, set()).add(item)
        else:
            others.append(item)
    return Alternatives(tuple((field, frozenset(tests)) for field, tests in texts.items()), tuple(others))
