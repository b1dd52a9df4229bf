"""Decoding: from text as recorded to text as typed, step by step, each step named."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vigilia.targeting.decoding.charsets import NO_GUESS, decode_bytes, guess_charset, known_codec
from vigilia.targeting.decoding.compressed import inflated

__all__ = ["DEPTH_AT_MOST", "Decoded", "base64_bytes", "decode", "decode_base64", "decode_hex", "decode_stages"]

DEPTH_AT_MOST = 6
_LENGTH_AT_MOST = 65536

# Linear patterns over bounded text: one character class each, or bounded repetitions that exclude each other.
_PERCENT = re.compile(r"%[0-9A-Fa-f]{2}")
_PERCENT_UNICODE = re.compile(r"%u([0-9A-Fa-f]{4})")
# What no character set before UTF-8 uses as second byte of a character: text is taken apart there.
_BETWEEN_DELIMITERS = re.compile(r"[^&=/?+\s;,:\"'()<>#]+")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_BYTE_ESCAPES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")
_OCTAL_ESCAPES = re.compile(r"(?:\\[2-3][0-7]{2}){2,}")
_CSS_ESCAPES = re.compile(r"(?:\\[0-9A-Fa-f]{4,6} ?){2,}")
_CSS_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{4,6}) ?")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_MIME_WORD = re.compile(r"=\?([\w-]{2,40})(?:\*[\w-]{1,20})?\?([bBqQ])\?([^?\s]{1,4000})\?=")
_BETWEEN_MIME_WORDS = re.compile(r"(\?=)\s{1,40}(?==\?)")
_QUOTED_PRINTABLE = re.compile(r"(?:=[0-9A-F]{2}){2,}")
_PUNYCODE = re.compile(r"(?<![A-Za-z0-9-])xn--[a-z0-9-]{1,59}", re.IGNORECASE)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{8,65536}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?((?:[0-9A-Fa-f]{2}){4,32768})(?![0-9A-Za-z])")
# Letters that UTF-8 bytes become when they are read as ISO 8859-1 or windows-1252.
_MISREAD = re.compile(
    r"[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]{2,}"
)
_BESIDE_ANY = frozenset({"LATIN", "FULLWIDTH", "MATHEMATICAL"})  # first words of the names of letters
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"})
_LAST_COMMON_BIG5 = 0xC6  # lead byte of the last of Big5's frequent characters
# Most texts hold none of these, and are done.
_SIGNS = re.compile(r"%[0-9A-Fa-fu]|\\|&[#A-Za-z]|=\?|=[0-9A-F]{2}|[xX][nN]--|[A-Za-z0-9+/_-]{8}|[\u0080-\u00ff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded text and the steps that led to it ("url-decoded", "base64", "gb18030", …), in order.

    A step with "(guessed)" is the best reading of several that fit: bytes do not say in which character set they are.
    """

    text: str
    how: tuple[str, ...]


def decode(raw: str, *, form: bool = False) -> Decoded:
    """Undo encodings until nothing changes, at most six times.

    Args:
        raw: at most 64 Ki characters are looked at.
        form: "+" stands for a space (query strings).
    """
    stages = list(decode_stages(raw, form=form))
    return stages[-1]


def decode_stages(raw: str, *, form: bool = False) -> Iterable[Decoded]:
    """Yield the text as recorded, then after each step."""
    text = raw[:_LENGTH_AT_MOST]
    how: tuple[str, ...] = ()
    yield Decoded(text, how)
    if form and "+" in text:
        text, how = text.replace("+", " "), ("plus-decoded",)
        yield Decoded(text, how)
    for _ in range(DEPTH_AT_MOST):
        if not _SIGNS.search(text):
            return
        tried = (step(text) for sign, step in _STEPS if sign in text)
        changed = next((after for after in tried if after is not None and after.text != text), None)
        if changed is None:
            return
        text, how = changed.text[:_LENGTH_AT_MOST], (*how, *changed.how)
        yield Decoded(text, how)


def base64_bytes(token: str) -> bytes | None:
    """Return the bytes that a base64 or base64url token holds, or None where it is none."""
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1:
        return None
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_base64(token: str, *, raw_deflate: bool = False) -> Decoded | None:
    """Return the text that a base64 token holds, compressed or not, or None where it holds none.

    Args:
        token: letters of base64 or base64url alone.
        raw_deflate: the content may be compressed without a header, because a script says so.
    """
    if not _mixed(token) or (content := base64_bytes(token)) is None:
        return None
    opened = inflated(content, raw=raw_deflate)
    readable = _readable(opened[0] if opened else content)
    if readable is None:
        return None
    return Decoded(readable.text, ("base64", *((opened[1],) if opened else ()), *readable.how))


