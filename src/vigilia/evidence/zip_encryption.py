"""Encrypted zip members: traditional encryption (PKWARE APPNOTE 6.3.10, section 6.1) and AES (WinZip AE-1 and AE-2).

Both are here to read what other people encrypted; nothing of ours is written with either.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from vigilia.evidence.containers import Damage, Read

__all__ = ["AesLock", "ZipLock", "open_locked", "parse_aes"]

_AES_EXTRA = struct.Struct("<H2sBH")
_VERIFIER = 2
_CODE = 10  # the authentication code is HMAC-SHA1, cut
_ROUNDS = 1000
_BLOCK = 16
_TRADITIONAL_HEADER = 12
_CRC_TABLE = tuple(zlib.crc32(bytes([octet]), 0xFFFFFFFF) ^ 0xFFFFFFFF for octet in range(256))


@dataclass(frozen=True, slots=True)
class AesLock:
    """What the extra field 0x9901 says: bits of the key, the real compression method, whether a CRC-32 is kept too."""

    bits: int
    method: int
    has_crc: bool


@dataclass(frozen=True, slots=True)
class ZipLock:
    """How one member is encrypted.

    Attributes:
        aes: None for traditional encryption.
        check: the byte that ends the header of traditional encryption, once it is decrypted.
        packed: encrypted bytes, with what encryption adds before and after.
    """

    aes: AesLock | None
    check: int
    packed: int


def parse_aes(extra: bytes) -> AesLock | None:
    """Read the extra field; None where it is not one that is known."""
    if len(extra) < _AES_EXTRA.size:
        return None
    version, vendor, strength, method = _AES_EXTRA.unpack_from(extra)
    if vendor != b"AE" or version not in {1, 2} or strength not in {1, 2, 3}:
        return None
    return AesLock(bits=64 + 64 * strength, method=method, has_crc=version == 1)


def open_locked(read: Read, lock: ZipLock, password: str) -> Read | None:
    """Return the decrypted, still compressed bytes; None where the password is certainly wrong.

    A wrong password passes once in 65,536 times with AES, once in 256 times without: the caller checks what comes out.

    Args:
        read: the encrypted bytes from their beginning.
        lock: how they are encrypted.
        password: to try.
    """
    return _open_aes(read, lock, lock.aes, password) if lock.aes else _open_traditional(read, lock, password)


def _open_aes(read: Read, lock: ZipLock, aes: AesLock, password: str) -> Read | None:
    salt = read(aes.bits // 16)
    verifier = read(_VERIFIER)
    size = aes.bits // 8
    keys = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, _ROUNDS, 2 * size + _VERIFIER)
    if keys[2 * size :] != verifier:
        return None
    content = lock.packed - len(salt) - _VERIFIER - _CODE
    return _AesContent(read, keys[:size], keys[size : 2 * size], content).read if content >= 0 else None


class _AesContent:
    """AES in counter mode, counting from one and least significant byte first; the code behind it is checked."""

    def __init__(self, read: Read, key: bytes, code_key: bytes, size: int) -> None:
        self._read = read
        # Counter mode by hand: the library's counts most significant byte first.
        self._cipher = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 - of counters, never of content
        self._code = hmac.new(code_key, digestmod="sha1")
        self._left = size
        self._counter = 0
        self._stream = b""

    def read(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end.

        Raises:
            Damage: the bytes are not what was encrypted.
        """
        packed = self._read(min(size, self._left)) if self._left else b""
        if not packed:
            self._check_code()
            return b""
        self._left -= len(packed)
        self._code.update(packed)
        return self._decrypt(packed)

    def _decrypt(self, packed: bytes) -> bytes:
        missing = -(-(len(packed) - len(self._stream)) // _BLOCK)
        if missing > 0:
            counters = range(self._counter + 1, self._counter + 1 + missing)
            self._counter += missing
            self._stream += self._cipher.update(b"".join(number.to_bytes(_BLOCK, "little") for number in counters))
        stream, self._stream = self._stream[: len(packed)], self._stream[len(packed) :]
        mixed = int.from_bytes(packed, "little") ^ int.from_bytes(stream, "little")
        return mixed.to_bytes(len(packed), "little")

    def _check_code(self) -> None:
        if self._left:
            return  # cut: whoever reads it sees that it is too short
        if not hmac.compare_digest(self._read(_CODE), self._code.digest()[:_CODE]):
            raise Damage("its authentication code is wrong: it was changed, or the password is wrong", cut=False)


def _open_traditional(read: Read, lock: ZipLock, password: str) -> Read | None:
    cipher = _Traditional(password.encode())
    header = cipher.decrypt(read(_TRADITIONAL_HEADER))
    if len(header) < _TRADITIONAL_HEADER or header[-1] != lock.check:
        return None
    return lambda size: cipher.decrypt(read(size))


class _Traditional:
    """Three 32-bit keys, each byte changing them: slow in Python (about 2 MB/s), and used for small exports."""

    def __init__(self, password: bytes) -> None:
        self._keys = (0x12345678, 0x23456789, 0x34567890)
        self._run(password, decrypting=False)

    def decrypt(self, packed: bytes) -> bytes:
        return self._run(packed, decrypting=True)

    def _run(self, octets: bytes, *, decrypting: bool) -> bytes:
        first, second, third = self._keys
        table = _CRC_TABLE
        plain = bytearray(octets)
        for place, octet in enumerate(octets):
            if decrypting:
                mask = third | 2
                octet ^= (mask * (mask ^ 1)) >> 8 & 0xFF  # noqa: PLW2901 - the loop is the whole cost of this cipher
                plain[place] = octet
            first = first >> 8 ^ table[(first ^ octet) & 0xFF]
            second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            third = third >> 8 ^ table[(third ^ second >> 24) & 0xFF]
        self._keys = first, second, third
        return bytes(plain)
