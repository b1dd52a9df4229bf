"""Arguments: which words behind a program's name are looked for, and how each is to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vigilia.targeting.commands.tools import PreparedTool, Reads
from vigilia.targeting.commands.words import Word

__all__ = ["Argument", "arguments"]

_ENDS_OF_INNER_COMMAND = (";", "+", "\\;", "&")
_NO_TERM = ("skip", "flag")
_LONGEST_SLASH_OPTION = 12


class Argument(NamedTuple):
    """One value to be read; for "words" and "rest" it is the span of words from `place` to `end`.

    Attributes:
        named: an option said that it is looked for, so a file name counts without wildcards.
    """

    reads: Reads
    value: str
    named: bool
    place: int
    end: int


def arguments(ready: PreparedTool, words: Sequence[Word], *, windows: bool) -> Iterable[Argument]:
    """Yield the values that a program was given to look for.

    Args:
        ready: the program's row of the table.
        words: those behind the program's name.
        windows: a word such as "/s" is an option.
    """
    tool = ready.tool
    given = {word.text.lower() for word in words[:200]} if tool.needs or tool.unless or tool.plain_names_with else set()
    if (tool.needs and not given.intersection(tool.needs)) or given.intersection(tool.unless):
        return
    if tool.joined:
        yield from _joined(_each(ready, words, windows=windows, plain_names=True))
    else:
        yield from _each(ready, words, windows=windows, plain_names=bool(given.intersection(tool.plain_names_with)))


def _each(ready: PreparedTool, words: Sequence[Word], *, windows: bool, plain_names: bool) -> Iterable[Argument]:
    tool = ready.tool
    left, skipped = tool.positional, tool.positional_skipped
    taken = only_plain = False
    place = 0
    while place < len(words):
        word = words[place].text
        if word == "--" and not windows and not only_plain:
            only_plain, place = True, place + 1
            continue
        option = None if only_plain else ready.option(word)
        if option is not None:
            argument, place = _of_option(option, words, place)
            taken = taken or (argument is not None and argument.reads != "skip")
            if argument is not None and argument.reads not in _NO_TERM:
                yield argument
            continue
        place += 1
        if not word or (not only_plain and _is_option(word, windows=windows)):
            continue
        if skipped:
            skipped -= 1
        elif tool.reads in ("words", "rest") and tool.positional:
            yield Argument(tool.reads, word, named=False, place=place - 1, end=len(words))
            return
        elif left and not (taken and tool.positional == 1):
            left -= 1
            named = plain_names and "." in word[-6:]
            yield Argument(tool.reads, word, named=named, place=place - 1, end=place)


def _of_option(option: tuple[Reads, str | None], words: Sequence[Word], place: int) -> tuple[Argument | None, int]:
    """Return the value of the option that stands here, if it has one, and the place behind both."""
    reads, value = option
    following = place + 1
    if value is not None:
        return Argument(reads, value, named=True, place=place, end=following), following
    if reads == "flag" or (following >= len(words) and reads != "list"):
        return None, following
    if reads == "words":
        ends = (at for at in range(following, len(words)) if words[at].text in _ENDS_OF_INNER_COMMAND)
        end = next(ends, len(words))
        return Argument(reads, "", named=True, place=following, end=end), end + 1
    if reads == "rest":
        return Argument(reads, "", named=True, place=following, end=len(words)), len(words)
    text = words[following].text if following < len(words) else ""
    return Argument(reads, text, named=True, place=following, end=following + 1), following + 1


def _joined(found: Iterable[Argument]) -> Iterable[Argument]:
    """Join plain words to one query: `es hong kong`."""
    plain: list[Argument] = []
    for argument in found:
        if argument.named:
            yield argument
        else:
            plain.append(argument)
    if plain:
        text = " ".join(argument.value for argument in plain)
        yield Argument(plain[0].reads, text, named=False, place=plain[0].place, end=plain[-1].end)


def _is_option(word: str, *, windows: bool) -> bool:
    if word.startswith("-"):
        return len(word) > 1
    return windows and word.startswith("/") and len(word) <= _LONGEST_SLASH_OPTION and word.count("/") == 1
