"""SonicWall: `id=firewall sn=… time="2026-03-02 09:15:00 UTC" fw=203.0.113.1 pri=6 c=262144 m=98 msg="…" src=…`.

`src` and `dst` are `address:port:interface:name`; the reader adds `src_ip`, `src_port`, `src_interface` and so on.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_sonicwall_line"]

_BEGIN: Final = re.compile(r"(?:^|[ >])(id=[\w.-]{1,64} sn=)")
_PARTS: Final = ("ip", "port", "interface", "name")


def parse_sonicwall_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of SonicWall's."""
    begin = _BEGIN.search(text[:HEADER_CHARACTERS])
    if begin is None:
        return None
    fields, _ = key_values(text[begin.start(1) :])
    for side in ("src", "dst"):
        fields |= _endpoint(side, fields.get(side))
    return read_header(text[: begin.start(1)]) | fields


def _endpoint(side: str, value: FieldValue | None) -> dict[str, FieldValue]:
    """Divide `192.0.2.7:50022:X0:pc7`; an IPv6 address stands in brackets or alone."""
    if not isinstance(value, str):
        return {}
    if value.startswith("["):
        address, _, rest = value[1:].partition("]")
        parts = [address, *rest.removeprefix(":").split(":")]
    elif value.count(":") > len(_PARTS):
        parts = [value]
    else:
        parts = value.split(":")
    return {f"{side}_{name}": part for name, part in zip(_PARTS, parts, strict=False) if part}


READER: Final[Reader] = DeviceReader(
    name="sonicwall-syslog",
    source="firewall.sonicwall",
    title="SonicWall log (key=value by syslog)",
    parse=parse_sonicwall_line,
)
