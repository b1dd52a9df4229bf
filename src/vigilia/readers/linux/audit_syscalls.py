"""Who made a system call: the other records of the same audit event do not say it themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue

__all__ = ["SystemCalls"]

_WHO: Final = ("AUID", "SYSCALL", "auid", "exe", "key", "pid", "ses", "success", "syscall")
_LONGEST_KEPT: Final = 4096  # longest text of a system call that other records repeat
_REMEMBERED: Final = 256  # audit events whose records may be mixed with one another

Record = dict[str, FieldValue]


class SystemCalls:
    """Remembers who made the latest system calls."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], dict[str, FieldValue]] = {}

    def complete(self, records: Sequence[Record]) -> None:
        """Remember the SYSCALL records, then add what is remembered to the others: `syscall.auid` and so on."""
        for record in records:
            if record["type"] == "SYSCALL":
                self._remember(record)
        for record in records:
            if record["type"] != "SYSCALL":
                record.update(self._latest.get(_event(record), {}))

    def _remember(self, record: Record) -> None:
        known = {f"syscall.{name}": record.get(name, "") for name in _WHO}
        kept = {name: value for name, value in known.items() if 0 < len("".join(value)) <= _LONGEST_KEPT}
        self._latest[_event(record)] = kept
        if len(self._latest) > _REMEMBERED:
            del self._latest[next(iter(self._latest))]


def _event(record: Record) -> tuple[str, str]:
    return str(record.get("node", "")), str(record.get("audit_id", ""))
