"""Named transforms of one text, as the mapping tables use them: text in, text or nothing out."""

from __future__ import annotations

import ipaddress
import itertools
import string
import urllib.parse
from collections.abc import Callable
from typing import Final

__all__ = ["TRANSFORMS", "Transform"]

Transform = Callable[[str], str | None]

_ADDRESS_LENGTH: Final = 96  # "[" + the longest IPv6 text with a zone + "]:65535", generously

_LONGEST_PATH: Final = 8192
_QUERY_FIELDS: Final = 100
_AROUND_ADDRESSES: Final = str.maketrans(dict.fromkeys(";,<>[]{}()\"'", " "))
_MAIL_PARTS: Final = frozenset({"messages", "mailfolders", "sendmail", "events", "contacts", "mailboxsettings"})


def _lower(text: str) -> str:
    return text.lower()


def _lower_mail(text: str) -> str:
    return text.lower() if "@" in text else text


def _mail(text: str) -> str | None:
    """Keep what looks like one mail-style name, in lower case."""
    user, at, domain = text.strip().partition("@")
    plain = user and at and "." in domain and not any(mark in text for mark in " /\\|;,<>") and "@" not in domain
    return text.strip().lower() if plain else None


def _split_address(text: str) -> tuple[str, str]:
    """Return address and port of "192.0.2.1", "192.0.2.1:443", "[2001:db8::1]:443" or "2001:db8::1"."""
    if text.startswith("["):
        address, _, rest = text[1:].partition("]")
        return address, rest.removeprefix(":")
    if text.count(":") == 1:
        address, _, port = text.partition(":")
        return address, port
    return text, ""


def _address(text: str) -> str | None:
    """Keep an IP address in its canonical text, without port, brackets and zone; IPv4 within IPv6 becomes IPv4."""
    if len(text) > _ADDRESS_LENGTH:
        return None
    bare, _ = _split_address(text.strip())
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


def _port(text: str) -> str | None:
    if len(text) > _ADDRESS_LENGTH or _address(text) is None:
        return None
    _, port = _split_address(text.strip())
    return port or None


def _number(text: str) -> str | None:
    """Keep a decimal number of up to 18 digits; hexadecimal as Windows writes it ("0x1f4") becomes decimal."""
    if text[:2] in {"0x", "0X"}:
        digits = text[2:]
        sound = 0 < len(digits) <= 15 and all(digit in string.hexdigits for digit in digits)
        return str(int(digits, 16)) if sound else None
    return text if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _after_backslash(text: str) -> str | None:
    return text.rpartition("\\")[2] or None


def _before_slash(text: str) -> str | None:
    """Return the name of a Kerberos client: "ada/EXAMPLE.ORG" → "ada"."""
    name, slash, _ = text.rpartition("/")
    return (name if slash else text) or None


def _realm(text: str) -> str | None:
    """Return the realm of a Kerberos client: "ada/EXAMPLE.ORG" → "EXAMPLE.ORG"."""
    _, slash, realm = text.rpartition("/")
    return realm or None if slash else None


def _before_backslash(text: str) -> str | None:
    return text.rpartition("\\")[0] or None


def _last_part(text: str) -> str | None:
    r"""Return the last part of a path: "\\*\Donors" → "Donors"."""
    return text.replace("/", "\\").rstrip("\\").rpartition("\\")[2] or None


def _domain(text: str) -> str | None:
    """Return a name of the DNS as people write it: "Mail.Example.org." → "mail.example.org"."""
    return text.strip().rstrip(".").lower() or None


def _envelope(text: str) -> str | None:
    """Return the address of an SMTP command: "<ada@example.org>" → "ada@example.org"."""
    return text.strip().removeprefix("<").removesuffix(">").lower() or None


def _first_label(text: str) -> str | None:
    """Return the host's own name: "fs01.example.org" → "fs01"; an IP address stays whole."""
    return text if _address(text) else text.partition(".")[0] or None


