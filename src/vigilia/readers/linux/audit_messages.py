"""Audit records in messages of syslog and the journal: from the kernel, from auditd's dispatcher, from journald.

`kernel: [12.5] audit: type=1400 audit(1364481363.243:12): apparmor="DENIED" …`, `audispd: node=fs01 type=USER_LOGIN
msg=audit(…): …`, and without a time of its own `audit[977]: USER_LOGIN pid=977 …`.
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.linux.audit_records import audit_body, parse_audit_record

__all__ = ["read_audit_message"]

_KERNEL: Final = "kernel"
_JOURNALD: Final = "audit"
_SPEAKERS: Final = frozenset({_KERNEL, _JOURNALD, "audispd", "audisp-syslog", "auditd", "audisp"})
_LONGEST_TYPE: Final = 32


def read_audit_message(program: str, message: str) -> dict[str, FieldValue] | None:
    """Return the fields of the audit record that a message is, or None."""
    if program not in _SPEAKERS:
        return None
    text = message
    if program == _KERNEL and text.startswith("["):
        text = text.partition("] ")[2]
    text = text.removeprefix("audit: ")
    if text.startswith(("type=", "node=")):
        return parse_audit_record(text)
    record_type, space, body = text.partition(" ")
    if program == _JOURNALD and space and _is_type(record_type):
        return audit_body(record_type, body)
    return None


def _is_type(word: str) -> bool:
    return 2 < len(word) <= _LONGEST_TYPE and word.isupper() and word.isascii() and word.replace("_", "").isalnum()
