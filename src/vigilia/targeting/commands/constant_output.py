"""Constant output: what a pipeline prints where its own text says so (`echo Z3JlcA== | base64 -d`)."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence

from vigilia.targeting.decoding.decoded_text import decode_base64, decode_hex
from vigilia.targeting.decoding.escapes import c_unescaped

__all__ = ["Printed", "printed_by"]

Printed = tuple[str, str]  # what is printed, and the name of the step that made it so, perhaps empty

_LENGTH_AT_MOST = 65536
_ROT13 = ({"a-za-z", "n-za-mn-za-m"}, {"a-z", "n-za-m"}, {"a-za-z", "n-za-m"})
_DECODERS = ("base64", "gbase64", "xxd", "openssl")


def printed_by(program: str, arguments: Sequence[str], given: str | None) -> Printed | None:
    """Return what a program prints, or None where the line does not tell.

    Args:
        program: its name, lower case.
        arguments: the words behind it.
        given: what it reads, where that is known.
    """
    maker = _MAKERS.get(program)
    if maker is not None:
        return maker(arguments), ""
    if given is None:
        return None
    if program in _DECODERS:
        return _opened(program, "".join(given.split())) if _decodes(program, arguments) else None
    filtering = _FILTERS.get(program)
    return filtering(arguments, given) if filtering else None


def _echo(arguments: Sequence[str]) -> str:
    words = list(arguments)
    escapes = False
    while words and words[0] in ("-n", "-e", "-ne", "-en", "-E"):
        escapes = escapes or "e" in words[0]
        words.pop(0)
    text = " ".join(words)[:_LENGTH_AT_MOST]
    return c_unescaped(text) if escapes else text


def _printf(arguments: Sequence[str]) -> str:
    words = [word for word in arguments if word != "--"]
    if not words:
        return ""
    form, rest = c_unescaped(words[0]), words[1:]
    pieces = form.split("%s")
    given = iter([*rest[: len(pieces) - 1], *[""] * len(pieces)])
    text = pieces[0] + "".join(next(given) + piece for piece in pieces[1:])
    return text.replace("%b", c_unescaped(rest[0]) if rest else "")[:_LENGTH_AT_MOST]


def _opened(program: str, token: str) -> Printed | None:
    if program == "xxd":
        plain = decode_hex(token)
        return None if plain is None else (plain[:_LENGTH_AT_MOST], "hex")
    decoded = decode_base64(token)
    return None if decoded is None else (decoded.text[:_LENGTH_AT_MOST], decoded.how[0])


def _decodes(program: str, arguments: Sequence[str]) -> bool:
    given = set(arguments)
    if program == "xxd":
        return any(word.startswith("-") and "r" in word for word in given)
    return bool(given & {"-d", "-D", "--decode", "-di", "-id"})


def _reversed(_arguments: Sequence[str], given: str) -> Printed:
    return "\n".join(line[::-1] for line in given.split("\n")), "reversed"


def _same(_arguments: Sequence[str], given: str) -> Printed:
    return given, ""


def _translated(arguments: Sequence[str], given: str) -> Printed | None:
    """`tr` undoes rot13 and takes letters away; what else it does is not followed."""
    words = [word.lower().strip("[]") for word in arguments]
    if set(words) in _ROT13:
        return codecs.decode(given, "rot13"), "rot13"
    if len(words) == 2 and words[0] == "-d":
        return given.translate({ord(letter): None for letter in c_unescaped(arguments[1])}), ""
    return None


_MAKERS: dict[str, Callable[[Sequence[str]], str]] = {"echo": _echo, "printf": _printf}
_FILTERS: dict[str, Callable[[Sequence[str], str], Printed | None]] = {
    "rev": _reversed,
    "cat": _same,
    "gunzip": _same,  # what base64 held was inflated already
    "zcat": _same,
    "gzip": _same,
    "tee": _same,
    "tr": _translated,
    "rot13": lambda _arguments, given: (codecs.decode(given, "rot13"), "rot13"),
}
