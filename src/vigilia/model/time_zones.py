"""Time zones by their IANA names."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Final

from vigilia.model.errors import UsageError

__all__ = ["load_zone"]

# The names of the database. Anything else makes Python's import system look for it, and a long one exhausts its stack.
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}", re.ASCII)


def load_zone(name: str) -> dt.tzinfo:
    """Return a time zone by its IANA name.

    Raises:
        UsageError: there is no such zone on this machine.
    """
    if name in {"UTC", "Etc/UTC"}:
        return dt.UTC
    hint = 'Write an IANA name such as "Europe/Paris" or "UTC".'
    if _NAME.fullmatch(name) is None:
        raise UsageError(f"there is no time zone named {name[:64]!r}", hint=hint)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(f"there is no time zone named {name!r}", hint=hint) from error