def decode_hex(token: str) -> str | None:
    """Return the text that hex digits hold, or None where they hold none."""
    digits = token.removeprefix("0x")
    try:
        readable = _readable(bytes.fromhex(digits))
    except ValueError:
        return None
    return readable.text if readable else None


def _readable(content: bytes) -> Decoded | None:
    """Return content as text if it reads as such: letters in it and nothing unprintable."""
    codecs: tuple[str, ...] = ("utf-16-le", "utf-8") if _looks_wide(content) else ("utf-8", "utf-16-le")
    if content.isascii() and 0 not in content:
        codecs = ("utf-8",)
    for codec in codecs:
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        if _is_text(text) and (codec == "utf-8" or _is_plausible_wide(text)):
            return Decoded(text.removeprefix("\ufeff"), () if codec == "utf-8" else ("utf-16le",))
    return None


def _looks_wide(content: bytes) -> bool:
    return len(content) % 2 == 0 and content[1::2].count(0) * 2 >= len(content) // 2 > 0


def _is_plausible_wide(text: str) -> bool:
    """Random bytes read as UTF-16 are rare letters of many scripts and signs; real text is of one script."""
    if len(text) < 4:
        return False
    scripts = {unicodedata.name(letter, "?").partition(" ")[0] for letter in text if letter.isalpha()} - _BESIDE_ANY
    beyond = [letter for letter in text if letter >= "\u0370"]
    rare = sum(not _is_common(letter) for letter in beyond)
    return (len(scripts) <= 1 or scripts <= _JAPANESE) and rare * 10 <= len(text)


def _is_common(letter: str) -> bool:
    """Tell whether a letter is in everyday use: of Han and Hangul those that the first national standards took up."""
    if "\u3400" <= letter <= "\u9fff":
        return _encodes(letter, "gb2312", 0xFF) or _encodes(letter, "big5", _LAST_COMMON_BIG5)
    if "\uac00" <= letter <= "\ud7a3":
        return _encodes(letter, "euc_kr", 0xFF)
    category = unicodedata.category(letter)
    return category == "Cf" or category[0] not in "SC"  # invisible characters are a disguise that people use


def _encodes(letter: str, codec: str, last_lead: int) -> bool:
    try:
        return letter.encode(codec)[0] <= last_lead
    except UnicodeEncodeError:
        return False


def _is_text(text: str) -> bool:
    good = sum(letter.isprintable() or letter in "\r\n\t" or unicodedata.category(letter) == "Cf" for letter in text)
    telling = any(letter.isalpha() for letter in text) or _PERCENT.search(text) or _HEX.fullmatch(text)
    return good == len(text) and bool(telling)


def _mixed(token: str) -> bool:
    """A word is not base64: ask for two of upper case, lower case, digits and padding."""
    kinds = (
        any(letter.isupper() for letter in token),
        any(letter.islower() for letter in token),
        any(letter.isdigit() for letter in token),
        token.endswith("="),
    )
    return sum(kinds) >= 2


def _percent(text: str) -> Decoded | None:
    """Undo percent signs; what is no UTF-8 is read in one character set that is guessed from all of it."""
    if "%" not in text:
        return None
    text, wide = _PERCENT_UNICODE.subn(lambda found: chr(int(found[1], 16)), text)
    text = _paired(text) if wide else text
    pieces = [urllib.parse.unquote_to_bytes(piece) for piece in _BETWEEN_DELIMITERS.findall(text) if "%" in piece]
    legacy = [piece for piece in pieces if decode_bytes(piece, NO_GUESS)[1]]
    guess = guess_charset(legacy) if legacy else NO_GUESS

    def plain(found: re.Match[str]) -> str:
        piece = found[0]
        return decode_bytes(urllib.parse.unquote_to_bytes(piece), guess)[0] if _PERCENT.search(piece) else piece

    return Decoded(_BETWEEN_DELIMITERS.sub(plain, text), ("url-decoded", *((guess.step,) if legacy else ())))


def _escapes(text: str) -> Decoded | None:
    if text.isascii() and "\\u" not in text:
        return None
    return Decoded(_paired(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)), ("json-escapes",))


