"""Tokens of PowerShell text; each keeps how it was written, so that what is not understood stays as it is.

Source: PowerShell language specification 7, chapter 2 (lexical structure), as published by Microsoft.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

__all__ = ["ScriptToken", "script_tokens"]

Kind = Literal["text", "number", "variable", "type", "word", "sign", "blank", "comment"]


class ScriptToken(NamedTuple):
    """One token: `raw` as written; `value` a string's content, a name in lower case, a number's digits."""

    kind: Kind
    raw: str
    value: str


# What nobody closes is matched as a sign of one character, after one look at the rest of the text (see `_tokens`).
_TOKEN = re.compile(
    r"""
    (?P<blank> (?:[ \t\r\f\xa0]|`\r?\n)+ )
  | (?P<number> (?:0[xX][0-9A-Fa-f]{1,8}|[0-9]{1,10})(?![\w\\:*-]|\.[^.]) )
  | (?P<variable> \$(?:\{[^}\n]{1,60}\}|[A-Za-z_]\w{0,60}(?::\w{1,60})?|_) )
  | (?P<type> \[[A-Za-z][\w.]{0,80}(?:\[\])?\] )
  | (?P<word> -?[^\s'"$()\[\]{},;|&+=.:\#@<>]+ )
  | (?P<sign> \.\. | :: | \+= | @\( | [\s\S] )
    """,
    re.VERBOSE,
)
_SINGLE = re.compile(r"['\u2018\u2019\u201a\u201b]((?:[^'\u2018\u2019\u201a\u201b]|'')*)['\u2018\u2019\u201a\u201b]")
_DOUBLE = re.compile(r"[\"\u201c\u201d\u201e]((?:[^\"`\u201c\u201d\u201e]|`.|\"\")*)[\"\u201c\u201d\u201e]", re.DOTALL)
_HERE = re.compile(r"@(['\"])[ \t]*\r?\n")
_BACKTICK = re.compile(r"`(u\{[0-9A-Fa-f]{1,6}\}|[\s\S])")
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "0": "", "a": "", "b": "", "f": "", "v": "", "e": ""}
_SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
_DOUBLE_QUOTES = '"\u201c\u201d\u201e'


def script_tokens(text: str) -> list[ScriptToken]:
    """Return the tokens; their `raw` put together is the text again."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterable[ScriptToken]:
    position = 0
    unclosed: set[str] = set()
    while position < len(text):
        token = _enclosed(text, position, unclosed) if text[position] not in unclosed else None
        if token is None:
            match = _TOKEN.match(text, position)
            group, raw = (match.lastgroup, match[0]) if match else ("sign", text[position])
            token = _plain(group or "sign", raw)
        yield token
        position += len(token.raw)


def _enclosed(text: str, position: int, unclosed: set[str]) -> ScriptToken | None:
    """Return the string, here-string or comment that begins here, if one does and it ends."""
    letter = text[position]
    token: ScriptToken | None = None
    if letter in _SINGLE_QUOTES:
        if found := _SINGLE.match(text, position):
            token = ScriptToken("text", found[0], found[1].replace("''", "'"))
    elif letter in _DOUBLE_QUOTES:
        if found := _DOUBLE.match(text, position):
            token = ScriptToken("text", found[0], _unescaped(found[1].replace('""', '"')))
    elif letter == "@" and (opening := _HERE.match(text, position)):
        closing = f"\n{opening[1]}@"
        end = -1 if closing in unclosed else text.find(closing, opening.end() - 1)
        if end < 0:
            unclosed.add(closing)
        else:
            token = ScriptToken("text", text[position : end + 3], text[opening.end() : end].rstrip("\r"))
    elif letter in "#<":
        return _comment(text, position, unclosed)
    else:
        return None
    if token is None and letter != "@":
        unclosed.add(letter)
    return token


def _comment(text: str, position: int, unclosed: set[str]) -> ScriptToken | None:
    if text.startswith("<#", position):
        end = text.find("#>", position)
        if end < 0:
            unclosed.add("<")
            return None
        raw = text[position : end + 2]
        return ScriptToken("comment", raw, "")
    if text[position] == "#" and (position == 0 or text[position - 1] in " \t\n;{}()"):
        end = text.find("\n", position)
        raw = text[position : len(text) if end < 0 else end]
        return ScriptToken("comment", raw, "")
    return None


def _plain(group: str, raw: str) -> ScriptToken:
    match group:
        case "variable":
            return ScriptToken(
                "variable", raw, raw.strip("${}").lower().removeprefix("global:").removeprefix("script:")
            )
        case "type":
            return ScriptToken("type", raw, raw[1:-1].lower().removeprefix("system."))
        case "word":
            plain = _BACKTICK.sub(lambda found: found[1], raw)
            return ScriptToken("word", raw, plain.lower())
        case "blank" | "number" | "sign":
            return ScriptToken(group, raw, raw)
        case _:
            return ScriptToken("sign", raw, raw)


def _unescaped(content: str) -> str:
    if "`" not in content:
        return content
    return _BACKTICK.sub(_letter, content)


def _letter(found: re.Match[str]) -> str:
    escape = found[1]
    if len(escape) > 1:
        code = int(escape[2:-1], 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return _CONTROLS.get(escape, escape)
