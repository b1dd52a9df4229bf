"""Redaction: watched persons' names leave no text, in whatever disguise they stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from vigilia.model.profile import WatchList
from vigilia.targeting.decoding import decode_stages
from vigilia.targeting.topics import TermMatcher, name_parts, person_forms

__all__ = ["Redactor"]

# Pieces that may hold an encoded name, from small to large. Each pattern is one character class: linear.
_PIECES = (
    re.compile(r"[^\s&?=;,\"'<>()|/]+"),
    re.compile(r"[A-Za-z0-9+/=_-]{8,}"),
    re.compile(r"[^\s\"'<>|]+"),
    re.compile(r"[^\n]+"),
)


class Redactor:
    """Replaces every span that names a watched person by `[person P1]`.

    Found are the name and its aliases in any order of words, written together or apart, in other case, width or
    accents, with look-alike letters or invisible characters, and within percent, JSON, HTML, hex and base64 encodings,
    nested up to six deep. A part of a name that stands alone is replaced by `[part of person P1]`: a word of five or
    more letters, or two characters of a longer Chinese, Japanese or Korean name, unless it is a place or topic too
    ("Hong"). Shorter parts are found only where they are given as aliases.
    """

    def __init__(self, watch: WatchList) -> None:
        self._matcher = TermMatcher(
            ((form, person.id, False) for person in watch.person for form in person_forms(person)), eager=True
        )
        self._parts = TermMatcher((part, person.id, False) for person in watch.person for part in name_parts(person))
        self._active = bool(watch.person)

    def redact(self, text: str) -> str:
        """Return the text without watched names."""
        if not self._active or not text:
            return text
        return self._replace(self._parts, self._redact_whole(text), "part of person")

    def _redact_whole(self, text: str) -> str:
        plain = self._replace_plain(text)
        for piece in _PIECES:
            if not self._hidden(plain):
                return plain
            plain = self._replace_plain(piece.sub(self._replace_piece, plain))
        return self._mark(self._hidden(plain)) if self._hidden(plain) else plain

    def names_someone(self, text: str) -> bool:
        """Tell whether a text names a watched person, openly or encoded."""
        return self._active and bool(self._matcher.find(text) or self._hidden(text))

    def _replace_plain(self, text: str) -> str:
        return self._replace(self._matcher, text, "person")

    def _replace(self, matcher: TermMatcher, text: str, what: str) -> str:
        parts: list[str] = []
        position = 0
        for mention in matcher.find(text):
            if mention.end <= position:
                continue
            parts += [text[position : max(mention.start, position)], f"[{what} {mention.target}]"]
            position = mention.end
        return "".join(parts) + text[position:]

    def _replace_piece(self, found: re.Match[str]) -> str:
        persons = self._hidden(found[0])
        return self._mark(persons) if persons else found[0]

    def _hidden(self, text: str) -> list[str]:
        """Return the persons that decoding brings to light, sorted."""
        persons: set[str] = set()
        for form in (False, True) if "+" in text else (False,):
            for part in _windows(text):
                for stage in decode_stages(part, form=form):
                    if stage.how:
                        persons |= {mention.target for mention in self._matcher.find(stage.text)}
        return sorted(persons)

    def _mark(self, persons: Iterable[str]) -> str:
        return " ".join(f"[person {person}]" for person in persons)


def _windows(text: str, size: int = 60000, overlap: int = 4000) -> Iterable[str]:
    """Yield long text in overlapping windows, because decoding looks at a bounded length."""
    for start in range(0, max(len(text) - overlap, 1), size - overlap):
        yield text[start : start + size]
