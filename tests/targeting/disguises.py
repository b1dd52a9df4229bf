"""Disguises for hypothesis: encodings that nest, and marks that a reader does not see."""

from __future__ import annotations

import base64
import urllib.parse
from collections.abc import Callable

from hypothesis import strategies as st

Disguise = Callable[[str], str]


def percent(text: str) -> str:
    return urllib.parse.quote(text)


def percent_all(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def plain_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def wide_base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


def hexadecimal(text: str) -> str:
    return text.encode().hex()


def json_escaped(text: str) -> str:
    return "".join(f"\\u{ord(letter):04x}" if ord(letter) < 65536 else letter for letter in text)


ENCODINGS: list[Disguise] = [percent, percent_all, plain_base64, wide_base64, hexadecimal, json_escaped]

nestings = st.lists(st.sampled_from(ENCODINGS), max_size=3)


def upper(text: str) -> str:
    return text.upper()


def wide_letters(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def zero_width(text: str) -> str:
    return "\u200b".join(text)


def look_alike(text: str) -> str:
    return text.translate(str.maketrans("aeopcx", "аеорсх"))


def dotted(text: str) -> str:
    return text.replace(" ", ".")


def accented(text: str) -> str:
    return "".join(letter + "\u0301" if letter in "aeiou" else letter for letter in text)


SURFACES: list[Disguise] = [upper, wide_letters, zero_width, look_alike, dotted, accented]
surfaces = st.lists(st.sampled_from(SURFACES), max_size=3, unique=True)
