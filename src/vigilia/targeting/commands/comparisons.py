"""Comparisons in PowerShell text: what names and contents are compared with.

`$_.Name -like '*x*'`, `.Contains('x')`, `[regex]::Match($t, 'x')`, directory filters.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from vigilia.targeting.commands.tools import load_search_tools
from vigilia.targeting.statements.ldap_filters import filter_terms
from vigilia.targeting.statements.patterns import mask_words, pattern_words
from vigilia.targeting.statements.statement_tables import holds_names

__all__ = ["comparison_terms"]

_TEXT = r"(?:'[^'\n]{1,300}'|\"[^\"\n]{1,300}\")"
_COMPARISON = re.compile(
    r"-[ic]?(like|match|contains|eq|in)"
    rf"(?:\s{{0,8}}@?\(?\s{{0,4}}({_TEXT}(?:\s{{0,4}},\s{{0,4}}{_TEXT}){{0,40}})|\s{{1,8}}([^\s'\"(){{}}|;,$@&-][^\s'\"(){{}}|;&]{{0,200}}))",
    re.IGNORECASE,
)
_QUOTED = re.compile(_TEXT)
_MASKED = re.compile(r"['\"]([^'\"\n]{0,200}[*?][^'\"\n]{0,200})['\"]")
_LEFT = re.compile(r"[\w$.:\]\[]{1,80}\s{0,4}$")
_DIRECTORY = re.compile(r"adsisearcher|directorysearcher|ldapfilter|\.filter\b", re.IGNORECASE)
_ENVIRONMENT = (
    "$env:",
    "$psversiontable",
    "$host",
    "$error",
    "$psculture",
    "$executioncontext",
    "$args",
    "$lastexitcode",
)
_CURRENT = ("$_", "$psitem")
_FORMATTED = re.compile(r"\s{0,4}-f[\s'\"($]", re.IGNORECASE)
_LEFT_LENGTH = 84


def comparison_terms(text: str) -> Iterable[str]:
    """Yield what a PowerShell text compares names and contents with, without wildcards.

    `-eq` and `-in` count only where the left side is the current item or is named as something that holds names.
    """
    if "-" in text:
        for found in _COMPARISON.finditer(text):
            yield from _of_comparison(text, found)
    if "(" not in text:
        return
    methods = _methods()
    for pattern in (methods.text, methods.pattern):
        yield from (pattern_words(found[1][1:-1]) for found in pattern.finditer(text))
    for found in methods.mask.finditer(text):
        yield from (mask_words(mask.replace("\\", "/").rpartition("/")[2]) for mask in _MASKED.findall(found[1]))
    if _DIRECTORY.search(text):
        yield from filter_terms(text).terms


@dataclass(frozen=True, slots=True)
class _Methods:
    """Calls of methods, by how their text is read; each pattern gives that text, or (masks) all arguments."""

    text: re.Pattern[str]
    pattern: re.Pattern[str]
    mask: re.Pattern[str]


@functools.lru_cache(maxsize=1)
def _methods() -> _Methods:
    table = load_search_tools()
    text, mask, pattern = map("|".join, (table.text_methods, table.mask_methods, table.pattern_methods))
    return _Methods(
        text=re.compile(rf"\.(?:{text})\(\s{{0,4}}({_TEXT})", re.IGNORECASE),
        pattern=re.compile(rf"\bregex\]::(?:{pattern})\([^,'\"\n]{{1,200}},\s{{0,4}}({_TEXT})", re.IGNORECASE),
        mask=re.compile(rf"[.:](?:{mask})\(([^()\n]{{1,600}})", re.IGNORECASE),
    )


def _of_comparison(text: str, found: re.Match[str]) -> Iterable[str]:
    operator = found[1].lower()
    left = _LEFT.search(text[max(found.start() - _LEFT_LENGTH, 0) : found.start()])
    name = left[0].strip().lower() if left else ""
    if name.startswith(_ENVIRONMENT):
        return
    if operator in ("eq", "in") and not (name in _CURRENT or holds_names(name.lstrip("$"))):
        return
    if _FORMATTED.match(text, found.end()):
        return  # a form with holes; what it comes to is told where the expression is folded
    values = [one[1:-1] for one in _QUOTED.findall(found[2] or "")] or [found[3]]
    for value in values:
        yield pattern_words(value) if operator == "match" else mask_words(value) or value.strip("*? ")
