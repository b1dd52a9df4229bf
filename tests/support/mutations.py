"""Ways in which files arrive damaged, or are damaged on purpose; the same seed gives the same bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_MARKS = (b'"', b"'", b"{", b"}", b"[", b"]", b",", b";", b"\t", b"\n", b"\r\n", b"\r", b"\0", b"\\", b"<", b">", b"&")
_ODD = (
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae",
    b"\xef\xbb\xbf",
    b"NaN",
    b"-1",
    b"99999999999999999999",
    b"0001-01-01T00:00:00Z",
    b"9999-12-31T23:59:60Z",
    b"1e999",
    b"\\ud800",
    b"%00",
    b"#Fields: a b",
    b"]]>",
)
_ENCODINGS = ("utf-16-le", "utf-16-be", "utf-8-sig", "latin-1", "gb18030", "shift_jis", "utf-7")
_LONGEST = 256 * 1024

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def _flip_bits(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    flipped = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _cut(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    begin = chance.randrange(len(content)) if chance.random() < 0.3 else 0
    return content[begin : begin + chance.randrange(len(content) + 1)]


def _splice(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    other = chance.choice(others)
    at, begin = chance.randrange(len(content) + 1), chance.randrange(len(other) + 1)
    return content[:at] + other[begin : begin + chance.randint(0, 2000)] + content[at:]


def _insert(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    mutated = content
    for _ in range(chance.randint(1, 5)):
        at = chance.randrange(len(mutated) + 1)
        mutated = mutated[:at] + chance.choice(_MARKS + _ODD) + mutated[at + chance.choice((0, 0, 1, 3)) :]
    return mutated


def _repeat(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Repeat a piece many times: what costs quadratic time shows."""
    at = chance.randrange(len(content))
    piece = content[at : at + chance.choice((1, 2, 8, 64, 512))]
    return content[:at] + piece * chance.randint(2, max(2, 20_000 // len(piece))) + content[at:]


def _encode_again(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    return content.decode("utf-8", "replace").encode(chance.choice(_ENCODINGS), "replace")


def _line_ends(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    return content.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b"\n\0")))


_MUTATIONS: tuple[Mutation, ...] = (_flip_bits, _cut, _splice, _insert, _repeat, _encode_again, _line_ends)


def mutated(content: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Return the content after one to three mutations, never longer than 256 KiB."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        if content:
            content = chance.choice(_MUTATIONS)(content, chance, others)[:_LONGEST]
    return content
