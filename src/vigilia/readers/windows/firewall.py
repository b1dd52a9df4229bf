"""Windows Firewall's own log, pfirewall.log.

    #Time Format: Local
    #Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags … path pid
    2026-03-02 09:15:00 ALLOW TCP 192.0.2.37 203.0.113.9 50123 443 0 - 0 0 0 - - - SEND 2804

Times are local to the machine unless the directive says UTC. Microsoft, "Configure Windows Firewall logging"
(learn.microsoft.com/windows/security/operating-system-security/network-security/windows-firewall/configure-logging).
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.directive_lines import DirectiveReader, DirectiveRow, Layout, split_at_spaces
from vigilia.readers.reader import Reader

__all__ = ["READER"]


def _fields(row: DirectiveRow) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {name.lower(): value for name, value in row.fields.items()}
    if "date" in fields and "time" in fields:
        zone = "Z" if row.directives.get("time format", b"").strip().upper() in {b"UTC", b"GMT"} else ""
        fields["timestamp"] = f"{fields['date']}T{fields['time']}{zone}"
    return fields


READER: Final[Reader] = DirectiveReader(
    name="windows-firewall",
    source="windows.firewall",
    title="Windows Firewall log (pfirewall.log)",
    layout=Layout(split_at_spaces),
    signs=frozenset({"date", "time", "action", "protocol", "src-ip", "dst-ip"}),
    begin=lambda: _fields,
)
