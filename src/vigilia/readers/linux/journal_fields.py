"""Entries of the systemd journal: the journal's own fields, and what their messages say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vigilia.readers.columns import TRUNCATED, FieldValue
from vigilia.readers.flatten import scalar_text
from vigilia.readers.linux.audit_messages import read_audit_message
from vigilia.readers.linux.syslog_messages import read_message

__all__ = ["is_journal_entry", "journal_fields", "json_value", "too_long"]

_TIME: Final = "__REALTIME_TIMESTAMP"
_SIGNS: Final = frozenset({"MESSAGE", "__CURSOR", "_BOOT_ID", "_TRANSPORT", "SYSLOG_IDENTIFIER"})
_NAMES_OF_PROGRAM: Final = ("SYSLOG_IDENTIFIER", "_COMM")


def is_journal_entry(entry: Mapping[str, object]) -> bool:
    """Return whether an object has the fields that journald itself adds."""
    return _TIME in entry and not _SIGNS.isdisjoint(entry)


def journal_fields(entry: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return an entry's fields, with what its message says beside them.

    Messages of known programs give `action`, `user`, `source_ip` … in lower case, audit records their own names.
    """
    message = _first(entry, ("MESSAGE",))
    program = "audit" if _first(entry, ("_TRANSPORT",)) == "audit" else _first(entry, _NAMES_OF_PROGRAM)
    said: Mapping[str, FieldValue] = read_audit_message(program, message) or read_message(program, message)
    return {**said, **entry}


def _first(entry: Mapping[str, FieldValue], names: tuple[str, ...]) -> str:
    for name in names:
        value = entry.get(name)
        if value:
            return value if isinstance(value, str) else value[0]
    return ""


def json_value(value: object) -> FieldValue | None:
    """Return what journalctl writes as JSON: a text, a list of bytes for what is no UTF-8, or a list of either.

    What was too long to be written is null: it gives no value.
    """
    if value is None:
        return None
    if not isinstance(value, list):
        return scalar_text(value)
    if value and all(isinstance(one, int) and 0 <= one <= 255 for one in value):
        return bytes(value).decode("utf-8", "backslashreplace")
    texts = [json_value(one) for one in value]
    return [text if isinstance(text, str) else " ".join(text) for text in texts if text is not None] or None


def too_long(names: list[str]) -> dict[str, FieldValue]:
    """Return the mark of fields that journalctl left out because they were too long."""
    return {TRUNCATED: names} if names else {}
