"""Redaction: watched persons' names leave no text, in whatever disguise they stand in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from vigilia.model.profile import WatchList
from vigilia.targeting.decoding.decoded_text import decode_stages
from vigilia.targeting.names.watched import Finder, find_parts, find_persons

__all__ = ["Redactor"]

# Pieces that may hold an encoded name, from small to large. Each pattern is one character class: linear.
_PIECES = (
    re.compile(r"[^\s&?=;,\"'<>()|/]+"),
    re.compile(r"[A-Za-z0-9+/=_-]{8,}"),
    re.compile(r"[^\s\"'<>|]+"),
    re.compile(r"[^\n]+"),
)

# A case tells the same host, account and path thousands of times; what is longer hardly comes again.
_REMEMBERED = 16384
_SHORT = 300


class Redactor:
    """Replaces every span that names a watched person by `[person P1]`.

    Found are the name and its aliases in any order of words, written together or apart, in other case, width or
    accents, with look-alike letters or invisible characters, and within percent, JSON, HTML, hex and base64 encodings,
    nested up to six deep. A part of a name that stands alone is replaced by `[part of person P1]`: a word of five or
    more letters, or two characters of a longer Chinese, Japanese or Korean name, unless it is a place or topic too
    ("Hong"). Shorter parts are found only where they are given as aliases.
    """

    def __init__(self, watch: WatchList) -> None:
        self._whole = find_persons(watch, eager=True)
        self._parts = find_parts(watch)
        self._active = bool(watch.person or (watch.hashes and watch.hashes.person))
        self._remembered = functools.lru_cache(maxsize=_REMEMBERED)(self._redacted)

    def redact(self, text: str) -> str:
        """Return the text without watched names."""
        if not self._active or not text:
            return text
        return self._remembered(text) if len(text) <= _SHORT else self._redacted(text)

    def _redacted(self, text: str) -> str:
        return _without(_without(text, self._whole, "person"), self._parts, "part of person")

    def names_someone(self, text: str) -> bool:
        """Tell whether a text names a watched person or a telling part of their name, openly or encoded."""
        return self._active and any(one.find(text) or _hidden(one, text) for one in (self._whole, self._parts))


def _without(text: str, matcher: Finder, what: str) -> str:
    """Replace what the matcher finds, open or encoded, cutting out as little of the text as will do."""
    plain = _replaced(matcher, text, what)
    for piece in _PIECES:
        if not _hidden(matcher, plain):
            return plain
        marked = piece.sub(lambda found: _marks(_hidden(matcher, found[0]), what) or found[0], plain)
        plain = _replaced(matcher, marked, what)
    return _marks(_hidden(matcher, plain), what) or plain


def _hidden(matcher: Finder, text: str) -> list[str]:
    """Return the persons that decoding brings to light, sorted."""
    return sorted({mention.target for stage in _stages(text) for mention in matcher.find(stage)})


def _marks(persons: Iterable[str], what: str) -> str:
    return " ".join(f"[{what} {person}]" for person in persons)


def _replaced(matcher: Finder, text: str, what: str) -> str:
    parts: list[str] = []
    position = 0
    for mention in matcher.find(text):
        if mention.end <= position:
            continue
        parts += [text[position : max(mention.start, position)], f"[{what} {mention.target}]"]
        position = mention.end
    return "".join(parts) + text[position:]


def _stages(text: str) -> Iterable[str]:
    """Yield what decoding makes of a text, step by step; not the text itself."""
    for form in (False, True) if "+" in text else (False,):
        for part in _windows(text):
            yield from (stage.text for stage in decode_stages(part, form=form) if stage.how)


def _windows(text: str, size: int = 60000, overlap: int = 4000) -> Iterable[str]:
    """Yield long text in overlapping windows, because decoding looks at a bounded length."""
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        yield text[start : start + size]
