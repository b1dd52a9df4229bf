"""The watch list at rest: an age file, opened in memory only."""

from __future__ import annotations

from pathlib import Path

import pyrage

from vigilia.model.errors import ProfileError, UsageError
from vigilia.model.profile import WatchList, parse_watch_list

__all__ = ["decrypt_watch_list", "encrypt_watch_list", "read_watch_file"]

_MAXIMUM_BYTES = 64 * 1024 * 1024


def encrypt_watch_list(plain: bytes, passphrase: str) -> bytes:
    """Return the age file (scrypt recipient) of a watch list, after checking that it can be read back.

    Raises:
        ProfileError: the list is not valid.
    """
    _parsed(plain)
    return bytes(pyrage.passphrase.encrypt(plain, passphrase))


def read_watch_file(path: Path) -> bytes:
    """Return the bytes of a watch list, sealed or plain.

    Raises:
        UsageError: the file cannot be read or is larger than any list of names.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAXIMUM_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the watch list cannot be read ({error.strerror})", where=str(path)) from error
    if len(content) > _MAXIMUM_BYTES:
        raise UsageError(f"the watch list is larger than {_MAXIMUM_BYTES} bytes", where=str(path))
    return content


def decrypt_watch_list(sealed: bytes, passphrase: str) -> WatchList:
    """Open an age file in memory.

    Raises:
        UsageError: it is no such file, or the passphrase is wrong.
        ProfileError: its content is not a watch list; no value of it is repeated in the message.
    """
    try:
        plain = pyrage.passphrase.decrypt(sealed, passphrase)
    except pyrage.DecryptError:
        raise UsageError(
            "the watch list cannot be decrypted",
            hint="Check the passphrase; `vigilia watchlist encrypt` makes such a file.",
        ) from None
    return _parsed(plain)


def _parsed(plain: bytes) -> WatchList:
    try:
        return parse_watch_list(plain.decode())
    except UnicodeDecodeError:
        raise ProfileError("it is not UTF-8 text", where="the watch list") from None