def _host_part(text: str) -> str | None:
    """Return the host of "www.example.org:443" or "[2001:db8::1]:443": what stands before a port."""
    host, _ = _split_address(text)
    return host or None


def _host_port(text: str) -> str | None:
    """Return the port of "www.example.org:443" or "[2001:db8::1]:443"."""
    _, port = _split_address(text)
    return _number(port)


def _program(text: str) -> str | None:
    """Return the program of a command line: "/usr/bin/tar czf x" → "/usr/bin/tar"."""
    return text[:4096].partition(" ")[0] or None


def _recipients(text: str) -> str | None:
    """Return the addresses of "a@example.org##Deliver, Send;b@example.org##Fail", of '"Ada" [SMTP:a@example.org]'."""
    text = ";".join(part.partition("##")[0] for part in text.split(";"))
    words = text.translate(_AROUND_ADDRESSES).lower().split()
    return " ".join(word.removeprefix("smtp:") for word in words if "@" in word[1:-1]) or None


def _trim_backslashes(text: str) -> str | None:
    return text.strip("\\") or None


def _url(text: str) -> str | None:
    """Keep what is a web address."""
    return text if text[:8].lower().startswith(("http://", "https://")) else None


def _absolute_path(text: str) -> str | None:
    return text if text.startswith("/") else None


def _http_outcome(text: str) -> str | None:
    """Return success for status 1xx to 3xx, failure for 4xx and 5xx."""
    if len(text) != 3 or not (text.isascii() and text.isdigit()):
        return None
    return {"1": "success", "2": "success", "3": "success", "4": "failure", "5": "failure"}.get(text[0])


def _zero_outcome(text: str) -> str | None:
    """Return success for the error code 0 and failure for any other number."""
    number = _number(text)
    if number is None:
        return None
    return "success" if int(number) == 0 else "failure"


def _failed(text: str) -> str | None:
    """Return failure for any text: of fields that only a failure has, such as an error code."""
    return "failure" if text else None


def _odata_search(text: str) -> str | None:
    """Return what a request of Microsoft Graph looks for: `$search`, `search(q='…')`, or else `$filter`."""
    path, _, query = text.partition("?")
    asked = (
        dict(urllib.parse.parse_qsl(query, max_num_fields=_QUERY_FIELDS)) if query.count("&") < _QUERY_FIELDS else {}
    )
    _, called, rest = urllib.parse.unquote(path).rpartition("search(q='")
    inside = rest.rpartition("')")[0] if called else ""
    return asked.get("$search") or inside.replace("''", "'") or asked.get("$filter")


def _graph_mailbox(text: str) -> str | None:
    """Return whose mailbox a request of Microsoft Graph is about: "…/users/ada@example.org/messages"."""
    parts = [urllib.parse.unquote(part) for part in text[:_LONGEST_PATH].partition("?")[0].split("/")]
    for owner, what in itertools.pairwise(parts):
        if what.lower() in _MAIL_PARTS and (mail := _mail(owner)):
            return mail
    return None


TRANSFORMS: Final[dict[str, Transform]] = {
    "absolute_path": _absolute_path,
    "address": _address,
    "after_backslash": _after_backslash,
    "before_backslash": _before_backslash,
    "before_slash": _before_slash,
    "domain": _domain,
    "envelope": _envelope,
    "failed": _failed,
    "first_label": _first_label,
    "graph_mailbox": _graph_mailbox,
    "host_part": _host_part,
    "host_port": _host_port,
    "http_outcome": _http_outcome,
    "last_part": _last_part,
    "lower": _lower,
    "lower_mail": _lower_mail,
    "mail": _mail,
    "number": _number,
    "odata_search": _odata_search,
    "port": _port,
    "program": _program,
    "realm": _realm,
    "recipients": _recipients,
    "trim_backslashes": _trim_backslashes,
    "url": _url,
    "zero_outcome": _zero_outcome,
}
