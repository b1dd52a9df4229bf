"""Unpacks one folder of a 7z archive: its chain of coders, from the packed bytes to the files."""

from __future__ import annotations

import functools
import hashlib
import lzma
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from vigilia.evidence.budgets import Budgets
from vigilia.evidence.compressed_stream import CompressedStream
from vigilia.evidence.containers import Damage, Read
from vigilia.evidence.decompressors import Codec, StreamKind, check_memory, codec, lzma_codec, lzma_filter
from vigilia.evidence.sevenzip_directory import Coder, Folder

__all__ = ["Unreadable", "chain", "is_encrypted", "open_folder"]

_COPY, _LZMA, _LZMA2, _DELTA, _AES = b"\x00", b"\x03\x01\x01", b"\x21", b"\x03", b"\x06\xf1\x07\x01"
_STREAMS: dict[bytes, StreamKind] = {
    b"\x04\x01\x08": "deflate",
    b"\x04\x02\x02": "bzip2",
    b"\x04\xf7\x11\x01": "zstd",
}
# Filters for programs that liblzma undoes; each has an old and a new id (7-Zip, DOC/Methods.txt).
_FILTERS = {
    b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x04": lzma.FILTER_X86,
    b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x05": lzma.FILTER_POWERPC,
    b"\x03\x03\x04\x01": lzma.FILTER_IA64,
    b"\x06": lzma.FILTER_IA64,
    b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x07": lzma.FILTER_ARM,
    b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x08": lzma.FILTER_ARMTHUMB,
    b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
    b"\x09": lzma.FILTER_SPARC,
}
_NAMES = {
    b"\x03\x03\x01\x1b": "BCJ2 (a filter for programs)",
    b"\x0a": "the filter for ARM64 programs",
    b"\x0b": "the filter for RISC-V programs",
    b"\x03\x04\x01": "PPMd",
    b"\x04\x01\x09": "Deflate64",
    b"\x04\xf7\x11\x02": "Brotli",
    b"\x04\xf7\x11\x04": "LZ4",
    b"\x04\xf7\x11\x05": "LZ5",
    b"\x04\xf7\x11\x06": "Lizard",
}
_MOST_CYCLES = 22  # 7-Zip writes 19; each more doubles the seconds for one try
_BLOCK = 16


class Unreadable(Exception):
    """A folder is packed in a way that is not read; the text says which."""


def chain(folder: Folder) -> list[tuple[Coder, int]]:
    """Return the coders from the packed bytes to the files, each with the bytes that it gives.

    Raises:
        Unreadable: they are not one after the other, or one of them is not known.
    """
    known = {_COPY, _LZMA, _LZMA2, _DELTA, _AES, *_STREAMS, *_FILTERS}
    for coder in folder.coders:
        if coder.method not in known:
            raise Unreadable(_NAMES.get(coder.method, f"method {coder.method.hex()}"))
    if any(coder.inputs != 1 or coder.outputs != 1 for coder in folder.coders) or len(folder.packed) != 1:
        raise Unreadable("several streams at once")
    fed_by = {output: given for given, output in folder.bound.items()}
    number, order = folder.packed[0], []
    for _ in folder.coders:
        if not 0 <= number < len(folder.coders):
            raise Unreadable("coders that do not follow one another")
        order.append((folder.coders[number], folder.sizes[number]))
        number = fed_by.get(number, -1)
    return order


def is_encrypted(folder: Folder) -> bool:
    """Say whether a password is needed."""
    return any(coder.method == _AES for coder in folder.coders)


def open_folder(folder: Folder, packed: Read, password: str, budgets: Budgets) -> Read:
    """Return all bytes of a folder's files, one after the other.

    Args:
        folder: from the directory.
        packed: its packed bytes from their beginning.
        password: empty where it is not encrypted.
        budgets: how much memory a coder may ask for, and how much may come of how little.

    Raises:
        Unreadable: a coder is not known.
        Damage: a coder's properties are wrong.
        MemberRefused: a coder asks for too much memory.
    """
    read = packed
    filters: list[dict[str, Any]] = []
    order = chain(folder)
    for place, (coder, size) in enumerate(order):
        following = order[place + 1][0].method if place + 1 < len(order) else b""
        if coder.method == _AES:
            read = _decrypted(coder, read, size, password)
        elif coder.method in _STREAMS:
            sized = codec(_STREAMS[coder.method], budgets)
            read = CompressedStream(read, Codec(sized.name, sized.start, size=size), budgets).read
        elif coder.method != _COPY:
            filters.insert(0, _filter(coder, budgets))
            _check_order(coder, following, filters)
            if following not in {*_FILTERS, _DELTA}:
                read = CompressedStream(read, lzma_codec(filters, size), budgets).read
                filters = []
    return read


