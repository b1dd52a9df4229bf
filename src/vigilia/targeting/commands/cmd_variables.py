"""Variables of cmd: `set a=find&&call %a%str`, `%COMSPEC:~-7,3%`, `!x!`.

What a line sets itself and what Windows sets everywhere alike is put in; other variables stay as they are written.
Source: Microsoft Learn, commands `set` and `cmd` (delayed expansion), read 2026-11-22.
"""

from __future__ import annotations

import re

from vigilia.targeting.commands.tools import load_search_tools

__all__ = ["with_cmd_variables"]

_SET = re.compile(r"\bset\s{1,8}\"?([\w.-]{1,40})=([^&|\"\n)]{0,2000})", re.IGNORECASE)
_USE = re.compile(r"([%!])([\w().-]{1,40})(?::([^%!\n]{1,100}))?\1")
_SLICE = re.compile(r"~(-?[0-9]{1,5})(?:,(-?[0-9]{1,5}))?")
_LOOP = re.compile(
    r"\bfor\s{1,4}(/[a-z]\s{1,4})?(%%?[a-z])\s{1,4}in\s{0,4}\(([^()\n]{1,1000})\)\s{0,4}do\s([^\n]{1,4000})",
    re.IGNORECASE,
)
_USES_AT_MOST = 4
_LENGTH_AT_MOST = 131072


def with_cmd_variables(text: str) -> tuple[str, bool]:
    """Return the text with known variables put in, and whether any was."""
    if "%" not in text and "!" not in text:
        return text, False
    text = _LOOP.sub(_unrolled, text)
    known = dict(load_search_tools().environment)
    for name, value in _SET.findall(text):
        known[name.lower()] = value.strip() if not value.isspace() else value
    put_in = False
    budget = _LENGTH_AT_MOST

    def value_of(found: re.Match[str]) -> str:
        nonlocal put_in, budget
        value = known.get(found[2].lower())
        if value is None:
            return found[0]
        part = _part(value, found[3] or "")
        budget -= len(part)
        if budget < 0:
            return ""
        put_in = True
        return part

    once = _USE.sub(value_of, text)
    again = _USE.sub(value_of, once) if put_in else once  # a variable may be set from others
    return again[:_LENGTH_AT_MOST], put_in


def _unrolled(found: re.Match[str]) -> str:
    """Put the words of a loop where its variable stands: `for %f in (a b) do findstr %f x`."""
    words = " ".join(found[3].replace('"', " ").replace(",", " ").split())
    if "*" in words or "'" in words or "`" in words or not words:
        return found[0]
    body = found[4].replace(found[2], f'"{words}"', _USES_AT_MOST)
    return f"for {found[1] or ''}{found[2]} in ({found[3]}) do {body}"


def _part(value: str, what: str) -> str:
    """Return the part of a value that `:~start,length` cuts out, or the value with `:old=new` replaced."""
    if not what:
        return value
    if cut := _SLICE.fullmatch(what):
        start = int(cut[1])
        rest = value[start:] if start >= 0 or -start <= len(value) else value
        if cut[2] is None:
            return rest
        return rest[: int(cut[2])]
    old, equals, new = what.partition("=")
    return value.replace(old, new)[:2000] if equals and old else value
