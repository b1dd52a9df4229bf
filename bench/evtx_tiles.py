"""Large EVTX files made of real chunks: laid one behind the other, with record numbers and checksums made right.

A chunk is a tile where its checksums hold and each of its records is read by the decoder, so that what is measured is
the reading of sound logs. The events stay as they are; only their numbers go on from tile to tile.
"""

from __future__ import annotations

import io
import itertools
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import evtx
import numpy as np
import orjson
from numpy.typing import NDArray

from vigilia.demo.evtx_writer import CHUNK_BYTES, HEADER_BYTES, file_of, seal_chunk

__all__ = ["Tile", "laid_tiles", "one_machine", "tiles_of", "well_filled"]

_RECORDS_AT: Final = 512
_RECORD_MAGIC: Final = b"\x2a\x2a\0\0"
_RECORD_HEADER: Final = 24
_FULL_FROM: Final = CHUNK_BYTES // 2
_UINT64: Final = 0x0A


@dataclass(frozen=True)
class Tile:
    """A sound chunk.

    Attributes:
        machine: the computer that its first record names.
        places: where its records have their number, in their header and, but for a few, again as a value of the event:
            two columns, the second 0 where the number stands nowhere else.
    """

    machine: str
    content: bytes
    places: NDArray[np.int64]

    @property
    def records(self) -> int:
        """How many records it has."""
        return len(self.places)

    def numbered(self, first: int) -> bytes:
        """Return the chunk with its records numbered from `first` on."""
        laid = np.frombuffer(self.content, np.uint8).copy()
        numbers = np.arange(first, first + self.records, dtype="<u8").view(np.uint8).reshape(-1, 8)
        eight = np.arange(8)
        for column in range(2):
            there = self.places[:, column] > 0
            laid[self.places[there, column][:, None] + eight] = numbers[there]
        last = first + self.records - 1
        chunk = laid.tobytes()
        return seal_chunk(chunk[:8] + struct.pack("<QQQQ", first, last, first, last) + chunk[40:])


def tiles_of(files: Iterable[bytes]) -> Iterator[Tile]:
    """Yield the sound chunks of EVTX files in their order."""
    for content in files:
        for at in range(HEADER_BYTES, len(content) - CHUNK_BYTES + 1, CHUNK_BYTES):
            tile = _tile(content[at : at + CHUNK_BYTES])
            if tile is not None:
                yield tile


def one_machine(tiles: Sequence[Tile]) -> list[Tile]:
    """Return the tiles of the machine that has most of them."""
    chunks = Counter(tile.machine for tile in tiles)
    most = min(chunks, key=lambda machine: (-chunks[machine], machine))
    return [tile for tile in tiles if tile.machine == most]


def well_filled(tiles: Sequence[Tile]) -> list[Tile]:
    """Return the tiles that are half full at least: a log that goes on and on has no others."""
    return [tile for tile in tiles if len(tile.content.rstrip(b"\0")) >= _FULL_FROM]


def laid_tiles(tiles: Sequence[Tile], size: int, target: Path) -> int:
    """Write a file of at least `size` bytes; return how many records it has."""
    chunks = max(1, -(-(size - HEADER_BYTES) // CHUNK_BYTES))
    number = 1
    with target.open("wb") as stream:
        stream.write(file_of([], counted=min(chunks, 0xFFFF)))
        for tile in itertools.islice(itertools.cycle(tiles), chunks):
            stream.write(tile.numbered(number))
            number += tile.records
    return number - 1


def _tile(chunk: bytes) -> Tile | None:
    if not _is_sound(chunk):
        return None
    starts, texts = _record_starts(chunk), _texts(chunk)
    if not starts or len(texts) != len(starts):
        return None
    places = np.array([(start + 8, _number_as_value(chunk, start)) for start in starts], dtype=np.int64)
    return Tile(_machine(texts[0]), chunk, places)


def _is_sound(chunk: bytes) -> bool:
    if not chunk.startswith(b"ElfChnk\0"):
        return False
    end: int = struct.unpack_from("<I", chunk, 48)[0]
    return _RECORDS_AT <= end <= CHUNK_BYTES and seal_chunk(chunk) == chunk


def _record_starts(chunk: bytes) -> list[int]:
    end: int = struct.unpack_from("<I", chunk, 48)[0]
    starts: list[int] = []
    at = _RECORDS_AT
    while at + _RECORD_HEADER <= end and chunk[at : at + 4] == _RECORD_MAGIC:
        starts.append(at)
        at += max(_RECORD_HEADER, struct.unpack_from("<I", chunk, at + 4)[0])
    return starts


def _texts(chunk: bytes) -> list[str]:
    try:
        parser = evtx.PyEvtxParser(io.BytesIO(file_of([chunk])), number_of_threads=1)
        return [record["data"] for record in parser.records_json() if record is not None]
    except RuntimeError:
        return []


def _machine(text: str) -> str:
    name = orjson.loads(text)["Event"]["System"].get("Computer")
    return name if isinstance(name, str) else ""


def _number_as_value(chunk: bytes, start: int) -> int:
    """Return where a record's own template has its number among the values: the first that is a long; 0 without one.

    In a log that was exported it differs from that in the record's header.

    Layout: record header, fragment header (4), token 0x0C, one byte, template id (4), place of its definition (4),
    there perhaps the definition (next 4, GUID 16, size 4, as many bytes), then the count of values, four bytes for each
    and the values themselves.
    """
    at = start + _RECORD_HEADER + 4
    if chunk[at : at + 1] != b"\x0c":
        return 0
    (definition,) = struct.unpack_from("<I", chunk, at + 6)
    at += 10
    if definition == at:
        at += 24 + int(struct.unpack_from("<I", chunk, at + 20)[0])
    (count,) = struct.unpack_from("<I", chunk, at)
    value: int = at + 4 + 4 * count
    for size, kind, _ in struct.iter_unpack("<HBB", chunk[at + 4 : value]):
        if kind == _UINT64 and size == 8:
            return value
        value += size
    return 0
