"""Socket addresses as the kernel's audit log writes them: `saddr`, the bytes of a struct sockaddr in hexadecimal."""

from __future__ import annotations

import ipaddress
from typing import Final

__all__ = ["read_socket_address"]

_LONGEST: Final = 256  # a struct sockaddr_storage has 128 bytes
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_NAMES: Final = {_UNIX: "local", _INET: "inet", _INET6: "inet6", _NETLINK: "netlink"}


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
