"""The table of programs that search (`knowledge/search_tools.toml`), and how a word is looked up in it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = [
    "GivenAway",
    "PreparedTool",
    "Reads",
    "SearchTools",
    "Tool",
    "candidate_pattern",
    "load_search_tools",
    "tools_named",
]

Reads = Literal[
    "text", "pattern", "mask", "path-pattern", "statement", "filter", "slashes", "command", "words", "rest", "encoded",
    "list", "skip", "flag",
]  # fmt: skip


_NO_SEARCH: frozenset[Reads] = frozenset({"command", "words", "rest", "encoded", "list", "skip", "flag"})


class Tool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of search_tools.toml; the file explains the columns."""

    names: list[str]
    on: Literal["", "windows", "unix"] = ""
    options: dict[Reads, list[str]] = {}
    prefixes: dict[Reads, list[str]] = {}
    reads: Reads = "text"
    positional: int = 0
    positional_skipped: int = 0
    fed: Reads = "skip"
    joined: bool = False
    abbreviated: bool = False
    needs: list[str] = []
    unless: list[str] = []
    plain_names_with: list[str] = []
    everyday: bool = False


class GivenAway(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Arguments that say which program was started, whatever its name: each expression matches a whole argument."""

    tool: str
    on: Literal["", "windows", "unix"] = ""
    arguments: list[str]


class SearchTools(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of search_tools.toml."""

    date: str
    keywords: frozenset[str]
    environment: dict[str, str]
    candidate_marks: list[str]
    text_methods: list[str]
    mask_methods: list[str]
    pattern_methods: list[str]
    given_away: list[GivenAway]
    tool: list[Tool]


@dataclass(frozen=True, slots=True)
class PreparedTool:
    """A tool with its options looked up by name.

    Attributes:
        exact: option as written (lower case where case does not matter) → how its value is read.
        shorts: letters of options that may be written together (`-rie x`) → how the value is read.
        prefixes: (prefix, how what follows it is read), long ones first.
        lowered: case of options does not matter.
    """

    tool: Tool
    exact: dict[str, Reads]
    shorts: dict[str, Reads]
    prefixes: tuple[tuple[str, Reads], ...]
    lowered: bool

    def option(self, word: str) -> tuple[Reads, str | None] | None:
        """Return how an option's value is read, and the value where it is part of the word; None if it is unknown."""
        low = word.lower() if self.lowered else word
        if (reads := self.exact.get(low)) is not None:
            return reads, None
        for prefix, reads in self.prefixes:
            if low.startswith(prefix):
                return reads, word[len(prefix) :]
        sign = low[:1]
        if sign not in "-/\u2013\u2014\u2015" or len(low) < 2:
            return None
        if self.tool.abbreviated:
            return self._abbreviated(word, low)
        name, equals, value = word.partition("=")
        if equals and (reads := self.exact.get(name.lower() if self.lowered else name)) is not None:
            return reads, value
        return self._clustered(word) if self.shorts and sign == "-" and low[1] != "-" else None

    def _abbreviated(self, word: str, low: str) -> tuple[Reads, str | None] | None:
        """Match a PowerShell parameter: any dash, any unambiguous beginning, value perhaps behind a colon."""
        name, colon, _ = low.partition(":")
        wanted = f"-{name[1:]}"
        whole = self.exact.get(wanted) or next((self.exact[one] for one in self.exact if one.startswith(wanted)), None)
        if whole is None or len(wanted) < 2:
            return None
        return whole, (word[len(name) + 1 :] if colon else None)

    def _clustered(self, word: str) -> tuple[Reads, str | None] | None:
        """Match `-rie value`, `-ehong` and `-A3`: letters up to the first that takes a value."""
        for place, letter in enumerate(word[1:24], 1):
            reads = self.shorts.get(letter)
            if reads is not None and reads != "flag":
                rest = word[place + 1 :]
                return reads, rest or None
            if not letter.isalnum():
                return None
        return None


def load_search_tools() -> SearchTools:
    """Read the table that ships with the package."""
    return _table()


def tools_named(name: str, *, windows: bool) -> Sequence[PreparedTool]:
    """Return the rows for a program name without folder and extension, lower case; none where it does not search."""
    return _tools().get((name, windows), ())


def candidate_pattern() -> str:
    """Return a regular expression (RE2, case aside) that finds every text in which a search may stand.

    Programs that only count with a wildcard (`ls`, `copy`) and those that only run others are not named in it: the
    wildcard, the program that is run, or the disguise is. The pattern holds no quotes, so it may stand in a query.
    """
    table = load_search_tools()
    named = sorted({name for tool in table.tool if _tells_by_name(tool) for name in tool.names})
    programs = "|".join(name.replace("+", "[+]").replace(".", "[.]") for name in named)
    return "|".join([f"(^|[^a-z0-9.])({programs})([.](exe|com))?([^a-z0-9.:_\\\\-]|$)", *table.candidate_marks])


def _tells_by_name(tool: Tool) -> bool:
    """Tell whether a program looks for something itself, and not only in masks that a wildcard gives away."""
    plain = {tool.reads} - {"mask"} if tool.positional else set()
    kinds = {*tool.options, *tool.prefixes, *plain}
    return not tool.everyday and bool(kinds - _NO_SEARCH or tool.plain_names_with)


@functools.lru_cache(maxsize=1)
def _table() -> SearchTools:
    return read_table("vigilia.knowledge", "search_tools.toml", SearchTools)


@functools.lru_cache(maxsize=1)
def _tools() -> dict[tuple[str, bool], list[PreparedTool]]:
    systems = {"": (True, False), "windows": (True,), "unix": (False,)}
    rows: dict[tuple[str, bool], list[PreparedTool]] = {}
    for tool in _table().tool:
        ready = _prepared(tool)
        for key in itertools.product(tool.names, systems[tool.on]):
            rows.setdefault(key, []).append(ready)
    return rows


def _prepared(tool: Tool) -> PreparedTool:
    lowered = tool.on == "windows" or tool.abbreviated
    options = [(name.lower() if lowered else name, reads) for reads, names in tool.options.items() for name in names]
    shorts = {name[1]: reads for name, reads in options if len(name) == 2 and name[0] == "-"}
    prefixes = [(prefix, reads) for reads, all_of_them in tool.prefixes.items() for prefix in all_of_them]
    longest_first = tuple(sorted(prefixes, key=lambda one: (-len(one[0]), one[0])))
    return PreparedTool(tool, dict(options), {} if tool.on == "windows" else shorts, longest_first, lowered)
