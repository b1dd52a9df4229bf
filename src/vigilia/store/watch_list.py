"""The watch list at rest: an age file (https://age-encryption.org/v1), opened in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyrage

from vigilia.model.errors import ProfileError, UsageError
from vigilia.model.profile import WatchList, parse_watch_list

__all__ = [
    "decrypt_watch_list",
    "encrypt_watch_list",
    "encrypt_watch_list_to",
    "needs_identity",
    "read_watch_file",
    "unlock_watch_list",
]

_MAXIMUM_BYTES: Final = 64 * 1024 * 1024
_IDENTITY: Final = "AGE-SECRET-KEY-"
# The header of an age file names how its key is wrapped, one stanza for each recipient (age v1, "Header").
_HEADER: Final = b"age-encryption.org/v1\n"
_PASSPHRASE_STANZA: Final = b"-> scrypt "


def encrypt_watch_list(plain: bytes, passphrase: str) -> bytes:
    """Return the age file of a watch list that a passphrase opens, after checking that it can be read back.

    Raises:
        ProfileError: the list is not valid.
    """
    _parsed(plain)
    return bytes(pyrage.passphrase.encrypt(plain, passphrase))


def encrypt_watch_list_to(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Return the age file of a watch list that the private key of any of the recipients ("age1…") opens.

    Raises:
        ProfileError: the list is not valid.
        UsageError: a recipient is no public key of age.
    """
    _parsed(plain)
    keys = []
    for recipient in recipients:
        try:
            keys.append(pyrage.x25519.Recipient.from_str(recipient.strip()))
        except pyrage.RecipientError:
            hint = 'It begins with "age1"; `age-keygen -y KEYFILE` shows it.'
            raise UsageError("this is no public key of age", where=recipient, hint=hint) from None
    return bytes(pyrage.encrypt(plain, keys))


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


def needs_identity(sealed: bytes) -> bool:
    """Tell whether an age file was encrypted to keys, so that no passphrase opens it."""
    return sealed.startswith(_HEADER) and not sealed.startswith(_HEADER + _PASSPHRASE_STANZA)


def decrypt_watch_list(sealed: bytes, passphrase: str) -> WatchList:
    """Open an age file in memory with a passphrase.

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


def unlock_watch_list(sealed: bytes, identity: Path) -> WatchList:
    """Open an age file in memory with a private key.

    Args:
        sealed: the age file.
        identity: file with private keys ("AGE-SECRET-KEY-1…", one on a line), as `age-keygen` writes it.

    Raises:
        UsageError: the key cannot be read, is none, or does not open this file.
        ProfileError: as in `decrypt_watch_list`.
    """
    keys = _identities(read_watch_file(identity), identity)
    try:
        plain = pyrage.decrypt(sealed, keys)
    except pyrage.DecryptError:
        raise UsageError(
            "the watch list cannot be decrypted with this key", where=str(identity), hint="Was it encrypted to it?"
        ) from None
    return _parsed(plain)


def _identities(content: bytes, where: Path) -> list[object]:
    """Return the keys in a file; no message repeats any of them."""
    lines = (line.strip() for line in content.decode("ascii", "replace").splitlines())
    try:
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line.startswith(_IDENTITY)]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise UsageError("this file holds no private key of age", where=str(where), hint="`age-keygen` makes one.")
    return found


def _parsed(plain: bytes) -> WatchList:
    try:
        return parse_watch_list(plain.decode())
    except UnicodeDecodeError:
        raise ProfileError("it is not UTF-8 text", where="the watch list") from None
