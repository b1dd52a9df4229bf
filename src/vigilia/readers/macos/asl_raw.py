r"""Messages of the Apple System Log, as `syslog -F raw` prints them out of .asl files.

`[ASLMessageID 4711] [Time 2026.03.02 08:15:00 UTC] [Host ada-mac] [Sender sshd] [PID 512] [Message Accepted …]`

Brackets and line feeds within values are escaped with a backslash. Format: *syslog(1)*, OUTPUT FORMAT, *asl(3)*.
"""

from __future__ import annotations

import re
from typing import Final

import re2

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.linux.syslog_messages import read_message
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_START: Final = "[ASLMessageID "
_PAIR: Final = re2.compile(r"(?s)\[([A-Za-z0-9_.-]{1,128}) ((?:[^\]\\]|\\.)*)\]")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_MEANINGS: Final = {"n": "\n", "t": "\t", "s": " "}
_MOST_PAIRS: Final = 256
_DOTTED: Final = re.compile(r"(\d{4})\.(\d\d)\.(\d\d) (\d\d:\d\d:\d\d(?: UTC)?)", re.ASCII)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: _MEANINGS.get(found[1], found[1]), text) if "\\" in text else text


def _parse(line: str) -> dict[str, FieldValue] | None:
    if not line.startswith(_START):
        return None
    fields: dict[str, FieldValue] = {}
    for number, found in enumerate(_PAIR.finditer(line)):
        if number < _MOST_PAIRS:
            fields.setdefault(found[1], _plain(found[2]))
    if "Time" not in fields and "Message" not in fields:
        return None
    fields["Time"] = _DOTTED.sub(r"\1-\2-\3 \4", str(fields.get("Time", ""))[:64])
    return {**read_message(str(fields.get("Sender", "")), str(fields.get("Message", ""))), **fields}


READER: Final[Reader] = LineReader(
    name="macos-asl-raw",
    source="macos.syslog",
    title="Apple System Log (syslog -F raw)",
    parse=_parse,
    sureness=0.95,
)
