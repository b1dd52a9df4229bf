"""Logon records in binary: /var/log/wtmp, /var/log/btmp, /run/utmp, in the layouts of the GNU C library.

Most machines write 384 bytes for a record, with times of 32 bits; 64-bit ARM and a few others 400, with times of 64
bits. The layout and the byte order are known by what makes sense of the first records. Format: *utmp(5)*, glibc
bits/utmp.h.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.linux.utmp_records import TYPES, utmp_meaning
from vigilia.readers.reader import HEAD_BYTES, Reader, ReadLimits

__all__ = ["READER"]

_ODD: Final = "not a logon record"
_CUT: Final = "the file ends inside a logon record"
_SHARE: Final = 0.5  # of records that make sense; a few may be damaged
_FIRST, _LAST = 315_532_800, 4_102_444_800  # the years 1980 to 2100
_RECORDS_LOOKED_AT: Final = 64


# A struct utmp: type, padding, pid, line, id, user, host, exit (two), session, seconds, microseconds, address, unused.
_NARROW: Final = "h2si32s4s32s256shhiii16s20s"
_WIDE: Final = "h2si32s4s32s256shhqqq16s20s4x"
_LAYOUTS: Final = tuple(struct.Struct(order + form) for form in (_NARROW, _WIDE) for order in "<>")


class _UtmpReader(BatchedReader):
    name = "linux-utmp"
    source = "linux.utmp"
    title = "Linux logon records (wtmp, btmp, utmp)"

    def recognise(self, head: bytes) -> float:
        share, _ = _best_layout(head)
        return round(0.5 + 0.45 * share, 4) if share >= _SHARE else 0.0

    def add_records(
        self,
        stream: BinaryIO,
        builder: ColumnBuilder,
        limits: ReadLimits,  # noqa: ARG002 - records of one size need none
    ) -> Iterator[None]:
        held = stream.read(HEAD_BYTES)
        _, layout = _best_layout(held)
        offset = 0
        while held:
            content, held = held[: layout.size], held[layout.size :]
            _take(content, offset, layout, builder)
            offset += len(content)
            yield
            if len(held) < layout.size:
                held += stream.read(HEAD_BYTES)


READER: Final[Reader] = _UtmpReader()


def _best_layout(head: bytes) -> tuple[float, struct.Struct]:
    """Return the layout by which most of the first records make sense, and their share; the usual one in doubt."""
    shares = [(_sensible_share(head, layout), -at) for at, layout in enumerate(_LAYOUTS)]
    share, at = max(shares)
    return share, _LAYOUTS[-at]


def _sensible_share(head: bytes, layout: struct.Struct) -> float:
    size = layout.size
    records = [head[at : at + size] for at in range(0, min(len(head), _RECORDS_LOOKED_AT * size) - size + 1, size)]
    found = [_read(record, layout) for record in records]
    dated = sum(fields is not None and "time" in fields for fields in found)
    return sum(fields is not None for fields in found) / len(found) if dated else 0.0


def _take(content: bytes, offset: int, layout: struct.Struct, builder: ColumnBuilder) -> None:
    record = offset // layout.size
    if len(content) < layout.size:
        builder.reject(f"record {record}", _CUT, offset, len(content))
        return
    fields = _read(content, layout)
    if fields is None:
        builder.reject(f"record {record}", _ODD, offset, len(content))
    else:
        builder.append(record, offset, len(content), fields)


def _read(content: bytes, layout: struct.Struct) -> dict[str, FieldValue] | None:
    """Return the fields of a record, or None where it makes no sense."""
    kind, padding, pid, line, identity, user, host, termination, status, session, seconds, micro, address, rest = (
        layout.unpack(content)
    )
    dated = _FIRST <= seconds < _LAST and 0 <= micro < 1_000_000
    if not 0 <= kind < len(TYPES) or not (dated or seconds == 0) or padding.strip(b"\0") or rest.strip(b"\0"):
        return None
    texts = {"line": _text(line), "id": _text(identity), "user": _text(user), "host": _text(host)}
    if not all(text.isprintable() for text in texts.values()):
        return None
    fields: dict[str, FieldValue] = {name: text for name, text in texts.items() if text}
    numbers = {"pid": pid, "exit_termination": termination, "exit_status": status, "session": session}
    fields |= {name: str(number) for name, number in numbers.items() if number}
    if dated:
        fields["time"] = f"{seconds}.{micro:06d}"
    if where := _address(address):
        fields["address"] = where
    return fields | {"type": TYPES[kind]} | utmp_meaning(TYPES[kind], texts["user"])


def _text(field: bytes) -> str:
    """Return a text that ends at its first NUL; what lies behind it is left over from an earlier record."""
    return field.partition(b"\0")[0].decode("utf-8", "backslashreplace")


def _address(field: bytes) -> str:
    if not field.strip(b"\0"):
        return ""
    return str(ipaddress.ip_address(field if field[4:].strip(b"\0") else field[:4]))
