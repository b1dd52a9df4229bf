"""Cisco Meraki by syslog: `1772442900.123456789 MX84 urls src=192.0.2.7:50022 dst=… request: GET https://…`.

The seconds since 1970 are the device's own clock, in UTC. `kind` is the word after the device's name (`flows`, `urls`,
`events`, `security_event`, `ip_flow_start` …). Format: documentation.meraki.com, "Syslog Event Types and Log Samples".
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_meraki_line"]

_KINDS: Final = (
    "flows|urls|events|security_event|ids-alerts|airmarshal_events|ip_flow_start|ip_flow_end|firewall|vpn_firewall"
    "|cellular_firewall|bridge_anyconnect_client_vpn_firewall"
)
_BEGIN: Final = re.compile(rf"(?:^|[\s>])(?:1 )?(\d{{10}}\.\d{{3,9}}) (\S{{1,128}}) ({_KINDS}) ", re.ASCII)
_REQUEST: Final = re.compile(r" request: (\S{1,32}) (\S.*)$", re.DOTALL)
_TAILS: Final = ((" message: ", "message"), (" pattern: ", "pattern"), (" decision=", "decision"))
_VERDICTS: Final = {"allow", "deny", "0", "1"}
_CLIENT_VPN: Final = re.compile(
    r"^client_vpn_(connect|disconnect) user id '(.{0,256}?)' local ip (\S{1,64})(?: connected from (\S{1,64}))?"
)


def parse_meraki_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of Meraki's."""
    begin = _BEGIN.search(text[:HEADER_CHARACTERS])
    if begin is None:
        return None
    told: dict[str, FieldValue] = {"time": begin[1], "device": begin[2], "kind": begin[3]}
    return read_header(text[: begin.start(1)].rstrip()) | told | _body(begin[3], text[begin.end() :])


def _body(kind: str, body: str) -> dict[str, FieldValue]:
    if (client := _CLIENT_VPN.match(body)) is not None:
        named = zip(("type", "user", "local_ip", "src"), client.groups(), strict=True)
        return {name: f"client_vpn_{value}" if name == "type" else value for name, value in named if value}
    body, tails = _cut_tails(body)
    fields, loose = key_values(body)
    words = loose.split(" ", 1)
    if words[0] in _VERDICTS:  # newer firmware: "flows allow src=…"
        fields["pattern"] = words[0]
    elif words[0] and kind == "security_event":
        fields["type"] = words[0]
    elif loose:
        fields["text"] = loose
    return {name: value for name, value in fields.items() if value} | tails


def _cut_tails(body: str) -> tuple[str, dict[str, FieldValue]]:
    """Take off what goes to the end of the line: a request, a message, the pattern of a rule."""
    if (request := _REQUEST.search(body)) is not None:
        return body[: request.start()], {"method": request[1], "url": request[2].strip()}
    for sign, name in _TAILS:
        before, found, after = body.partition(sign)
        if found:
            return before, {name: after.strip()}
    return body, {}


READER: Final[Reader] = DeviceReader(
    name="meraki-syslog",
    source="firewall.meraki",
    title="Cisco Meraki log (by syslog)",
    parse=parse_meraki_line,
)
