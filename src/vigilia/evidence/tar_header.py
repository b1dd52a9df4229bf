"""One tar header block: POSIX.1-2017 `pax` (ustar), with GNU tar's base-256 numbers. No file access here."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BLOCK", "TarHeader", "is_tar_header", "parse_header", "parse_pax"]

BLOCK = 512
_CHECKSUM = slice(148, 156)
_LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class TarHeader:
    """Name, size in bytes, type flag, link target, and time of change in seconds since 1970 UTC."""

    name: bytes
    size: int
    type: bytes
    target: bytes
    modified: int


def is_tar_header(block: bytes) -> bool:
    """Say whether a block's checksum is that of a tar header (also of old tars without the word "ustar")."""
    if len(block) < BLOCK or not block[0]:
        return False
    claimed = _number(block[_CHECKSUM])
    blanked = block[:148] + b" " * 8 + block[156:BLOCK]
    return claimed > 0 and claimed in {sum(blanked), sum(blanked) - 256 * sum(octet > 127 for octet in blanked)}


def parse_header(block: bytes) -> TarHeader | None:
    """Read a header block; None where it is none."""
    if not is_tar_header(block):
        return None
    size = _number(block[124:136])
    name = _text(block[0:100])
    prefix = _text(block[345:500]) if block[257:263] == b"ustar\0" else b""
    if size < 0 or size > _LARGEST:
        return None
    return TarHeader(
        name=prefix + b"/" + name if prefix else name,
        size=size,
        type=block[156:157],
        target=_text(block[157:257]),
        modified=_number(block[136:148]),
    )


def parse_pax(content: bytes) -> dict[bytes, bytes]:
    """Read the records `<length> <key>=<value>\\n` of an extended header; stops at the first malformed one."""
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(content):
        digits, space, _ = content[position : position + 21].partition(b" ")
        if not space or not digits.isdigit():
            break
        end = position + int(digits)
        record = content[position + len(digits) + 1 : end]
        key, equals, value = record.partition(b"=")
        if not equals or not record.endswith(b"\n") or end > len(content):
            break
        records[key] = value[:-1]
        position = end
    return records


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _number(field: bytes) -> int:
    """Octal text, or big-endian base 256 where the first bit is set; -1 where it is neither."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big") if field[0] == 0x80 else -1
    digits = field.strip(b" \0")
    if not all(octet in b"01234567" for octet in digits):
        return -1
    return int(digits, 8) if digits else 0
