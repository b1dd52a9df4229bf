"""Linux packet filters (iptables, nftables, ufw, firewalld, UniFi): `… kernel: [UFW BLOCK] IN=eth0 OUT= SRC=… DPT=22`.

Only files that are made of such lines are taken; between others they belong to the system log. Field names are the
kernel's. `prefix` is the text that the rule gave, which is all that says what became of the packet.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import DeviceReader, read_header
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_netfilter_line"]

_KERNEL: Final = re.compile(r"^(.{0,256}?kernel: ?(?:\[ ?\d{1,10}\.\d{6}\])? ?)?", re.DOTALL)
_BEGIN: Final = re.compile(r"(?:^|[\s\]:>])(IN=\S{0,32} OUT=)")
_FLAGS: Final = ("SYN", "ACK", "FIN", "RST", "PSH", "URG", "DF", "MF", "CE")
_DESCRIPTION: Final = re.compile(r'DESCR="([^"]{0,256})"')
_WITHIN: Final = 768
# What the words of common prefixes say became of the packet, in this order.
_OUTCOMES: Final = (
    ("block", ("BLOCK", "DROP", "DENY", "DENIED", "REJECT", "FINAL_")),
    ("allow", ("ALLOW", "ACCEPT", "PASS", "-RET-", "-A]")),
)


def parse_netfilter_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is no logged packet."""
    begin = _BEGIN.search(text[:_WITHIN])
    if begin is None or " SRC=" not in text or " PROTO=" not in text:
        return None
    start = begin.start(1)
    header = _KERNEL.match(text[:start])
    kernel_ends = header.end() if header and header.group(1) else 0
    prefix = text[kernel_ends:start].strip()
    pairs, words = key_values(text[start:])
    fields = {name: value for name, value in pairs.items() if value}
    fields |= _lengths(pairs.get("LEN"))
    flags = [word for word in words.split() if word in _FLAGS]
    told = {"prefix": prefix, "action": _action(prefix)}
    if description := _DESCRIPTION.search(prefix):
        told["description"] = description[1]
    return (
        read_header(text[: kernel_ends or start])
        | fields
        | {name: value for name, value in told.items() if value}
        | ({"flags": flags} if flags else {})
    )


def _lengths(length: FieldValue | None) -> dict[str, FieldValue]:
    """Divide the two lengths of a UDP packet: the kernel writes both as LEN."""
    return {"LEN": length[0], "UDP_LEN": length[1]} if isinstance(length, list) else {}


def _action(prefix: str) -> str:
    upper = prefix.upper()
    return next((action for action, words in _OUTCOMES if any(word in upper for word in words)), "")


READER: Final[Reader] = DeviceReader(
    name="netfilter-syslog",
    source="firewall.netfilter",
    title="Linux packet filter log (iptables, nftables, ufw)",
    parse=parse_netfilter_line,
    sureness=0.91,  # in a mixed file logons matter more than packets: that is for the system logs' reader
    enough=1.0,
)
