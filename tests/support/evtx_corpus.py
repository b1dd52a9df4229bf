"""Generated EVTX events with every type of value that the format knows, and odd ones of each."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable

from support.evtx_files import FILETIME_2026
from vigilia.demo import evtx_values as values
from vigilia.demo.evtx_values import Value
from vigilia.demo.evtx_writer import EvtxEvent

__all__ = ["corpus", "plain_corpus"]

_TEXTS = [
    "",
    "ada",
    "naïve café",
    "расследование",
    "𝄞 clef",
    'C:\\Windows\\cmd.exe /c "dir"',
    "x" * 700,
    "a\r\nb\tc",
    "-",
]
_ODD_TEXTS = ["\0", "\0behind", "cut\0behind", "ends\0", "ends\0\0"]
_SIZES = {0x03: "b", 0x05: "h", 0x07: "i", 0x09: "q", 0x04: "B", 0x06: "H", 0x08: "I", 0x0A: "Q", 0x14: "I", 0x15: "Q"}


def _number(chance: random.Random) -> Value:
    kind = chance.choice(sorted(_SIZES))
    raw = chance.choice([bytes(8), b"\xff" * 8, bytes([1, *[0] * 7]), chance.randbytes(8)])
    return Value(kind, raw[: struct.calcsize(_SIZES[kind])])


def _text(chance: random.Random) -> Value:
    return values.text(chance.choice(_TEXTS))


def _sid(chance: random.Random) -> Value:
    parts = [chance.choice([0, 18, 21, 2**32 - 1, chance.randrange(2**32)]) for _ in range(chance.randint(1, 15))]
    return values.sid("-".join(["S-1-5", *map(str, parts)]))


def _moment(chance: random.Random) -> Value:
    return values.filetime(chance.choice([0, 10_000_001, FILETIME_2026 + chance.randrange(10**15), 2**61]))


def _system_time(chance: random.Random) -> Value:
    day = (chance.randint(1601, 2200), chance.randint(1, 12), 0, chance.randint(1, 28))
    return Value(0x12, struct.pack("<8H", *day, chance.randrange(24), 59, chance.randrange(60), chance.randrange(1000)))


_PLAIN: list[Callable[[random.Random], Value]] = [
    _number,
    _text,
    _sid,
    _moment,
    _system_time,
    lambda chance: Value(0x0D, struct.pack("<I", chance.choice([0, 1, 2, 16, 2**32 - 1]))),
    lambda chance: values.binary(chance.randbytes(chance.choice([0, 1, 40]))),
    lambda chance: Value(0x0F, chance.randbytes(16)),
    lambda chance: Value(0x10, chance.randbytes(chance.choice([4, 8]))),
    lambda chance: Value(0x02, chance.choice([b"", b"plain", b"ends\0", b"a\0b\0\0", b"caf\xe9", b"a\r\nb"])),
    lambda chance: Value(0x81, "".join(f"{one}\0" for one in chance.choices(_TEXTS, k=3)).encode("utf-16-le")),
    lambda chance: Value(0x88, chance.randbytes(4 * chance.randrange(5))),
    lambda chance: Value(0x8F, chance.randbytes(32)),
    lambda _: values.NOTHING,
]
_ODD: list[Callable[[random.Random], Value]] = [
    lambda chance: values.text(chance.choice(_ODD_TEXTS)),
    lambda _: Value(0x01, b"a\0\x00\xd8b\0"),  # half of a surrogate pair
    lambda _: Value(0x01, b"odd"),
    lambda chance: Value(0x0B, struct.pack("<f", chance.uniform(-9, 9))),
    lambda chance: Value(0x0C, struct.pack("<d", chance.uniform(-9, 9))),
    lambda _: Value(0x11, b"\xff" * 8),
    lambda _: Value(0x12, bytes(16)),
    lambda _: Value(0x12, struct.pack("<8H", 2026, 13, 0, 40, 25, 61, 61, 0)),
    lambda _: Value(0x13, bytes.fromhex("0105000000000005120000")),
    lambda _: Value(0x08, b""),
    lambda _: Value(0x06, b"abc"),
    lambda _: Value(0x02, b"\x80\x9f"),
    lambda _: Value(0x81, "not closed".encode("utf-16-le")),
    lambda chance: Value(0x84, chance.randbytes(90)),
    lambda _: Value(0x20, bytes(8)),
    lambda _: Value(0x77, b"unknown"),
    lambda _: values.binary_xml(b"\x0f\x01\x01\x00\x99"),
]


def plain_corpus(seed: int, count: int) -> list[EvtxEvent]:
    """Return events of which each value is what Windows writes."""
    return _events(random.Random(seed), count, _PLAIN)


def corpus(seed: int, count: int) -> list[EvtxEvent]:
    """Return events with values that are forged, cut or unknown among the others."""
    return _events(random.Random(seed), count, [*_PLAIN, *_ODD])


def _events(chance: random.Random, count: int, makers: list[Callable[[random.Random], Value]]) -> list[EvtxEvent]:
    layouts = [
        [chance.choice(["A", "B", "Name", "Data", "", "TargetUserName"]) for _ in range(k)] for k in (0, 1, 3, 6, 9)
    ]
    return [_event(chance, number, chance.choice(layouts), makers) for number in range(1, count + 1)]


def _event(
    chance: random.Random, number: int, names: list[str], makers: list[Callable[[random.Random], Value]]
) -> EvtxEvent:
    wrapped = chance.random() < 0.3
    return EvtxEvent(
        number,
        FILETIME_2026 + chance.randrange(10**15),
        chance.choice(["Microsoft-Windows-Sysmon", "Example-Provider"]),
        chance.randrange(65536),
        chance.choice(["Security", "Application"]),
        "FS01.example.org",
        tuple((name or ("Empty" if wrapped else ""), chance.choice(makers)(chance)) for name in names),
        version=chance.choice([None, 0, 255]),
        keywords=chance.choice([None, 0, 2**64 - 1]),
        pid=chance.choice([None, 640]),
        user=chance.choice(["", "S-1-5-18"]),
        wrapper=("Own", "http://manifests.example.org/own") if wrapped else None,
    )
