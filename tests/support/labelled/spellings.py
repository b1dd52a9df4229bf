"""Ways to write a text that a program will read: what `<a|way>` of a wording stands for."""

from __future__ import annotations

import base64
import gzip
import html
import re
import urllib.parse
from collections.abc import Callable, Mapping

__all__ = ["WRAPPERS", "fill"]

Spelling = Callable[[str, str], str]  # (text, legacy charset) → as written

_SLOT = re.compile(r"<([ab])(?:\|([a-z0-9-]+))?>")


def fill(wording: str, texts: Mapping[str, str], charset: str) -> str:
    """Return a wording with its slots filled.

    Raises:
        UnicodeEncodeError: a slot asks for the legacy charset, which cannot write the text.
    """

    def written(slot: re.Match[str]) -> str:
        text = texts[slot[1]]
        return _SPELLINGS[slot[2]](text, charset) if slot[2] else text

    return _SLOT.sub(written, wording)


def _percent(text: str, _: str) -> str:
    return urllib.parse.quote(text, safe="")


def _double_percent(text: str, _: str) -> str:
    return urllib.parse.quote(urllib.parse.quote(text, safe=""), safe="")


def _plus(text: str, _: str) -> str:
    return urllib.parse.quote_plus(text)


def _legacy(text: str, charset: str) -> str:
    return urllib.parse.quote_plus(text.encode(charset or "ascii"))


def _u_escapes(text: str, _: str) -> str:
    """As JavaScript's escape() writes it."""
    return "".join(_escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    if letter.isascii():
        return urllib.parse.quote(letter, safe="")
    return "".join(f"%u{unit:04X}" for unit in _units(letter))


def _units(text: str) -> list[int]:
    wide = text.encode("utf-16-be")
    return [int.from_bytes(wide[at : at + 2]) for at in range(0, len(wide), 2)]


def _base64(text: str, _: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _base64_utf16(text: str, _: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


def _halves(text: str) -> tuple[str, str]:
    middle = (len(text) + 1) // 2
    return text[:middle], text[middle:]


_SPELLINGS: Mapping[str, Spelling] = {
    "percent": _percent,
    "double-percent": _double_percent,
    "plus": _plus,
    "legacy": _legacy,
    "u-escapes": _u_escapes,
    "entities": lambda text, _: urllib.parse.quote("".join(f"&#{ord(letter)};" for letter in text), safe=""),
    "base64": _base64,
    "base64-form": lambda text, _: urllib.parse.quote(_base64(text, ""), safe=""),
    "base64-utf16": _base64_utf16,
    "hex": lambda text, _: text.encode().hex(),
    "hex-escapes": lambda text, _: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "sql-escapes": lambda text, _: "".join(f"\\{unit:04x}" for unit in _units(text)),
    "halves": lambda text, _: "'{}'+'{}'".format(*_halves(text)),
    "first-half": lambda text, _: f'"{_halves(text)[0]}"',
    "second-half": lambda text, _: f'"{_halves(text)[1]}"',
    "format-operator": lambda text, _: "'{{1}}{{0}}' -f '{1}','{0}'".format(*_halves(text)),
    "joined": lambda text, _: "'{}','{}' -join ''".format(*_halves(text)),
    "character-codes": lambda text, _: "+".join(f"[char]0x{unit:04x}" for unit in _units(text)),
    "reversed": lambda text, _: text[::-1],
    "backslash-u": lambda text, _: "".join(f"\\u{unit:04x}" for unit in _units(text)),
    "hyphened": lambda text, _: "~~".join(text),
    "html": lambda text, _: html.escape(text),
}


def _encoded_command(script: str) -> str:
    return f"powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand {_base64_utf16(script, '')}"


def _gzipped(script: str) -> str:
    packed = base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode()
    return (
        "IEX (New-Object IO.StreamReader(New-Object IO.Compression.GzipStream((New-Object IO.MemoryStream("
        f",[Convert]::FromBase64String('{packed}'))),[IO.Compression.CompressionMode]::Decompress))).ReadToEnd()"
    )


# What is done to the whole of a filled wording, by the name of its list.
WRAPPERS: Mapping[str, Callable[[str], str]] = {"encoded-command": _encoded_command, "gzip": _gzipped}
