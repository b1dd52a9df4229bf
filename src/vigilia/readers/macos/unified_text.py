"""The macOS unified log as text: `log show` in its default, syslog and compact styles.

    2026-03-02 09:15:00.123456+0100 0x1590e    Default     0x0        512    0    sshd: (libpam.2.dylib) Accepted …
    2026-03-02 09:15:00.123456+0100  localhost sshd[512]: (libpam.2.dylib) [com.apple.x:auth] Accepted …
    2026-03-02 09:15:00.123 Df sshd[512:1590e] [com.apple.x:auth] Accepted …

Lines without a time go on with the message before them. The compact style has no offset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.macos.unified_fields import unified_fields
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_HEAD: Final = 512
_DATE: Final = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_TIME: Final = rf"(?P<timestamp>{_DATE}\.\d{{6}}[+-]\d{{4}})"
_TYPES: Final = "Default|Info|Debug|Error|Fault|Signpost|Activity|State|Event"
_SENDER: Final = r"(?:\((?P<senderImage>[^()]{1,128})\) )?"
_TOPIC: Final = r"(?:\[(?P<subsystem>[A-Za-z0-9._-]{1,128}):(?P<category>[^\]]{0,128})\] )?"
_PROCESS: Final = r"(?P<process>[^\[\]:]{1,128})"
_NUMBER: Final = r"(?P<processID>\d{1,10})"
_THREAD: Final = r"(?P<threadID>[0-9a-f]{1,16})"
_STYLES: Final = tuple(
    re.compile(rf"{heading} {_SENDER}{_TOPIC}", re.ASCII)
    for heading in (
        rf"{_TIME} +0x{_THREAD} +(?P<messageType>{_TYPES}) +0x(?P<activityIdentifier>[0-9a-f]{{1,16}})"
        rf" +{_NUMBER} +\d{{1,10}} +{_PROCESS}:",
        rf"{_TIME} +(?P<host>\S{{1,255}}) {_PROCESS}\[{_NUMBER}\]:",
        rf"(?P<timestamp>{_DATE}\.\d{{3}}) (?P<messageType>[A-Z][a-z]?) +{_PROCESS}\[{_NUMBER}:{_THREAD}\]",
    )
)
_FRAMES: Final = ("Timestamp  ", "Filtering the log data", "Log      - Default:")
_LOCAL: Final = "localhost"


def _heading(line: str) -> re.Match[str] | None:
    head = line[:_HEAD]
    return next((found for style in _STYLES if (found := style.match(head))), None)


def _entry(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    heading = _heading(lines[0])
    if heading is None:
        return None
    fields: dict[str, FieldValue] = {name: text for name, text in heading.groupdict().items() if text}
    if fields.get("host") == _LOCAL:
        del fields["host"]
    message = "\n".join([lines[0][heading.end() :], *lines[1:]])
    return unified_fields(fields | {"eventMessage": message})


READER: Final[Reader] = BlockReader(
    name="macos-unified-text",
    source="macos.unified",
    title="macOS unified log (log show, as text)",
    begins=lambda line: line[:1].isdigit() and _heading(line) is not None,
    parse=_entry,
    is_frame=lambda line: line.startswith(_FRAMES),
    sureness=0.93,
)
