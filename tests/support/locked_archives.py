"""Writes encrypted zip archives and 7z archives, plain and encrypted: what the tests need of the formats, no more."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import lzma
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SALT = bytes(range(16))


def aes_zip(members: Mapping[str, bytes], password: str, *, bits: int = 256, stored: bool = False) -> bytes:
    """A zip whose members are encrypted as WinZip does (AE-2), compressed or stored."""

    def lock(content: bytes) -> bytes:
        salt = SALT[: bits // 16]
        keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, bits // 4 + 2)
        cipher = Cipher(algorithms.AES(keys[: bits // 8]), modes.ECB()).encryptor()  # noqa: S305 - counter mode by hand
        counters = b"".join(number.to_bytes(16, "little") for number in range(1, len(content) // 16 + 2))
        mixed = bytes(one ^ other for one, other in zip(content, cipher.update(counters), strict=False))
        code = hmac.new(keys[bits // 8 : bits // 4], mixed, "sha1").digest()[:10]
        return salt + keys[bits // 4 :] + mixed + code

    method = 0 if stored else 8
    extra = struct.pack("<2HH2sBH", 0x9901, 7, 2, b"AE", (bits - 64) // 64, method)
    return _zip(members, 99, stored, lock, extra, crc=False)


def traditional_zip(members: Mapping[str, bytes], password: str, *, stored: bool = False) -> bytes:
    """A zip whose members are encrypted in the traditional way."""

    def lock(content: bytes, crc: int) -> bytes:
        keys = _Keys(password.encode())
        return keys.encrypt(SALT[:11] + bytes([crc >> 24]) + content)

    method = 0 if stored else 8
    return _zip(members, method, stored, lambda _: b"", b"", crc=True, lock_with_crc=lock)


class _Keys:
    def __init__(self, password: bytes) -> None:
        self.keys = [0x12345678, 0x23456789, 0x34567890]
        for octet in password:
            self.update(octet)

    def update(self, octet: int) -> None:
        one, two, three = self.keys
        one = _crc_step(one, octet)
        two = ((two + (one & 0xFF)) * 0x08088405 + 1) & 0xFFFFFFFF
        self.keys = [one, two, _crc_step(three, two >> 24)]

    def encrypt(self, plain: bytes) -> bytes:
        packed = bytearray()
        for octet in plain:
            mask = self.keys[2] | 2
            packed.append(octet ^ (mask * (mask ^ 1) >> 8 & 0xFF))
            self.update(octet)
        return bytes(packed)


def _crc_step(crc: int, octet: int) -> int:
    return zlib.crc32(bytes([octet]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _zip(
    members: Mapping[str, bytes],
    method: int,
    stored: bool,
    lock: Callable[[bytes], bytes],
    extra: bytes,
    *,
    crc: bool,
    lock_with_crc: Callable[[bytes, int], bytes] | None = None,
) -> bytes:
    body, directory = b"", b""
    for name, content in members.items():
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = content if stored else packer.compress(content) + packer.flush()
        checksum = zlib.crc32(content)
        locked = lock_with_crc(packed, checksum) if lock_with_crc else lock(packed)
        shown = name.encode()
        common = struct.pack(
            "<5H3L2H",
            51,
            1,
            method,
            0x6000,
            0x5C61,
            checksum if crc else 0,
            len(locked),
            len(content),
            len(shown),
            len(extra),
        )
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 51) + common + struct.pack("<3H2L", 0, 0, 0, 0, len(body)) + shown + extra
        )
        body += b"PK\x03\x04" + common + shown + extra + locked
    count = len(members)
    return body + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)


@dataclass(frozen=True)
class Packing:
    """How `sevenzip` packs: LZMA2, a password for content (and the directory), hashed 2^cycles times."""

    dictionary: int = 1 << 20
    method: bytes = b"\x21"
    password: str = ""
    lock_directory: bool = False
    cycles: int = 4
    packed: bytes | None = None


def sevenzip(members: Mapping[str, bytes], packing: Packing = Packing()) -> bytes:
    """A 7z archive with all content in one solid block; a member without content is an empty file, "name/" a folder."""
    full = {name: content for name, content in members.items() if content}
    content = b"".join(full.values())
    block, folder, sizes = _block(content, packing) if full else (b"", b"", [])
    sub = b"\x08\x0d" + _number(len(full)) + b"\x09" + b"".join(_number(len(one)) for one in list(full.values())[:-1])
    sub += b"\x0a\x01" + b"".join(struct.pack("<L", zlib.crc32(one)) for one in full.values()) + b"\x00"
    streams = b"\x04" + _streams(0, len(block), folder, sizes, sub if full else b"") if full else b""
    header = b"\x01" + streams + _files(members) + b"\x00"
    if not packing.lock_directory:
        return _sealed(block, header)
    locked, locked_folder, locked_sizes = _block(header, packing)
    outer = b"\x17" + _streams(len(block), len(locked), locked_folder, locked_sizes, b"", crc=zlib.crc32(header))
    return _sealed(block + locked, outer)


def _sealed(body: bytes, header: bytes) -> bytes:
    place = struct.pack("<2QL", len(body), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(place)) + place + body + header


def _block(content: bytes, packing: Packing) -> tuple[bytes, bytes, list[int]]:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 20}]
    packed = packing.packed if packing.packed is not None else lzma.compress(content, lzma.FORMAT_RAW, filters=filters)
    exponent = max(0, packing.dictionary.bit_length() - 12) * 2
    coder = bytes([0x20 | len(packing.method)]) + packing.method + b"\x01" + bytes([exponent])
    if not packing.password:
        return packed, b"\x01" + coder, [len(content)]
    secret = packing.password.encode("utf-16-le")
    digest = hashlib.sha256(b"".join(secret + number.to_bytes(8, "little") for number in range(1 << packing.cycles)))
    cipher = Cipher(algorithms.AES256(digest.digest()), modes.CBC(SALT)).encryptor()
    locked = cipher.update(packed + bytes(-len(packed) % 16))
    aes = b"\x24\x06\xf1\x07\x01\x12" + bytes([0x40 | packing.cycles, 0x0F]) + SALT
    return locked, b"\x02" + aes + coder + b"\x01\x00", [len(packed), len(content)]


def _streams(place: int, size: int, folder: bytes, sizes: list[int], sub: bytes, crc: int | None = None) -> bytes:
    pack = b"\x06" + _number(place) + b"\x01\x09" + _number(size) + b"\x00"
    unpack = b"\x07\x0b\x01\x00" + folder + b"\x0c" + b"".join(_number(one) for one in sizes)
    unpack += b"\x0a\x01" + struct.pack("<L", crc) if crc is not None else b""
    return pack + unpack + b"\x00" + sub + b"\x00"


def _files(members: Mapping[str, bytes]) -> bytes:
    names = b"\x00" + b"".join(name.rstrip("/").encode("utf-16-le", "surrogatepass") + b"\0\0" for name in members)
    times = b"\x01\x00" + struct.pack("<Q", (1_772_366_400 + 11_644_473_600) * 10_000_000) * len(members)
    empty = [not content for content in members.values()]
    files = [not name.endswith("/") for name, content in members.items() if not content]
    properties = [(0x0E, _bits(empty)), (0x0F, _bits(files))] if any(empty) else []
    properties += [(0x11, names), (0x14, times)]
    listed = b"".join(_number(kind) + _number(len(octets)) + octets for kind, octets in properties)
    return b"\x05" + _number(len(members)) + listed + b"\x00"


def _bits(marks: list[bool]) -> bytes:
    octets = bytearray(-(-len(marks) // 8))
    for place in itertools.compress(range(len(marks)), marks):
        octets[place >> 3] |= 0x80 >> (place & 7)
    return bytes(octets)


def _number(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else b"\xff" + struct.pack("<Q", value)
