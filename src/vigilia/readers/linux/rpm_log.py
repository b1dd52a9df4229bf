"""Package logs of Red Hat and kin: yum.log, dnf.rpm.log and dnf.log.

`Mar 02 09:15:00 Installed: 2:nmap-7.92-1.el9.x86_64` (yum, no year), `2026-03-02T09:15:00+0100 SUBDEBUG Installed:
nmap-3:7.92-1.el9.x86_64` and `2026-03-02T09:15:00+0100 DDEBUG Command: dnf install nmap` (dnf). Tables of what is to be
done follow a line of dnf.log without a time of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_LOOKED_AT: Final = 2048
_YUM: Final = r"[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d"
_DNF: Final = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d{4})"
_LEVELS: Final = "TRACE|DDEBUG|SUBDEBUG|DEBUG|INFO|WARNING|ERROR|CRITICAL"
_VERBS: Final = (
    "Installed|Install|Dep-Install|Updated|Update|Upgraded|Upgrade|Erased|Erase|Removed|Remove"
    "|Downgraded|Downgrade|Reinstalled|Reinstall|Obsoleted|Cleanup"
)
_CHANGE: Final = re.compile(rf"(?P<action>{_VERBS}): (?P<item>\S{{1,512}})", re.ASCII)
_DATED: Final = re.compile(rf"(?P<time>{_DNF}) (?P<level>{_LEVELS}) (?P<message>.*)", re.ASCII | re.DOTALL)
_YUM_LINE: Final = re.compile(rf"(?P<time>{_YUM}) (?P<message>(?:{_VERBS}): .*)", re.ASCII | re.DOTALL)
# dnf writes name-[epoch:]version-release.architecture; yum has the epoch in front: 2:name-version-release.architecture.
_ITEM: Final = re.compile(
    r"(?:\d{1,4}:)?(?P<package>\S{1,256}?)-(?P<version>(?:\d{1,4}:)?[^\s-]{1,128}-[^\s-]{1,128}?)"
    r"\.(?P<architecture>[a-z0-9_]{1,16})",
    re.ASCII,
)
_COMMAND: Final = "Command: "


def _begins(line: str) -> bool:
    return (_DATED.match(line[:_LOOKED_AT]) or _YUM_LINE.match(line[:_LOOKED_AT])) is not None


def _record(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    match = _DATED.match(lines[0]) or _YUM_LINE.match(lines[0])
    if match is None:
        return None
    fields: dict[str, FieldValue] = dict(match.groupdict())
    message = match["message"].rstrip()
    fields["message"] = "\n".join([message, *lines[1:]])
    if message.startswith(_COMMAND):
        return fields | {"action": "command", "command": message.removeprefix(_COMMAND).rstrip()}
    change = _CHANGE.fullmatch(message[:_LOOKED_AT])
    return fields if change is None else fields | {"action": change["action"]} | _package(change["item"])


def _package(item: str) -> dict[str, FieldValue]:
    match = _ITEM.fullmatch(item)
    return dict(match.groupdict()) if match else {"package": item}


READER: Final[Reader] = BlockReader(
    name="linux-rpm",
    source="linux.packages",
    title="Red Hat and Fedora package log (yum.log, dnf.log, dnf.rpm.log)",
    begins=_begins,
    parse=_record,
    sureness=0.92,
)
