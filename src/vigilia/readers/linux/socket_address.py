"""Socket addresses in audit records: a struct sockaddr in hexadecimal, or what auditd made of it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Final

from vigilia.readers.columns import FieldValue

__all__ = ["read_socket_address", "socket_parts"]

_LONGEST: Final = 256  # a struct sockaddr_storage has 128 bytes
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_NAMES: Final = {_UNIX: "local", _INET: "inet", _INET6: "inet6", _NETLINK: "netlink"}
# What auditd calls the parts, and LAUREL after it, and what they are called here.
_TOLD: Final = {
    "saddr_fam": "saddr_family",
    "fam": "saddr_family",
    "laddr": "saddr_address",
    "addr": "saddr_address",
    "lport": "saddr_port",
    "port": "saddr_port",
    "path": "saddr_path",
}


def socket_parts(fields: Mapping[str, FieldValue]) -> dict[str, str]:
    """Read a SOCKADDR record: the bytes in `saddr`, or words such as "{ saddr_fam=inet laddr=203.0.113.9 lport=80 }".

    LAUREL has the latter as fields, `SADDR.laddr`.
    """
    raw = str(fields.get("saddr", ""))
    found = read_socket_address(raw)
    if found:
        return found
    told = str(fields.get("SADDR", "")) or raw
    words = told.strip("{} ").split(" ") if told.startswith("{") else []
    pairs = dict(word.split("=", 1) for word in words if "=" in word)
    pairs |= {name.removeprefix("SADDR."): str(text) for name, text in fields.items() if name.startswith("SADDR.")}
    return {name: pairs[key] for key, name in _TOLD.items() if key in pairs}


def read_socket_address(hexadecimal: str) -> dict[str, str]:
    """Return `saddr_family`, and `saddr_address` and `saddr_port`, or `saddr_path`; empty where it cannot be read.

    The family is in the byte order of the machine, port and address in that of the network (*sockaddr(3type)*).
    """
    content = _content(hexadecimal)
    family = _family(content[:2])
    found = {"saddr_family": _NAMES[family]} if family in _NAMES else {}
    if family == _INET and len(content) >= 8:
        return found | _internet(content[4:8], content[2:4])
    if family == _INET6 and len(content) >= 24:
        return found | _internet(content[8:24], content[2:4])
    if family == _UNIX:
        path = content[2:].lstrip(b"\0").partition(b"\0")[0].decode("utf-8", "backslashreplace")
        return found | ({"saddr_path": path} if path else {})
    return found


def _content(hexadecimal: str) -> bytes:
    if not 4 <= len(hexadecimal) <= _LONGEST:
        return b""
    try:
        return bytes.fromhex(hexadecimal)
    except ValueError:
        return b""


def _family(two: bytes) -> int:
    """Read the family in either byte order: all families are below 256."""
    return max(two, default=0) if 0 in two else 0


def _internet(address: bytes, port: bytes) -> dict[str, str]:
    return {"saddr_address": str(ipaddress.ip_address(address)), "saddr_port": str(int.from_bytes(port, "big"))}
