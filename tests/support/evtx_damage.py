"""Damage to EVTX files, by seed: what disks, crashes, copies and intruders do to them.

Each kind takes a file and returns a damaged one; the same seed gives the same bytes.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping

from support.evtx_files import CHUNK, HEADER, records_of, with_hidden_record
from vigilia.demo.evtx_writer import seal_chunk

__all__ = ["HEADER_DAMAGE", "KINDS", "damaged_file"]

_CHUNK_HEADER = 512
_PAGE = 4096
_FIELDS = ((8, "<Q"), (16, "<Q"), (24, "<Q"), (32, "<Q"), (40, "<I"), (44, "<I"), (48, "<I"), (0, "<Q"))
_ODD = (0, 1, 511, 512, 513, 0x7FFF, 0xFFFF, 0x10000, 0x10001, 0x7FFFFFFF, 0xFFFFFFFF)

Damage = Callable[[bytearray, random.Random], bytearray]


def _chunks(content: bytearray) -> list[int]:
    return list(range(HEADER, len(content) - _CHUNK_HEADER, CHUNK))


def _header_bytes(content: bytearray, chance: random.Random) -> bytearray:
    """Random bytes in the header of each chunk, few or many."""
    for at in _chunks(content):
        for _ in range(chance.choice((1, 4, 16, 64, 512))):
            content[at + chance.randrange(_CHUNK_HEADER)] = chance.randrange(256)
    return content


def _header_wiped(content: bytearray, chance: random.Random) -> bytearray:
    """The header of each chunk is random, or zeros."""
    for at in _chunks(content):
        content[at : at + _CHUNK_HEADER] = chance.choice((chance.randbytes(_CHUNK_HEADER), bytes(_CHUNK_HEADER)))
    return content


def _forged_fields(content: bytearray, chance: random.Random) -> bytearray:
    """Numbers, sizes and places in the headers are forged, and the checksums made right again."""
    for at in _chunks(content):
        for _ in range(chance.randint(1, 3)):
            place, form = chance.choice(_FIELDS[:7])
            struct.pack_into(form, content, at + place, chance.choice((*_ODD, chance.randrange(1 << 32))) & 0xFFFFFFFF)
        end = struct.unpack_from("<I", content, at + 48)[0]
        if _CHUNK_HEADER <= end <= CHUNK and at + CHUNK <= len(content):
            content[at : at + CHUNK] = seal_chunk(bytes(content[at : at + CHUNK]))
    return content


def _forged_tables(content: bytearray, chance: random.Random) -> bytearray:
    """The tables of names and templates lead in circles or out of the chunk."""
    for at in _chunks(content):
        for place in range(128, _CHUNK_HEADER, 4):
            if chance.random() < 0.3:
                struct.pack_into("<I", content, at + place, chance.choice((128, 512, 536, 0xFFFF, 0xFFFFFFFF)))
    return content


def _file_header(content: bytearray, chance: random.Random) -> bytearray:
    if chance.random() < 0.5:
        del content[:HEADER]
    else:
        content[:HEADER] = chance.randbytes(HEADER)
    return content


def _bit_flips(content: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 8, 64, 500))):
        content[chance.randrange(HEADER, len(content))] ^= 1 << chance.randrange(8)
    return content


def _odd_numbers(content: bytearray, chance: random.Random) -> bytearray:
    """Sizes and places within records become numbers that overflow."""
    for _ in range(chance.randint(1, 40)):
        struct.pack_into("<I", content, chance.randrange(HEADER, len(content) - 4), chance.choice(_ODD))
    return content


def _cut_off(content: bytearray, chance: random.Random) -> bytearray:
    return content[: chance.randrange(len(content))]


def _cut_out(content: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(HEADER, len(content))
    del content[at : at + chance.choice((1, 8, 512, 4096, CHUNK))]
    return content


def _put_in(content: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(HEADER, len(content))
    content[at:at] = chance.randbytes(chance.choice((1, 8, 512, 4096)))
    return content


def _zeros(content: bytearray, chance: random.Random) -> bytearray:
    """Sectors that were never written."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(0, len(content), 512)
        content[at : at + 512] = bytes(len(content[at : at + 512]))
    return content


