"""Character sets: which one bytes that are no UTF-8 were most likely written in.

The guess is simple so that it can be explained: each candidate decodes the bytes, and each letter beyond ASCII earns
points. Frequent letters of the candidate's languages earn most, its other letters little; signs, letters of other
scripts, capitals within words and letters glued to ASCII letters cost. The mean decides; where another candidate comes
close with another text, the guess says so.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["NO_GUESS", "CharsetGuess", "decode_bytes", "guess_charset", "known_codec"]

_BYTES_AT_MOST = 600  # enough to tell; what follows is decoded alike
_ARTICLE = 0.5
_PLAUSIBLE = 1.0
_CLEAR_MARGIN = 0.6
_FREQUENT, _COMMON, _BELONGS, _SIGN, _FOREIGN, _GLUED, _CAPITAL_WITHIN = 3.0, 2.0, 0.5, -2.0, -3.0, -1.5, -6.0
_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[A-Za-z]")
_LATIN = "iso-8859-1"


class _Charset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    codec: str
    kind: Literal["letters", "characters"]
    scripts: list[str]
    frequent: str
    common: list[tuple[int, int]] = []
    handicap: float = 0.0
    article: str = ""


class _Charsets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    charset: list[_Charset]


@dataclass(frozen=True, slots=True)
class CharsetGuess:
    """A character set by the name that people know; `sure` is False where another fits nearly as well."""

    name: str
    codec: str
    sure: bool

    @property
    def step(self) -> str:
        """How the step is named in an act."""
        return self.name if self.sure else f"{self.name} (guessed)"


NO_GUESS = CharsetGuess(_LATIN, "latin-1", sure=False)


@dataclass(frozen=True, slots=True)
class _Scorer:
    """A character set with the points that its letters earn."""

    charset: _Charset
    points: dict[str, float]
    leads: frozenset[int]

    def score(self, text: str) -> float:
        """Return the mean points of the letters beyond ASCII."""
        mixed = {place for word in _WORD.finditer(text) if _LETTERS.search(word[0]) for place in range(*word.span())}
        latin = "LATIN" in self.charset.scripts
        earned = [
            self._letter(text, place, glued=(place in mixed) != latin)
            for place, letter in enumerate(text)
            if letter >= "\x80"
        ]
        extra = _ARTICLE if self._has_article(text) else 0.0
        return sum(earned) / len(earned) - self.charset.handicap + extra if earned else 0.0

    def _has_article(self, text: str) -> bool:
        return bool(self.charset.article) and any(word.startswith(self.charset.article) for word in text.split())

    def _letter(self, text: str, place: int, *, glued: bool) -> float:
        """Return a letter's points; Latin letters stand in words with ASCII letters, others do not."""
        points = self._belongs(text[place])
        points += _GLUED if glued and points > 0 else 0.0
        return points if self.charset.kind == "characters" else points + _case(text, place)

    def _belongs(self, letter: str) -> float:
        known = self.points.get(letter.lower())
        if known is not None:
            return known
        if unicodedata.category(letter)[0] not in "LM":
            return _FOREIGN if unicodedata.category(letter) in ("Cc", "Co", "Cn") else _SIGN
        if unicodedata.name(letter, "").partition(" ")[0] not in self.charset.scripts:
            return _FOREIGN
        return _COMMON if self.leads and _lead(letter, self.charset.codec) in self.leads else _BELONGS


def guess_charset(pieces: Iterable[bytes]) -> CharsetGuess:
    """Return the character set that fits pieces of one text best; ISO 8859-1, which decodes anything, if none does.

    Args:
        pieces: bytes that are no UTF-8; more of them make a better guess.
    """
    return _guess(b" ".join(pieces)[:_BYTES_AT_MOST])


@functools.lru_cache(maxsize=4096)
def _guess(content: bytes) -> CharsetGuess:
    scored: list[tuple[float, str, _Charset]] = []
    for scorer in _scorers():
        text = _decoded(content, scorer.charset.codec)
        if text is not None:
            scored.append((scorer.score(text), text, scorer.charset))
    # Sorting is stable: where two fit equally well, the order of the table decides.
    scored.sort(key=lambda one: -one[0])
    if not scored or scored[0][0] < _PLAUSIBLE:
        return NO_GUESS
    best, text, charset = scored[0]
    others = [score for score, other, _ in scored[1:] if other != text]
    return CharsetGuess(charset.name, charset.codec, sure=not others or best - others[0] >= _CLEAR_MARGIN)


def decode_bytes(content: bytes, guess: CharsetGuess | None = None) -> tuple[str, str]:
    """Return bytes as text and the name of the character set, empty for UTF-8.

    Args:
        content: bytes out of a log; a letter that was cut at the end is left out.
        guess: what to take where they are no UTF-8; guessed from these bytes alone if not given.
    """
    for missing in range(4 if content[-1:] >= b"\x80" else 1):
        cut = content[: len(content) - missing]
        try:
            text = cut.decode()
        except UnicodeDecodeError:
            continue
        if (
            not missing or sum(letter >= "\x80" for letter in text) > 1
        ):  # else the end is not enough to call it cut UTF-8
            return text, ""
    guess = guess or guess_charset([content])
    return content.decode(guess.codec, "replace"), guess.step


@functools.lru_cache(maxsize=256)
def known_codec(name: str) -> str | None:
    """Return the codec of a character set that a message names, or None; only those of the table and UTF-8.

    Python knows codecs that are no character sets, and slow ones; none of those is looked up by a name out of evidence.
    """
    wanted = name.lower().replace("_", "-")
    aliases = {
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "ks-c-5601-1987": "cp949",
        "shift-jis": "cp932",
        "us-ascii": "ascii",
    }
    own = {charset.name.replace("_", "-"): charset.codec for charset in _table().charset}
    plain = {
        "utf-8": "utf-8",
        "utf8": "utf-8",
        "iso-8859-1": "latin-1",
        "iso-2022-jp": "iso2022_jp",
        "utf-16": "utf-16",
    }
    return {**aliases, **own, **plain}.get(wanted)


def _decoded(content: bytes, codec: str) -> str | None:
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        return None


def _case(text: str, place: int) -> float:
    """A capital within a word of small letters speaks against the reading: KOI8-R and windows-1251 swap the two."""
    letter = text[place]
    if not letter.isupper():
        return 0.0
    before, after = text[max(place - 1, 0) : place], text[place + 1 : place + 2]
    if before.isalpha() and before.islower():
        return _CAPITAL_WITHIN
    return -0.15 if after.isupper() or before.isupper() else 0.0


def _lead(letter: str, codec: str) -> int:
    try:
        return letter.encode(codec)[0]
    except UnicodeEncodeError:
        return -1


@functools.lru_cache(maxsize=1)
def _table() -> _Charsets:
    return read_table("vigilia.knowledge", "charsets.toml", _Charsets)


@functools.lru_cache(maxsize=1)
def _scorers() -> Sequence[_Scorer]:
    return [_Scorer(charset, _points(charset), _leads(charset)) for charset in _table().charset]


def _points(charset: _Charset) -> dict[str, float]:
    """Characters earn alike; letters earn less the rarer they are, from 3 down to 1."""
    if charset.kind == "characters":
        return dict.fromkeys(charset.frequent, _FREQUENT)
    step = 2 / len(charset.frequent)
    return {letter.lower(): _FREQUENT - step * place for place, letter in enumerate(charset.frequent)}


def _leads(charset: _Charset) -> frozenset[int]:
    return frozenset(byte for first, last in charset.common for byte in range(first, last + 1))
