"""What lexers of command lines have in common: one pass from left to right, words put together from parts."""

from __future__ import annotations

import abc
import re
from dataclasses import dataclass, field
from typing import ClassVar

from vigilia.targeting.commands.words import Line, Word

__all__ = ["Lexer"]


@dataclass
class Lexer(abc.ABC):
    """A lexer at a place in its text.

    Attributes:
        plain: letters that mean nothing but themselves. blank: what parts words.
        parts: of the word that has begun, else None. started: where it began.
        unclosed: opening signs that nobody closes; they are not looked for again, so that a text is read once.
    """

    plain: ClassVar[re.Pattern[str]]
    blank: ClassVar[re.Pattern[str]]

    text: str
    line: Line = field(default_factory=Line)
    words: list[Word] = field(default_factory=list)
    parts: list[str] | None = None
    started: int = 0
    piped: bool = False
    unclosed: set[str] = field(default_factory=set)
    position: int = 0

    def run(self) -> Line:
        """Read the whole text; every branch moves on by at least one letter."""
        while self.position < len(self.text):
            here = self.position
            if plain := self.plain.match(self.text, here):
                self.add(plain[0], here, plain.end())
            elif blank := self.blank.match(self.text, here):
                self.pass_blank(blank.end())
            else:
                self.special(self.text[here], here)
        self.end_command("")
        return self.line

    def add(self, text: str, start: int, end: int) -> None:
        """Add to the word that has begun, or begin one, with what the text from start to end stands for."""
        if self.parts is None:
            self.parts, self.started = [], start
        self.parts.append(text)
        self.position = min(end, len(self.text))

    @abc.abstractmethod
    def pass_blank(self, end: int) -> None:
        """Go on behind a blank."""

    @abc.abstractmethod
    def special(self, letter: str, here: int) -> None:
        """Read what begins with a letter that means more than itself, and move on."""

    @abc.abstractmethod
    def end_command(self, sign: str) -> None:
        """Hand on the words so far as a command that a sign ended."""
