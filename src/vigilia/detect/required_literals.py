"""Texts of which one at least stands in every value in which a regular expression is found.

They are looked for with all other literals of a column, and the expression is run on what has one of them. The reading
of patterns errs on one side: what is not understood yields no text. Syntax: RE2, github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from vigilia.sigma.form import RegexTest

__all__ = ["required_literals"]

Alternatives = tuple[str, ...]

_SHORTEST: Final = 3  # characters: shorter ones are in too many values
_MOST: Final = 32  # texts of one expression
_DEEPEST: Final = 20  # groups in groups

# These see the patterns of rules alone, never evidence.
_TOKEN: Final = re.compile(
    r"""
      (?P<plain> [A-Za-z0-9\x20!"\#%&',/:;<=>@_`~-] | \\(?P<escaped>[!-/:-@\[-`{-~]) )
    | (?P<class> \[\^?\]?(?:\\.|\[:\^?[a-z]*:\]|[^\]\\])*\] )
    | (?P<repeat> [*+?]\?? | \{(?P<least>\d+)(?:,\d*)?\}\?? )
    | (?P<flags> \(\?[imsU]*(?:-[imsU]+)?\) )
    | (?P<open> \((?:(?!\?)|\?(?:P?<[A-Za-z0-9_]*>|[imsU]*(?:-[imsU]+)?:)) )
    | (?P<close> \) )
    | (?P<bar> \| )
    | (?P<escape> \\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[0-7]{1,3}|[^Q]) )
    | (?P<other> [^\\(\[] )
    """,
    re.VERBOSE | re.DOTALL,
)


@lru_cache(maxsize=8192)
def required_literals(test: RegexTest) -> Alternatives:
    """Return texts in lower case; empty where none is known. What is not ASCII is left out."""
    reading = _Reading(test.pattern)
    found = reading.alternatives(0)
    return () if found is None or reading.failed or reading.left else found


class _Reading:
    """A pattern, read from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self.failed = False

    @property
    def left(self) -> bool:
        """Whether there is more to read."""
        return self._at < len(self._pattern)

    def alternatives(self, depth: int) -> Alternatives | None:
        """Read what stands between brackets, and return texts of which one is in whatever fits it, or None."""
        found: Alternatives | None = ()
        while True:
            branch = self._branch(depth)
            found = None if found is None or branch is None or len(found + branch) > _MOST else found + branch
            if self.failed or not self.left or self._pattern[self._at] != "|":
                return found
            self._at += 1

    def _branch(self, depth: int) -> Alternatives | None:
        """Read up to a bar or a closing bracket."""
        best: Alternatives | None = None
        run: list[str] = []
        while self.left and not self.failed and self._pattern[self._at] not in "|)":
            piece = self._piece(depth)
            least = self._least()
            if isinstance(piece, str):
                if least:
                    run.append(piece)
                if least == 1:
                    continue
            best = _better(best, _text(run))
            run = [piece] if isinstance(piece, str) and least else []
            if isinstance(piece, tuple) and least:
                best = _better(best, piece)
        return _better(best, _text(run))

    def _piece(self, depth: int) -> str | Alternatives | None:
        """Read one character (returned), a group (its texts), or something else (None)."""
        token = _TOKEN.match(self._pattern, self._at)
        if token is None or token["repeat"]:
            self.failed = True
            return None
        self._at = token.end()
        if token["plain"]:
            return (token["escaped"] or token["plain"]).lower()
        return self._group(depth + 1) if token["open"] else None

    def _group(self, depth: int) -> Alternatives | None:
        found = self.alternatives(depth) if depth <= _DEEPEST else None
        self.failed |= depth > _DEEPEST or not self._pattern.startswith(")", self._at)
        self._at += 1
        return found

    def _least(self) -> int:
        """Read how often the last piece stands there: 0 perhaps never, 1 exactly once, 2 otherwise."""
        token = _TOKEN.match(self._pattern, self._at)
        if token is None or not token["repeat"]:
            return 1
        self._at = token.end()
        if token["repeat"][0] == "+":
            return 2
        return 2 if int(token["least"] or 0) else 0


def _text(run: list[str]) -> Alternatives | None:
    return ("".join(run),) if len(run) >= _SHORTEST else None


def _better(one: Alternatives | None, other: Alternatives | None) -> Alternatives | None:
    """Return those texts of which the shortest is longer."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda texts: min(map(len, texts)))
