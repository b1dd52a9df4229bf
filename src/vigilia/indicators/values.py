"""One value of an indicator, brought to the form in which it is looked for; or why it is not looked for."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from vigilia.model.indicators import IndicatorKind

__all__ = ["UnusableValueError", "canonical_value", "kind_of_value", "refang"]

_LONGEST = 2048
# Shorter names are everybody's ("a.exe"); what is not a name at all would match everywhere.
_SHORTEST_NAME = 5
_HASH_LENGTHS: dict[int, IndicatorKind] = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-f]+")
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_MAIL = re.compile(r"[^\s@\"'<>]{1,64}@[^\s@]{1,255}")
_DEFANGED = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\[:\]|\[@\]|\[at\]")
_PLAIN = {"[:]": ":", "[@]": "@", "[at]": "@"}


class UnusableValueError(ValueError):
    """Why a value cannot be looked for, as a phrase for people."""


def refang(text: str) -> str:
    """Undo the usual ways of making a value harmless to click ("hxxp", "[.]"), and fold ASCII case, as records are."""
    folded = text.strip().encode(errors="replace").lower().decode()
    plain = _DEFANGED.sub(lambda found: _PLAIN.get(found[0], "."), folded)
    return re.sub(r"^h(?:xx|\*\*|tt)p(s?)(?=:)", r"http\1", plain)


def canonical_value(kind: IndicatorKind, text: str) -> tuple[IndicatorKind, str]:
    """Return the kind and the value as looked for; an address with a mask is a network.

    Raises:
        UnusableValueError: the value is none of this kind, or would accuse everybody.
    """
    value = refang(text)
    if not value or len(value) > _LONGEST:
        raise UnusableValueError("empty, or longer than any such value")
    if kind in ("address", "network"):
        return _network(value)
    if kind == "domain":
        return kind, _domain(value)
    if kind == "url":
        return kind, _url(value)
    if kind == "mail-address":
        return kind, _mail(value)
    if kind in ("md5", "sha1", "sha256"):
        return _hash(value)
    return _file(value)


def kind_of_value(text: str) -> IndicatorKind:
    """Guess what a bare value is, as in a list without column names.

    Raises:
        UnusableValueError: it looks like none of the kinds.
    """
    value = refang(text)
    if "://" in value:
        return "url"
    if _MAIL.fullmatch(value):
        return "mail-address"
    if len(value) in _HASH_LENGTHS and _HEX.fullmatch(value):
        return _HASH_LENGTHS[len(value)]
    if _is_network(value):
        return "address"
    if _DOMAIN.fullmatch(_ascii_domain(value)):
        return "domain"
    raise UnusableValueError("not recognised as a hash, address, domain, web or mail address")


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _network(value: str) -> tuple[IndicatorKind, str]:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise UnusableValueError("no address") from error
    if _everybodys(network):
        raise UnusableValueError("an address that every organisation has inside, or half of the internet")
    if network.num_addresses == 1:
        return "address", str(network.network_address)
    return "network", str(network)


def _everybodys(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """Private, loopback, link-local … (documentation ranges, which Python counts among them, are as good as public)."""
    inside = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")
    inside6 = ("fc00::/7", "fe80::/10", "::1/128", "::/128")
    own = [ipaddress.ip_network(one) for one in (inside if network.version == 4 else inside6)]
    wide = network.prefixlen < (8 if network.version == 4 else 19)
    return wide or network.is_multicast or any(_overlap(network, one) for one in own)


def _overlap(
    one: ipaddress.IPv4Network | ipaddress.IPv6Network, other: ipaddress.IPv4Network | ipaddress.IPv6Network
) -> bool:
    return one.version == other.version and one.overlaps(other)


def _ascii_domain(value: str) -> str:
    """Return a name of a domain as DNS carries it; international names in their ASCII form (RFC 3490)."""
    name = value.rstrip(".").removeprefix("*.").removeprefix(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _domain(value: str) -> str:
    name = _ascii_domain(value)
    if len(name) > 253 or not _DOMAIN.fullmatch(name):
        raise UnusableValueError("no name of a domain")
    return name


def _url(value: str) -> str:
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
    except ValueError as error:
        raise UnusableValueError("no web address") from error
    if not parts.hostname or (parts.path in ("", "/") and not parts.query):
        raise UnusableValueError("a web address without a path: give its domain as a domain")
    # Without the scheme: logs of proxies and servers write it, or not.
    return value.partition("://")[2] or value


def _mail(value: str) -> str:
    if not _MAIL.fullmatch(value):
        raise UnusableValueError("no mail address")
    return value


def _hash(value: str) -> tuple[IndicatorKind, str]:
    if len(value) not in _HASH_LENGTHS or not _HEX.fullmatch(value):
        raise UnusableValueError("no MD5, SHA-1 or SHA-256")
    return _HASH_LENGTHS[len(value)], value


def _file(value: str) -> tuple[IndicatorKind, str]:
    if "/" in value or "\\" in value:
        return "file-path", value
    if len(value) < _SHORTEST_NAME:
        raise UnusableValueError("a name of a file too short to mean anything")
    return "file-name", value
