"""A watch list as salted hashes: who holds it finds the people in texts, and reads no name in it.

What that protects from, and what not: see docs/targeting.md.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from vigilia.model.errors import ProfileError

__all__ = ["FORMAT", "LONGEST_FORM", "HashedEntry", "HashedWatchList", "decode_hashed_list", "encode_hashed_list"]

FORMAT: Final = "vigilia hashed watch list"
LONGEST_FORM: Final = 32
"""Words of the longest form that can be found."""
_Length = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_FORM)]
_Identifier = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
_Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]


class HashedEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person or topic.

    Attributes:
        id: as in the list it was made from.
        whole: hashes of the forms of the name, sorted.
        parts: of parts of the name that tell who it is even alone, sorted.
    """

    id: _Identifier
    whole: tuple[_Hash, ...]
    parts: tuple[_Hash, ...] = ()


class HashedWatchList(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file.

    Attributes:
        salt: of all hashes, hexadecimal, 16 bytes; another for each file, so that no two files can be compared.
        cost: scrypt's N (RFC 7914); r is 8 and p is 1. A power of two.
        lengths: numbers of words that forms have.
    """

    format: Literal["vigilia hashed watch list"]
    version: Literal[1]
    salt: _Hash
    cost: Annotated[int, msgspec.Meta(ge=2, le=65536)]
    lengths: Annotated[tuple[_Length, ...], msgspec.Meta(max_length=LONGEST_FORM)]
    person: tuple[HashedEntry, ...] = ()
    topic: tuple[HashedEntry, ...] = ()


def encode_hashed_list(listed: HashedWatchList) -> bytes:
    """Return the file."""
    return msgspec.json.format(msgspec.json.encode(listed)) + b"\n"


def decode_hashed_list(content: bytes) -> HashedWatchList | None:
    """Read the file; None where it is something else.

    Raises:
        ProfileError: it says that it is a hashed watch list, and is none.
    """
    if FORMAT.encode() not in content[:200]:
        return None
    try:
        listed = msgspec.json.decode(content, type=HashedWatchList)
    except msgspec.DecodeError as error:
        raise ProfileError(str(error), where="the hashed watch list", hint="Ask for it anew: it is damaged.") from None
    if listed.cost & (listed.cost - 1):
        raise ProfileError("`cost` is no power of two", where="the hashed watch list", hint="Ask for it anew.")
    return listed
