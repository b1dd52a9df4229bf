"""Entries of the macOS unified log: Apple's own fields, and what the messages of known programs say."""

from __future__ import annotations

from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.linux.syslog_messages import read_message

__all__ = ["unified_fields"]

_PROCESS: Final = "process"


def unified_fields(fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
    """Return the fields with `process`, the program's name, and what its message says beside them.

    Messages of known programs give `action`, `user`, `source_ip` …; names that the entry has itself stay.
    """
    path, message = fields.get("processImagePath", ""), fields.get("eventMessage", "")
    process = fields.get(_PROCESS) or (path.rpartition("/")[2] if isinstance(path, str) else "")
    said = read_message(str(process), message if isinstance(message, str) else "")
    return {**said, **fields} | ({_PROCESS: process} if process else {})
