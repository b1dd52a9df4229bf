"""Plain words for the document's own terms, and the glossary, from words.toml."""

from __future__ import annotations

import functools
import re

from markupsafe import Markup, escape

from vigilia.knowledge.shipped_table import read_table
from vigilia.knowledge.tactics import tactic_labels
from vigilia.report.safe_text import defang, safe_text

__all__ = ["Glossary", "words"]

# Dates and ranges, which must not be broken at their hyphen; and the sign after which an address may be broken.
_UNBROKEN = r"\b\d{4}-\d\d-\d\d\b|\(\d{1,2}-\d{1,2} %\)|\b(?:\d{1,3}-)?\d{1,3} %|(?<=\w)@(?=\w)"

Table = dict[str, dict[str, str]]


@functools.cache
def words() -> Table:
    """Return table name → term → plain words; the tactics are those of the knowledge table."""
    return read_table("vigilia.report.html", "words.toml", Table) | {"tactics": tactic_labels()}


@functools.cache
def _pattern() -> re.Pattern[str]:
    terms = sorted(words()["glossary"], key=lambda one: (-len(one), one))
    explained = "|".join(re.escape(one) for one in terms)
    return re.compile(rf"\b(?:{explained})\b|{_UNBROKEN}", re.IGNORECASE | re.ASCII)


class Glossary:
    """Explains each term where it is first used on a page, and remembers which were used."""

    def __init__(self) -> None:
        self._used: list[str] = []

    @property
    def used(self) -> list[tuple[str, str]]:
        """(term, explanation) of the terms used so far, in alphabetical order."""
        return [(one, words()["glossary"][one]) for one in sorted(self._used)]

    def explain(self, text: str) -> Markup:
        """Return the text as safe markup, with an explanation at the first use of each term."""
        shown = defang(safe_text(text))
        parts: list[Markup] = []
        place = 0
        for match in _pattern().finditer(shown):
            parts += [escape(shown[place : match.start()]), self._part(match[0])]
            place = match.end()
        return Markup("").join([*parts, escape(shown[place:])])

    def _part(self, text: str) -> Markup:
        if text == "@":
            return Markup("@<wbr>")
        term = text.lower()
        if term not in words()["glossary"]:
            return Markup('<span class="together">{}</span>').format(text)
        if term in self._used:
            return escape(text)
        self._used.append(term)
        return Markup('<abbr title="{}">{}</abbr>').format(words()["glossary"][term], text)
