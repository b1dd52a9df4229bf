"""FortiGate: `date=2026-03-02 time=09:15:00 devname="FG1" logid="0000000013" type="traffic" …`, bare or by syslog.

Also with commas between the pairs (`set format csv`), and with each pair in quotes (FortiAnalyzer's CSV). Field names
are Fortinet's own. `timestamp` joins `date`, `time` and `tz`, which is there from FortiOS 6.2 on.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.csv_rows import split_cells
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import add_value, key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_fortigate_line"]

_BEGIN: Final = re.compile(r"(?:^|[ >\"])((?:date|logver|itime|eventtime|timestamp)=)")
_SIGN: Final = re.compile(r"[ ,\"](?:logid|log_id|devid)=")
_OTHERS: Final = "log_component="  # Sophos


def parse_fortigate_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of FortiGate's."""
    head = text[:HEADER_CHARACTERS]
    begin = _BEGIN.search(head)
    if begin is None or not _SIGN.search(head) or "type=" not in text or _OTHERS in head:
        return None
    start = begin.start(1)
    first_space, first_comma = text.find(" ", start), text.find(",", start)
    separator = "," if 0 <= first_comma < first_space or first_space < 0 else " "
    quoted = text[start - 1 : start] == '"'
    fields = _quoted_pairs(text[start - 1 :]) if quoted else key_values(text[start:], separator)[0]
    if isinstance(fields.get("date"), str) and isinstance(fields.get("time"), str):
        fields["timestamp"] = f"{fields['date']}T{fields['time']}{fields.get('tz', '')}"
    return read_header(text[:start].rstrip('"')) | fields


def _quoted_pairs(text: str) -> dict[str, FieldValue]:
    """Divide `"date=2026-03-02","time=09:15:00","msg=two, words"`: FortiAnalyzer puts whole pairs in quotes."""
    fields: dict[str, FieldValue] = {}
    for cell in split_cells(text.encode(), b","):
        key, equals, value = cell.decode("utf-8", "backslashreplace").partition("=")
        if equals and key:
            add_value(fields, key, value.strip('"'))
    return fields


READER: Final[Reader] = DeviceReader(
    name="fortigate-syslog",
    source="firewall.fortigate",
    title="FortiGate log (key=value, downloaded or by syslog)",
    parse=parse_fortigate_line,
)
