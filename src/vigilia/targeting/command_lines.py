"""Command lines and scripts: which of their words are what somebody looked for."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.decoding import decode_base64

__all__ = ["Found", "SearchTools", "load_search_tools", "search_terms"]

_DEPTH_AT_MOST = 4
_LENGTH_AT_MOST = 65536
_OPERATOR = re.compile(r"-[ic]?(?:like|match|contains|eq)\s{1,8}(['\"])([^'\"\n]{1,200})\1", re.IGNORECASE)
_LITERAL = re.compile(r"'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"|[a-z]{1,30}=\*?([^()*\n]{1,200})\*?\)", re.IGNORECASE)
_ENCODED_OPTION = re.compile(r"[-/]e(?:c|n|nc|nco|ncod|ncode|ncoded|ncodedc\w{0,10})?", re.IGNORECASE)


class Tool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of search_tools.toml; the file explains the columns."""

    names: list[str]
    term_options: list[str] = []
    term_prefixes: list[str] = []
    skip_options: list[str] = []
    inner_options: list[str] = []
    positional: int = 0
    windows_positional: int = 0
    part: str = "whole"
    needs: list[str] = []
    literals: bool = False
    wraps: bool = False


class SearchTools(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of search_tools.toml."""

    date: str
    query_parameters: list[str]
    tool: list[Tool]


@dataclass(frozen=True, slots=True)
class Found:
    """Terms in order of occurrence without repetition, and how they were decoded."""

    terms: tuple[str, ...]
    how: tuple[str, ...]


@functools.lru_cache(maxsize=1)
def load_search_tools() -> SearchTools:
    """Read the table that ships with the package."""
    return read_table("vigilia.knowledge", "search_tools.toml", SearchTools)


def search_terms(text: str, *, windows: bool) -> Found:
    """Return what a command line or script looks for; no terms where it does not search.

    Args:
        text: at most 64 Ki characters are looked at.
        windows: on Windows `find` takes the text as plain argument.
    """
    terms, how = _terms_in(text[:_LENGTH_AT_MOST], windows, 0)
    kept = dict.fromkeys(term for term in (one.strip(" \t%*") for one in terms) if term)
    return Found(tuple(kept), tuple(dict.fromkeys(how)))


def _terms_in(text: str, windows: bool, depth: int) -> tuple[list[str], list[str]]:
    if depth > _DEPTH_AT_MOST:
        return [], []
    terms: list[str] = []
    how: list[str] = []
    for words in _statements(text):
        found, steps = _terms_of(words, windows, depth)
        terms += found
        how += steps
    if windows:
        terms += [match[2] for match in _OPERATOR.finditer(text)]
    return terms, how


def _terms_of(words: list[str], windows: bool, depth: int) -> tuple[list[str], list[str]]:
    """Return the terms of one statement, following wrappers and inner command lines."""
    for start, word in enumerate(words[:8]):
        tool = _tools().get(_program(word))
        if tool is None:
            if start and not word.startswith(("-", "/")) and "=" not in word:
                break
            if not start and not word.startswith(("-", "/", ".", "$", "(")) and not _is_program(word):
                break
            continue
        arguments = words[start + 1 :]
        if tool.wraps:
            continue
        if tool.inner_options:
            return _inner(tool, arguments, windows, depth)
        return list(_terms_of_tool(tool, arguments, windows)), []
    return [], []


def _inner(tool: Tool, arguments: list[str], windows: bool, depth: int) -> tuple[list[str], list[str]]:
    """Look into `cmd /c …`, `bash -c …` and `powershell -EncodedCommand …`."""
    for place, argument in enumerate(arguments):
        if argument.lower() in tool.inner_options:
            rest = arguments[place + 1 :]
            # A Unix shell takes one word as the command; cmd takes all that follows.
            inner = " ".join(_requoted(rest)) if windows and len(rest) > 1 else "".join(rest[:1])
            return _terms_in(inner, windows, depth + 1)
        following = arguments[place + 1 : place + 2]
        if following and _ENCODED_OPTION.fullmatch(argument) and (script := decode_base64(following[0])):
            terms, how = _terms_in(script, True, depth + 1)
            return terms, ["base64", "utf-16le", *how]
    return _terms_of(arguments, windows, depth + 1) if windows and depth < _DEPTH_AT_MOST else ([], [])


def _requoted(words: Sequence[str]) -> Iterable[str]:
    return (f'"{word}"' if " " in word else word for word in words)


def _terms_of_tool(tool: Tool, arguments: Sequence[str], windows: bool) -> Iterable[str]:
    lowered = [argument.lower() for argument in arguments]
    if tool.needs and not set(tool.needs) & set(lowered):
        return
    left = tool.windows_positional if windows and tool.windows_positional else tool.positional
    taken = False
    place = 0
    while place < len(arguments):
        argument, low = arguments[place], lowered[place]
        place += 1
        if low in (option.lower() for option in tool.skip_options) and argument[:1] in "-/":
            place += 1
        elif low in tool.term_options and place < len(arguments):
            yield from _pieces(tool, arguments[place], named=True)
            taken = True
            place += 1
        elif value := _attached(tool, argument, low):
            yield from _pieces(tool, value, named=True)
            taken = True
        elif not _is_option(argument, windows) and left and not (taken and tool.positional == 1):
            yield from _pieces(tool, argument, named=bool(windows and tool.windows_positional))
            left -= 1


def _attached(tool: Tool, argument: str, low: str) -> str:
    """Return the value of `--option=value`, `/c:value` and `-evalue`."""
    prefixes = (*tool.term_prefixes, *(f"{option}=" for option in tool.term_options if option.startswith("--")))
    return next((argument[len(prefix) :] for prefix in prefixes if low.startswith(prefix)), "")


def _is_option(argument: str, windows: bool) -> bool:
    if argument.startswith("-"):
        return True
    return windows and argument.startswith("/") and len(argument) <= 12 and argument.count("/") == 1


def _pieces(tool: Tool, value: str, *, named: bool) -> Iterable[str]:
    if tool.literals:
        yield from (next(part for part in found.groups() if part) for found in _LITERAL.finditer(value))
        return
    for piece in value.split(",") if tool.part == "mask" else [value]:
        last = piece.strip("'\" ").replace("\\", "/").rstrip("/").rpartition("/")[2] if tool.part == "mask" else piece
        if tool.part == "mask" and not named and "*" not in last and "?" not in last and tool.names[0] != "where":
            continue
        yield _without_wildcards(last) if tool.part == "mask" else last.strip("'\"")


def _without_wildcards(mask: str) -> str:
    """Return the words of a file mask: "*donor*.xls?" is "donor"; a bare "*.docx" names no term."""
    stem, dot, suffix = mask.rpartition(".")
    bare = stem if dot and len(suffix) <= 5 else mask
    return " ".join(bare.replace("*", " ").replace("?", " ").split()) if bare.strip("*?. ") else ""


def _statements(text: str) -> Iterable[list[str]]:
    """Split text into statements of words, quotes removed; separators within quotes do not count."""
    words: list[str] = []
    for word in _words(text):
        if word is not None:
            words.append(word)
            continue
        if words:
            yield words
        words = []
    if words:
        yield words


def _words(text: str) -> Iterable[str | None]:
    """Yield words, and None at the end of a statement."""
    word: list[str] = []
    quote = ""
    quoted = False
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
            if quote:
                word.append(letter)
        elif letter in "'\"":
            quote, quoted = letter, True
        elif letter in " \t\n\r|;&{}()":
            if word or quoted:
                yield "".join(word)
            word, quoted = [], False
            if letter not in " \t":
                yield None
        else:
            word.append(letter)
    if word or quoted:
        yield "".join(word)


@functools.lru_cache(maxsize=1)
def _tools() -> dict[str, Tool]:
    return {name: tool for tool in load_search_tools().tool for name in tool.names}


def _program(word: str) -> str:
    name = word.replace("\\", "/").rpartition("/")[2].lower()
    return name.removesuffix(".exe")


def _is_program(word: str) -> bool:
    return word.lower().endswith((".exe", ".com"))
