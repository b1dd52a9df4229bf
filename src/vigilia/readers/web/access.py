r"""Web servers' access logs: the common and combined formats of Apache, nginx, lighttpd, Traefik and hosting panels.

`192.0.2.7 - ada [10/Oct/2000:13:55:36 -0700] "GET /s?q=x HTTP/1.1" 200 2326 "https://example.org/" "Mozilla/5.0"`

Field names are those of Sigma's webserver rules. The server's own escapes (`\"`, `\x22`) are undone; percent-encoding
is left as it was asked for.
"""

from __future__ import annotations

import ipaddress
from typing import Final

import re2

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_access_line"]

_APACHE_STAMP: Final = len("10/Oct/2000:13:55:36 -0700")
_ISO_STAMPS: Final = (len("2000-10-10T13:55:36-07:00"), len("2000-10-10T13:55:36Z"))
_AFTER_REQUEST: Final = re2.compile(rb' HTTP/\d(?:\.\d)?(" \d{3} (?:\d+|-))(?: |$)')
_LONGEST_METHOD: Final = 32
_ESCAPES: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"v": b"\v", b"f": b"\f"}
_HEX: Final = b"0123456789abcdefABCDEF"


def parse_access_line(content: bytes) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it does not have the format. "-" and "" mean nothing there."""
    # A logged user name may hold " [" but no bare quote, so the time is what stands right before the first ` "`.
    before, closed, rest = content.partition(b'] "')
    who, opened, stamp = before.rpartition(b" [")
    if not (closed and opened and _is_stamp(stamp)):
        return None
    asker = _asker(who)
    answer = _answer(rest) or _answer_with_bare_quotes(rest)
    if asker is None or answer is None:
        return None
    found = asker | answer | {"timestamp": stamp}
    return {
        name: value.decode("utf-8", "backslashreplace") for name, value in found.items() if value not in {b"", b"-"}
    }


def _is_stamp(stamp: bytes) -> bool:
    """Whether a text has the shape of Apache's times or of ISO's."""
    if len(stamp) == _APACHE_STAMP:
        return stamp[2:3] == b"/"
    return len(stamp) in _ISO_STAMPS and stamp[10:11] == b"T"


def _answer(rest: bytes) -> dict[str, bytes] | None:
    """Read `request" status size "referer" "user agent"`."""
    request, after = _quoted(rest)
    words = after.split(None, 2)
    if request is None or len(words) < 2 or not _is_status(words[0]) or not _is_size(words[1]):
        return None
    found = {"sc-status": words[0], "sc-bytes": words[1]} | _asked(request)
    return found | (_agent(words[2]) if len(words) > 2 else {})


def _answer_with_bare_quotes(rest: bytes) -> dict[str, bytes] | None:
    """Read the same where the request holds quotes that the server did not escape.

    Then the request could also imitate what follows it, so the fields are marked.
    """
    match = _AFTER_REQUEST.search(rest)
    if match is None:
        return None
    escaped = rest[: match.start(1)].replace(b'"', b'\\"')
    answer = _answer(escaped + rest[match.start(1) :])
    return None if answer is None else answer | {"unescaped_quotes": b"true"}


def _is_status(word: bytes) -> bool:
    return word == b"-" or (len(word) == 3 and word.isdigit())


def _is_size(word: bytes) -> bool:
    return word == b"-" or (len(word) <= 18 and word.isdigit())


def _asker(who: bytes) -> dict[str, bytes] | None:
    """Read `[host] address ident user`; the address may be a list behind proxies, the user may hold spaces.

    lighttpd writes the virtual host where others write the never used ident. Behind a quoted list of X-Forwarded-For
    comes the address of the last proxy: the first of the list counts, as without quotes.
    """
    words = who.split(b" ")
    host = b""
    if len(words) > 3 and b"-" not in words[:2] and not words[0].startswith(b'"') and not words[0].endswith(b","):
        if _is_moment(words[0]):
            return None  # a container runtime's stamp before the line, which is no host
        told = _is_address(words[1].strip(b'",')) or not _is_address(words[0]) or words[2:] == [b"-", b"-"]
        host = words.pop(0) if told else b""
    addresses = [words.pop(0)]
    quoted = addresses[0].startswith(b'"')
    while words and (addresses[-1].endswith(b",") or (quoted and len(words) > 2 and _is_address(words[0]))):
        addresses.append(words.pop(0))
    if len(words) < 2 or not addresses[0]:
        return None
    ident = words[0]
    if not host and b"." in ident:
        host, ident = ident, b"-"
    first = addresses[0].strip(b'",')
    found = {"cs-host": host, "c-ip": first, "cs-ident": ident, "cs-username": b" ".join(words[1:])}
    return found | ({"x-forwarded-for": b" ".join(addresses)} if len(addresses) > 1 else {})


def _is_moment(word: bytes) -> bool:
    return word[4:5] + word[7:8] + word[10:11] == b"--T" and word[:4].isdigit() and word[11:13].isdigit()


def _is_address(word: bytes) -> bool:
    try:
        ipaddress.ip_address(word[:64].decode("ascii"))
    except ValueError:
        return False
    return True


def _asked(request: bytes) -> dict[str, bytes]:
    """Divide "GET /s?q=x HTTP/1.1"; a request that is none (a TLS greeting, say) is kept as `request`."""
    method, _, rest = request.partition(b" ")
    if not rest or not method.isalpha() or len(method) > _LONGEST_METHOD:
        return {"request": request}
    target, space, version = rest.rpartition(b" ")
    if not space or not version.startswith(b"HTTP/"):
        target, version = rest, b""
    stem, _, query = target.partition(b"?")
    return {"cs-method": method, "cs-uri": target, "cs-uri-stem": stem, "cs-uri-query": query, "cs-version": version}


def _agent(rest: bytes) -> dict[str, bytes]:
    """Read `"referer" "user agent"` of the combined format; whatever follows is `extra`."""
    if not rest.startswith(b'"'):
        return {"extra": rest}
    referer, rest = _quoted(rest[1:])
    rest = rest.lstrip(b" ")
    if referer is None or not rest.startswith(b'"'):
        return {"cs-referer": referer or b"", "extra": rest}
    agent, rest = _quoted(rest[1:])
    return {"cs-referer": referer, "cs-user-agent": agent or b"", "extra": rest.strip()}


def _quoted(text: bytes) -> tuple[bytes | None, bytes]:
    """Return what stands before the next bare quote, its escapes undone, and what follows; None without a quote."""
    end = text.find(b'"')
    while end > 0 and _is_escaped(text, end):
        end = text.find(b'"', end + 1)
    if end < 0:
        return None, text
    return _unescaped(text[:end]), text[end + 1 :]


def _is_escaped(text: bytes, at: int) -> bool:
    start = at
    while start > 0 and text[start - 1] == 0x5C:
        start -= 1
    return (at - start) % 2 == 1


def _unescaped(text: bytes) -> bytes:
    first, *pieces = text.split(b"\\")
    taken = [first]
    waiting = iter(pieces)
    for piece in waiting:
        if not piece:  # two backslashes: the second is text
            taken.append(b"\\" + next(waiting, b""))
        elif piece[:1] == b"x" and len(piece) >= 3 and piece[1] in _HEX and piece[2] in _HEX:
            taken.append(bytes([int(piece[1:3], 16)]) + piece[3:])
        elif piece[:1] == b'"':
            taken.append(piece)
        else:
            taken.append(_ESCAPES.get(piece[:1], b"\\" + piece[:1]) + piece[1:])
    return b"".join(taken)


def _parse(line: str) -> dict[str, FieldValue] | None:
    return parse_access_line(line.encode())


READER: Final[Reader] = LineReader(
    "web-access", "web.access", "Web server access log (common and combined formats)", _parse, sureness=1.0
)
