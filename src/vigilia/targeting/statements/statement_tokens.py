"""Tokens of database statements (SQL, Cypher, the MongoDB shell): strings, words, operators, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from vigilia.targeting.decoding.escapes import c_unescaped

__all__ = ["Token", "statement_tokens"]

Kind = Literal["text", "regex", "word", "parameter", "number", "operator"]


class Token(NamedTuple):
    """One token; `value` is a string's content without quotes, a word as written, an operator."""

    kind: Kind
    value: str


# A quote or comment that nobody closes takes the rest of the text, so each character is looked at once.
_TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*(?s:.*?)(?:\*/|\Z) )
  | (?P<bytes> [xX]'[0-9A-Fa-f]*' | 0[xX][0-9A-Fa-f]+ )
  | (?P<quoted> (?:[nNeEbB]|[uU]&)?'(?:[^'\\]|''|\\.)*(?:'|\Z) )
  | (?P<double> "(?:[^"\\]|""|\\.)*(?:"|\Z) )
  | (?P<name> `[^`\n]{1,200}` | \[[^\]\[\n'",]{1,200}\] )
  | (?P<parameter> \$[0-9]{1,5} | @[A-Za-z_]\w{0,80} | \? )
  | (?P<word> \$?[^\W\d][\w$]*(?:\.[^\W\d][\w$]*)* )
  | (?P<number> [0-9]+(?:\.[0-9]+)? )
  | (?P<operator> \|\| | ~~\*? | ~\*? | =~ | <=> | == | !~ | != | <> | :: | @@ | [-+=<>!(){}\[\],:;/*%.&|^] )
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/((?:[^/\\\n]|\\.){1,500})/[a-z]{0,6}")
_DOLLAR_QUOTE = re.compile(r"\$([A-Za-z_]\w{0,20})?\$")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_NUMBERED = re.compile(r"\\(?:([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6}))")
_BEFORE_REGEX = (":", "(", ",", "[", "~", "=~")


def statement_tokens(text: str) -> list[Token]:
    """Return the tokens of a statement; comments and what is no token are left out. Never fails, and is linear."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterable[Token]:
    position = 0
    closes = True  # whether looking for the end of a dollar-quoted text is worth while
    before = ""
    while position < len(text):
        if closes and text[position] == "$" and (opening := _DOLLAR_QUOTE.match(text, position)):
            end = text.find(opening[0], opening.end())
            closes = end >= 0
            if closes:
                yield Token("text", text[opening.end() : end])
                position, before = end + len(opening[0]), ""
                continue
        if text[position] == "/" and before in _BEFORE_REGEX and (regex := _REGEX.match(text, position)):
            yield Token("regex", regex[1])
            position, before = regex.end(), ""
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            position += 1
            continue
        position = match.end()
        if token := _token(match.lastgroup or "", match[0]):
            before = token.value if token.kind == "operator" else ""
            yield token


def _token(group: str, found: str) -> Token | None:
    match group:
        case "quoted":
            prefix, _, _ = found.partition("'")
            return Token("text", _of_prefix(prefix.lower(), found[len(prefix) :]))
        case "double":
            return Token("text", _unquoted(found))
        case "bytes":
            return Token("text", _from_digits(found))
        case "name":
            return Token("word", found[1:-1])
        case "word" | "parameter" | "number" | "operator":
            return Token(group, found)
        case _:
            return None


def _of_prefix(prefix: str, literal: str) -> str:
    r"""Return a string by its prefix: `U&'\9999'` has letters by number, `E'\x41'` escapes of C."""
    if prefix == "u&":
        return _NUMBERED.sub(_numbered, _unquoted(literal.replace("\\", "\\\\")))
    return c_unescaped(literal.strip("'").replace("''", "'")) if prefix == "e" else _unquoted(literal)


def _numbered(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


def _unquoted(literal: str) -> str:
    quote = literal[0]
    content = literal[1:-1] if len(literal) > 1 and literal.endswith(quote) else literal[1:]
    content = content.replace(quote * 2, quote)
    return _ESCAPE.sub(lambda found: found[0] if found[1] in "%_wdsbWDSB.+*?()[]{}|^$" else found[1], content)


def _from_digits(literal: str) -> str:
    digits = literal[2:].rstrip("'")
    if len(digits) % 2 or len(digits) < 4:
        return ""
    return bytes.fromhex(digits).decode("utf-8", "replace")
