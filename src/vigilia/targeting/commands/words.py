"""Words and commands: what lexers of every shell hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

__all__ = ["Command", "Line", "Word"]


class Word(NamedTuple):
    """One word without its quotes, and the span of the text that it was written in."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Command:
    """One command of a line.

    Attributes:
        source: the text that the words' spans lie in.
        fed: text that the line itself hands to the command's input (here-document, here-string), else None.
        piped: the command reads what the one before it prints.
        opened: the sign that ended the command, such as "(" or "|"; empty at the end of the text.
    """

    words: list[Word]
    source: str
    fed: str | None = None
    piped: bool = False
    opened: str = ""


@dataclass(slots=True)
class Line:
    """The commands of a text, the texts of commands within them (`$(…)`), and which disguises were undone."""

    commands: list[Command] = field(default_factory=list)
    inner: list[str] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
