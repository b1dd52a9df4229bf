"""The custody ledger: an append-only record of what was done to the evidence, each line sealing the one before.

A line is one JSON object: number, time, action, details, the SHA-256 of the previous line, and last its own SHA-256 (of
everything before that key). Whoever can write the file can also write a new chain: write down `head` elsewhere to
prove that nothing was replaced or cut off at the end.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from vigilia.evidence.names import safe_name
from vigilia.model.errors import CaseError
from vigilia.model.times import UtcTime, format_time

__all__ = ["Detail", "Ledger", "LedgerReport", "examine_ledger", "finished_detail", "verify_ledger"]

Detail = str | int | bool | list[str]

_FIRST = "0" * 64
_SEAL = b',"sha256":"'
_LONGEST_LINE = 256 * 1024 * 1024
_TORN = "torn-line"


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    number: int
    time: UtcTime
    action: str
    details: dict[str, Detail]
    previous: str


class LedgerReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a ledger is worth: `problems` say that it was changed or is incomplete, `notes` what it explains itself.

    `head` is the SHA-256 of the last good line, `lines` the number of lines.
    """

    lines: int
    head: str
    problems: list[str]
    notes: list[str]


def _present() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Ledger:
    """Open for appending; one writer at a time."""

    def __init__(self, path: Path, clock: Callable[[], dt.datetime], number: int, head: str) -> None:
        self._path = path
        self._clock = clock
        self._number = number
        self.head = head

    @classmethod
    def open(cls, path: Path, clock: Callable[[], dt.datetime] = _present) -> Ledger:
        """Continue a ledger or begin one; a last line that a crash tore is closed and recorded, not removed.

        Args:
            path: `ledger.jsonl`.
            clock: returns the present time, with its zone. The ledger is the only file that holds such times.

        Raises:
            CaseError: it cannot be read or written, or its last line was changed.
        """
        number, last = 0, b""
        if path.exists():
            for line in _lines(path):
                number, last = number + 1, line
        ledger = cls(path, clock, number, _digest(last.removesuffix(b"\n")) if number else _FIRST)
        if number and not last.endswith(b"\n"):
            ledger._close_torn(last)
        return ledger

    def append(self, action: str, **details: Detail) -> str:
        """Add one line, durably, and return its SHA-256, the new head.

        Args:
            action: a short verb ("opened", "hashed", "finished").
            details: text, whole numbers, booleans and lists of text.

        Raises:
            CaseError: the ledger cannot be written.
        """
        line = _Line(
            number=self._number + 1,
            time=format_time(self._clock()),
            action=action,
            details={name: _encodable(value) for name, value in sorted(details.items())},
            previous=self.head,
        )
        sealed = _sealed(line)
        self._write(sealed + b"\n")
        self._number += 1
        self.head = _digest(sealed)
        return self.head

    def _close_torn(self, torn: bytes) -> None:
        self._write(b"\n")
        if _parse(torn) is None:
            self.append(_TORN, line=self._number, bytes=len(torn), sha256=_digest(torn))

    def _write(self, octets: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self._path, flags, 0o600)
            try:
                _write_all(descriptor, octets)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise CaseError(
                f"the ledger cannot be written ({error.strerror})",
                where=str(self._path),
                hint="Check permissions and free space, then run the same command again.",
            ) from error


def verify_ledger(path: Path, *, head: str = "") -> list[str]:
    """Return one sentence for each problem, with its line number; none where the ledger is whole.

    Args:
        path: `ledger.jsonl`.
        head: the last head that was written down elsewhere, if any; it must still be in the ledger.

    Raises:
        CaseError: the ledger cannot be read.
    """
    return examine_ledger(path, head=head).problems


def examine_ledger(path: Path, *, head: str = "") -> LedgerReport:
    """Check every line of a ledger; as `verify_ledger`, with what a person may want to know besides.

    Args:
        path: `ledger.jsonl`.
        head: as in `verify_ledger`.

    Raises:
        CaseError: the ledger cannot be read.
    """
    problems: list[str] = []
    notes: list[str] = []
    previous, number, seen_head = _FIRST, 0, not head
    torn: bytes | None = None
    for number, raw in enumerate(_lines(path), start=1):
        content = raw.removesuffix(b"\n")
        line = _parse(content)
        if torn is not None and not (line and _records_torn(line, number - 1, torn)):
            problems.append(f"Line {number - 1} is not a ledger line: it was changed, or its writing was interrupted.")
        elif torn is not None:
            notes.append(f"Line {number - 1} was cut by an interruption; line {number} records that.")
        torn = content if line is None else None
        if line:
            problems.extend(_line_problems(line, number, previous))
        if line and not raw.endswith(b"\n"):
            problems.append(f"Line {number} does not end: its writing was interrupted. The next run closes it.")
        previous = _digest(content)
        seen_head = seen_head or previous == head
    if torn is not None:
        problems.append(f"Line {number} is incomplete: it was changed, or its writing was interrupted.")
    if not number:
        problems.append("The ledger is empty.")
    if not seen_head:
        problems.append("The ledger does not contain the head that was written down: lines were replaced or cut off.")
    return LedgerReport(lines=number, head=previous, problems=problems, notes=notes)


def finished_detail(path: Path, name: str) -> list[str]:
    """Return a list among the details of the last line with the action "finished"; empty where there is none.

    Raises:
        CaseError: the ledger cannot be read.
    """
    detail: Detail = []
    for raw in _lines(path):
        line = _parse(raw.removesuffix(b"\n"))
        if line and line.action == "finished":
            detail = line.details.get(name, [])
    return detail if isinstance(detail, list) else []


def _line_problems(line: _Line, number: int, previous: str) -> Iterator[str]:
    if line.number != number:
        yield f"Line {number} says that it is line {line.number}: lines were removed or added."
    if line.previous != previous:
        yield f"Line {number} does not follow the line before it: that line was changed."


def _records_torn(line: _Line, number: int, torn: bytes) -> bool:
    return line.action == _TORN and line.details == {"line": number, "bytes": len(torn), "sha256": _digest(torn)}


def _sealed(line: _Line) -> bytes:
    body = msgspec.json.encode(line)[:-1]
    return body + _SEAL + _digest(body).encode() + b'"}'


def _parse(content: bytes) -> _Line | None:
    """Return the line where its own seal holds and it is written exactly as we write it, else None."""
    body, _, _ = content.rpartition(_SEAL)
    try:
        line = msgspec.json.decode(body + b"}", type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return line if _sealed(line) == content else None


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                yield line
    except OSError as error:
        raise CaseError(f"the ledger cannot be read ({error.strerror})", where=str(path)) from error


def _encodable(value: Detail) -> Detail:
    if isinstance(value, str):
        return safe_name(value) if not value.isprintable() else value
    return [safe_name(one) if not one.isprintable() else one for one in value] if isinstance(value, list) else value


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _write_all(descriptor: int, octets: bytes) -> None:
    view = memoryview(octets)
    while view:
        view = view[os.write(descriptor, view) :]
