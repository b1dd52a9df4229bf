"""Command lines that were written down without their quotes (sudo in a system log): which words were one argument."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.targeting.commands.tools import PreparedTool, Reads
from vigilia.targeting.commands.words import Word

__all__ = ["regrouped"]

# What ends a value of several words: an option, a path, a file name, a sign of find's grammar.
_ENDS_VALUE: Final = re.compile(
    r"-.|[/~.\\]|[A-Za-z]:[/\\]|[^/]{0,200}/|[^@]{0,200}[^.@]\.[A-Za-z0-9]{1,5}$|(?:\{\}|[()!;+&])$"
)
_OF_SEVERAL_WORDS: Final[frozenset[Reads]] = frozenset({"text", "pattern", "mask"})
_COMMANDS: Final[frozenset[Reads]] = frozenset({"words", "rest"})


def regrouped(ready: PreparedTool, words: Sequence[Word]) -> list[Word]:
    """Put the words of each value together again that stood in quotes.

    A text or pattern runs up to the first path, file name or option; where none follows, nothing tells that it was more
    than its first word. A mask behind an option runs to the next option or the end. A command for a shell is all the
    rest.

    Args:
        ready: the program's row of the table.
        words: those behind the program's name.
    """
    grouped: list[Word] = []
    place, expected = 0, ready.tool.positional == 1
    while place < len(words):
        option = ready.option(words[place].text)
        if option is None and (not expected or _ENDS_VALUE.match(words[place].text)):
            grouped.append(words[place])
            place += 1
            continue
        reads, value = option or (ready.tool.reads, words[place].text)
        if reads in _COMMANDS:  # another program's words
            return [*grouped, *words[place:]]
        expected = expected and option is not None and reads not in _OF_SEVERAL_WORDS
        if value is None:  # it begins with the next word
            grouped.append(words[place])
            place += 1
        if reads != "flag" and place < len(words):
            end = _end_of_value(words, place, reads, named=option is not None)
            grouped.append(_joined(words[place:end]))
            place = end
    return grouped


def _end_of_value(words: Sequence[Word], place: int, reads: Reads, *, named: bool) -> int:
    """Return the place behind the last word of the value that begins here."""
    if reads == "command":
        return len(words)
    if reads not in _OF_SEVERAL_WORDS:
        return place + 1
    end = next((at for at in range(place + 1, len(words)) if _ENDS_VALUE.match(words[at].text)), None)
    if end is not None:
        return end
    return len(words) if named and reads == "mask" else place + 1


def _joined(words: Sequence[Word]) -> Word:
    return Word(" ".join(word.text for word in words), words[0].start, words[-1].end)
