"""Programs under another name: arguments that only one program takes say which it is (`a.exe -f "(&(cn=*x*))"`)."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.targeting.commands.tools import PreparedTool, load_search_tools, tools_named
from vigilia.targeting.commands.words import Word

__all__ = ["tools_given_away"]

_WORDS_AT_MOST = 60
_LETTERS_AT_MOST = 2000  # of one word: what gives a program away stands at its beginning


def tools_given_away(arguments: Sequence[Word], *, windows: bool) -> Sequence[PreparedTool]:
    """Return the rows of the program that arguments give away; none where they could be anybody's.

    Args:
        arguments: the words behind the name of a program that the table does not know.
        windows: the text is for cmd or PowerShell; else for a POSIX shell.
    """
    words = [word.text[:_LETTERS_AT_MOST] for word in arguments[:_WORDS_AT_MOST]]
    telling = _telling(windows=windows)
    if not any(map(telling.first.fullmatch, words)):
        return ()
    rows = (row for row in telling.rows if all(any(map(one.fullmatch, words)) for one in row.arguments))
    return next((tools_named(row.tool, windows=windows) for row in rows), ())


@dataclass(frozen=True, slots=True)
class _Row:
    tool: str
    arguments: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Telling:
    """The rows for one system; no row applies where `first` matches no word."""

    rows: tuple[_Row, ...]
    first: re.Pattern[str]


@functools.cache
def _telling(*, windows: bool) -> _Telling:
    here = [one for one in load_search_tools().given_away if one.on in ("", "windows" if windows else "unix")]
    rows = tuple(_Row(one.tool, tuple(re.compile(text, re.DOTALL) for text in one.arguments)) for one in here)
    return _Telling(rows, re.compile("|".join(f"(?:{one.arguments[0]})" for one in here), re.DOTALL))