def _swapped(content: bytearray, chance: random.Random) -> bytearray:
    """Two sectors, or two chunks, changed places."""
    size = chance.choice((512, 4096, CHUNK))
    first, second = (HEADER + size * chance.randrange(max(1, (len(content) - HEADER) // size)) for _ in range(2))
    content[first : first + size], content[second : second + size] = (
        content[second : second + size],
        content[first : first + size],
    )
    return content


def _copied(content: bytearray, chance: random.Random) -> bytearray:
    """A piece of the file stands somewhere else too."""
    size, at = chance.choice((64, 512, 4096)), chance.randrange(HEADER, len(content))
    to = chance.randrange(HEADER, len(content))
    piece = content[at : at + size][: len(content) - to]
    content[to : to + len(piece)] = piece
    return content


def _zero_blocks(content: bytearray, chance: random.Random) -> bytearray:
    """Blocks of a file system that were never written, or whose place in the file was lost."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(0, len(content), _PAGE)
        content[at : at + _PAGE] = bytes(len(content[at : at + _PAGE]))
    return content


def _any_order(content: bytearray, chance: random.Random) -> bytearray:
    """Chunks in another order, as pieces of a disk are put together wrongly."""
    pieces = [content[at : at + CHUNK] for at in range(HEADER, len(content), CHUNK)]
    chance.shuffle(pieces)
    return bytearray().join([content[:HEADER], *pieces])


def _joined(content: bytearray, chance: random.Random) -> bytearray:
    """Two logs one behind the other: the header of a file in the middle."""
    cut = HEADER + CHUNK * chance.randint(0, len(content) // CHUNK)
    return content[:cut] + content[:HEADER] + content[cut:]


def _live_copy(content: bytearray, chance: random.Random) -> bytearray:
    """Copied while Windows had it open: the headers of the file and of its last chunk lag behind."""
    last = HEADER + CHUNK * (len(content) // CHUNK - 1)
    struct.pack_into("<H", content, 0x2A, 1)
    struct.pack_into("<I", content, 0x78, 1)
    at, _ = chance.choice(records_of(bytes(content[last : last + CHUNK])))
    struct.pack_into("<I", content, last + 48, at)
    return content


def _pages(content: bytearray, chance: random.Random) -> bytearray:
    """A memory image: pages in any order, others between them."""
    pages = [bytes(content[at : at + _PAGE]) for at in range(HEADER, len(content), _PAGE)]
    pages += [chance.choice((bytes(_PAGE), chance.randbytes(_PAGE))) for _ in pages[::2]]
    chance.shuffle(pages)
    return bytearray().join(pages)


def _deleted(content: bytearray, chance: random.Random) -> bytearray:
    """Single records deleted by a tool: the one before reaches over it, those behind are numbered anew."""
    for _ in range(chance.randint(1, 5)):
        start = chance.choice(_chunks(content))
        chunk = bytes(content[start : start + CHUNK])
        records = records_of(chunk)
        if len(records) < 3 or len(chunk) < CHUNK:
            continue
        place = chance.randrange(1, len(records))
        hidden = bytearray(with_hidden_record(chunk, place))
        for at, _ in records[place + 1 :]:
            struct.pack_into("<Q", hidden, at + 8, struct.unpack_from("<Q", hidden, at + 8)[0] - 1)
        content[start : start + CHUNK] = seal_chunk(bytes(hidden))
    return content


HEADER_DAMAGE: Mapping[str, Damage] = {"header bytes": _header_bytes, "header wiped": _header_wiped}
KINDS: Mapping[str, Damage] = {
    **HEADER_DAMAGE,
    "forged fields": _forged_fields,
    "forged tables": _forged_tables,
    "file header": _file_header,
    "bit flips": _bit_flips,
    "odd numbers": _odd_numbers,
    "cut off": _cut_off,
    "cut out": _cut_out,
    "put in": _put_in,
    "zeros": _zeros,
    "swapped": _swapped,
    "copied": _copied,
    "zero blocks": _zero_blocks,
    "any order": _any_order,
    "joined": _joined,
    "live copy": _live_copy,
    "pages": _pages,
    "deleted": _deleted,
}


def damaged_file(content: bytes, kind: str, seed: int) -> bytes:
    """Return a damaged copy of a file."""
    return bytes(KINDS[kind](bytearray(content), random.Random(f"{kind} {seed}")))
