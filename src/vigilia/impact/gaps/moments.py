"""Times as rows of the store hold them."""

from __future__ import annotations

import datetime as dt

__all__ = ["moment"]


def moment(value: object) -> dt.datetime:
    """Return a value of a row that is known to be a time.

    Raises:
        TypeError: it is none, which is a mistake of ours in the query.
    """
    if not isinstance(value, dt.datetime):
        raise TypeError(f"not a time: {value!r}")
    return value
