"""pfSense and OPNsense packet filter log: `… filterlog[42]: 5,,,1000000103,igb0,match,block,in,4,0x0,…`.

What stands where depends on the IP version and the protocol. Names are those of the projects' documentation:
docs.netgate.com "Raw Filter Log Format", docs.opnsense.org.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_filterlog_line"]

_SIGN: Final = re.compile(r"filterlog(?:\[\d{1,10}\])?(?: \d{1,10})?(?: - (?:\[.{0,128}?\]|-))?:? ")
_RULE: Final = ("rule", "sub_rule", "anchor", "tracker", "interface", "reason", "action", "direction", "ip_version")
_IPV4: Final = ("tos", "ecn", "ttl", "id", "offset", "ip_flags", "protocol_id", "protocol", "length", "src", "dst")
_IPV6: Final = ("class", "flow_label", "hop_limit", "protocol", "protocol_id", "length", "src", "dst")
_PORTS: Final = ("src_port", "dst_port", "data_length")
_TCP: Final = ("tcp_flags", "sequence", "acknowledgement", "window", "urgent", "options")
_BY_PROTOCOL: Final = {
    "tcp": _PORTS + _TCP,
    "udp": _PORTS,
    "icmp": ("icmp_type", "icmp_id", "icmp_sequence"),
    "carp": ("carp_type", "carp_ttl", "vhid", "version", "advbase", "advskew"),
}
_MOST_CELLS: Final = 64


def parse_filterlog_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is no packet filter line."""
    found = _SIGN.search(text[:HEADER_CHARACTERS])
    if found is None:
        return None
    cells = text[found.end() :].split(",", _MOST_CELLS)
    if len(cells) < len(_RULE) or cells[len(_RULE) - 1] not in {"4", "6"}:
        return None
    names = _RULE + (_IPV4 if cells[len(_RULE) - 1] == "4" else _IPV6)
    fields = dict(zip(names, cells, strict=False))
    rest = cells[len(names) :]
    fields |= dict(zip(_BY_PROTOCOL.get(fields.get("protocol", "").lower(), ()), rest, strict=False))
    return read_header(text[: found.end()]) | {name: cell for name, cell in fields.items() if cell}


READER: Final[Reader] = DeviceReader(
    name="filterlog",
    source="firewall.filterlog",
    title="pfSense and OPNsense packet filter log",
    parse=parse_filterlog_line,
)