def _check_order(coder: Coder, following: bytes, filters: list[dict[str, Any]]) -> None:
    """Refuse chains that liblzma cannot undo: a filter first, or one for programs that waits for LZMA's end mark."""
    if len(filters) == 1 and coder.method not in {_LZMA, _LZMA2}:
        raise Unreadable("a filter without LZMA")
    if len(filters) > 1 and coder.method in {_LZMA, _LZMA2}:
        raise Unreadable("LZMA twice")
    if coder.method == _LZMA and following in _FILTERS:
        raise Unreadable("LZMA with a filter for programs")


def _filter(coder: Coder, budgets: Budgets) -> dict[str, Any]:
    if coder.method == _LZMA:
        return lzma_filter(coder.properties, budgets)
    if coder.method == _LZMA2:
        return {"id": lzma.FILTER_LZMA2, "dict_size": _dictionary(coder.properties, budgets)}
    if coder.method == _DELTA:
        return {"id": lzma.FILTER_DELTA, "dist": coder.properties[0] + 1 if coder.properties else 1}
    return {"id": _FILTERS[coder.method]}


def _dictionary(properties: bytes, budgets: Budgets) -> int:
    """Read the size of an LZMA2 dictionary: two or three times a power of two (xz file format, section 5.3.1)."""
    if len(properties) != 1 or properties[0] > 40:
        raise Damage("its LZMA2 properties are wrong", cut=False)
    step = properties[0]
    size = 0xFFFFFFFF if step == 40 else (2 | step & 1) << step // 2 + 11
    check_memory(size, budgets)
    return size


def _decrypted(coder: Coder, read: Read, size: int, password: str) -> Read:
    cycles, salt, vector = _aes_properties(coder.properties)
    key = _key(password, salt, cycles)
    cipher = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
    return _Blocks(read, cipher.update, size).read


class _Blocks:
    """Decrypts whole blocks, and gives what lies before the padding."""

    def __init__(self, read: Read, decrypt: Callable[[bytes], bytes], size: int) -> None:
        self._read = read
        self._decrypt = decrypt  # keeps what does not fill a block for the next call
        self._left = size
        self._plain = b""

    def read(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end."""
        while self._left and not self._plain:
            packed = self._read(max(_BLOCK, size))
            if not packed:
                return b""  # cut: whoever reads it sees that it is too short
            self._plain = self._decrypt(packed)
        chunk, self._plain = self._plain[:size], self._plain[size:]
        chunk = chunk[: self._left]
        self._left -= len(chunk)
        return chunk


def _aes_properties(properties: bytes) -> tuple[int, bytes, bytes]:
    """Return how often the password is hashed (as a power of two), the salt and the initialisation vector."""
    if len(properties) < 2:
        raise Damage("its encryption properties are wrong", cut=False)
    first, second = properties[0], properties[1]
    salt_size = (first >> 7 & 1) + (second >> 4)
    vector_size = (first >> 6 & 1) + (second & 15)
    salt, vector = properties[2 : 2 + salt_size], properties[2 + salt_size : 2 + salt_size + vector_size]
    if first & 63 > _MOST_CYCLES or len(vector) < vector_size:
        raise Damage("its encryption properties are wrong", cut=False)
    return first & 63, salt, vector.ljust(_BLOCK, b"\0")


@functools.lru_cache(maxsize=64)
def _key(password: str, salt: bytes, cycles: int) -> bytes:
    """Hash salt, password and a counter, very often."""
    prefix = salt + password.encode("utf-16-le", "surrogatepass")
    digest = hashlib.sha256()
    step = min(1 << cycles, 1 << 12)
    for start in range(0, 1 << cycles, step):
        digest.update(b"".join(prefix + number.to_bytes(8, "little") for number in range(start, start + step)))
    return digest.digest()
