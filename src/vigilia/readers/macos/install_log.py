"""The log of installations on macOS, /var/log/install.log, and other files of Apple's syslog with full dates.

`2026-03-02 09:15:00+01 ada-mac installd[512]: PackageKit: Installed "Backup Agent" (2.1)`
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.linux.syslog_messages import read_message
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_HEAD: Final = 512
_LINE: Final = re.compile(
    r"(?P<timestamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d(?:\d\d)?) (?P<host>\S{1,255}) "
    r"(?P<program>[^\[\]:]{1,128})\[(?P<pid>\d{1,10})\](?: <(?P<severity>[A-Za-z]{1,12})>)?: ",
    re.ASCII,
)
_INSTALLED: Final = re.compile(r'Installed "(?P<package>[^"]{1,256})" \((?P<version>[^)]{0,64})\)')


def _entry(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    heading = _LINE.match(lines[0][:_HEAD])
    if heading is None:
        return None
    message = "\n".join([lines[0][heading.end() :], *lines[1:]])
    fields = {name: text for name, text in heading.groupdict().items() if text} | {"message": message}
    installed = _INSTALLED.match(message[:_HEAD])
    said = {"action": "installed"} | installed.groupdict() if installed else read_message(heading["program"], message)
    return dict(said | fields)


READER: Final[Reader] = BlockReader(
    name="macos-install-log",
    source="macos.syslog",
    title="macOS install.log",
    begins=lambda line: line[:1].isdigit() and _LINE.match(line[:_HEAD]) is not None,
    parse=_entry,
    sureness=0.92,
)