def _paired(text: str) -> str:
    """Put halves of characters beyond the first 65,536 together; halves that stand alone become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _byte_escapes(text: str) -> Decoded | None:
    r"""Undo `\x41\x42` and `\346\270\257`; a single one may be part of a Windows path."""
    runs = [found[0] for pattern in (_BYTE_ESCAPES, _OCTAL_ESCAPES) for found in pattern.finditer(text)]
    if sum(len(run) for run in runs) < 8:
        return None
    contents = {run: _escaped_bytes(run) for run in runs}
    legacy = [content for content in contents.values() if decode_bytes(content, NO_GUESS)[1]]
    guess = guess_charset(legacy) if legacy else NO_GUESS
    for pattern in (_BYTE_ESCAPES, _OCTAL_ESCAPES):
        text = pattern.sub(lambda found: decode_bytes(contents.get(found[0], b"?"), guess)[0], text)
    return Decoded(text, ("byte-escapes", *((guess.step,) if legacy else ())))


def _escaped_bytes(run: str) -> bytes:
    if run.startswith("\\x"):
        return bytes.fromhex(run.replace("\\x", ""))
    return bytes(int(run[place + 1 : place + 4], 8) for place in range(0, len(run), 4))


def _css_escapes(text: str) -> Decoded | None:
    def letters(found: re.Match[str]) -> str:
        codes = [int(code, 16) for code in _CSS_ESCAPE.findall(found[0])]
        good = all(0x80 <= code < 0x110000 and not 0xD800 <= code < 0xE000 for code in codes)
        plain = "".join(map(chr, codes)) if good else ""
        return plain if plain and all(letter.isalpha() for letter in plain) else found[0]

    return Decoded(_CSS_ESCAPES.sub(letters, text), ("css-escapes",))


def _entities(text: str) -> Decoded | None:
    return Decoded(_ENTITY.sub(lambda found: html.unescape(found[0]), text), ("html-entities",))


def _mime_words(text: str) -> Decoded | None:
    """RFC 2047: `=?charset?B?…?=`; blanks between two such words are no part of the text."""
    if "=?" not in text:
        return None
    names: list[str] = []

    def plain(found: re.Match[str]) -> str:
        content = base64_bytes(found[3]) if found[2] in "bB" else quopri.decodestring(found[3].encode(), header=True)
        codec = known_codec(found[1])
        if content is None or codec is None:
            return found[0]
        names.append(found[1].lower())
        return content.decode(codec, "replace")

    return Decoded(_MIME_WORD.sub(plain, _BETWEEN_MIME_WORDS.sub(r"\1", text)), ("mime-words", *dict.fromkeys(names)))


def _quoted_printable(text: str) -> Decoded | None:
    """RFC 2045: only text that holds UTF-8 beyond ASCII written so; `a=20` alone may be a parameter."""
    if not any(
        _is_utf8_beyond_ascii(bytes.fromhex(run[0].replace("=", ""))) for run in _QUOTED_PRINTABLE.finditer(text)
    ):
        return None
    content = quopri.decodestring(text.encode())
    plain = content.decode("utf-8", "replace")
    return None if "\ufffd" in plain and "\ufffd" not in text else Decoded(plain, ("quoted-printable",))


def _is_utf8_beyond_ascii(content: bytes) -> bool:
    try:
        return not content.isascii() and bool(content.decode())
    except UnicodeDecodeError:
        return False


def _punycode(text: str) -> Decoded | None:
    """RFC 3492, label by label: `xn--…` in names of hosts."""

    def plain(found: re.Match[str]) -> str:
        try:
            label = found[0][4:].encode("ascii").decode("punycode")
        except (UnicodeError, ValueError, OverflowError):
            return found[0]
        return (
            label
            if label and all(letter.isalnum() or letter == "-" or ord(letter) > 0x2FF for letter in label)
            else found[0]
        )

    return Decoded(_PUNYCODE.sub(plain, text), ("punycode",)) if "--" in text else None


def _hex(text: str) -> Decoded | None:
    return Decoded(_HEX.sub(lambda found: decode_hex(found[1]) or found[0], text), ("hex",))


def _base64(text: str) -> Decoded | None:
    how: dict[str, None] = {}

    def plain(found: re.Match[str]) -> str:
        opened = decode_base64(found[0])
        how.update(dict.fromkeys(opened.how if opened else ()))
        return opened.text if opened else found[0]

    return Decoded(_BASE64.sub(plain, text), tuple(how) or ("base64",))


def _misread(text: str) -> Decoded | None:
    """UTF-8 that something read as windows-1252 or ISO 8859-1: "Ã¼" is "ü"."""
    if text.isascii():
        return None
    return Decoded(_MISREAD.sub(lambda found: _reread(found[0]), text), ("mojibake",))


def _reread(run: str) -> str:
    for codec in ("cp1252", "latin-1"):
        try:
            return run.encode(codec).decode()
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return run


# Each with a sign without which it has nothing to undo: most texts hold few of them.
_STEPS: tuple[tuple[str, Callable[[str], Decoded | None]], ...] = (
    ("%", _percent),
    ("", _escapes),
    ("\\", _byte_escapes),
    ("\\", _css_escapes),
    ("&", _entities),
    ("=?", _mime_words),
    ("=", _quoted_printable),
    ("--", _punycode),
    ("", _hex),
    ("", _base64),
    ("", _misread),
)
