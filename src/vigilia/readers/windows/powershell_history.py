"""What was typed in PowerShell, as PSReadLine keeps it: ConsoleHost_history.txt, one command on each line.

The lines of a command of several end in a backtick, but for the last. Nothing tells when anything was typed. Format:
Microsoft, *about_PSReadLine*, "Command history".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader, head_texts, share_of
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_CONTINUED: Final = "`"
_LEAST_COMMANDS: Final = 3
_SHARE: Final = 0.6
_SHARE_OF_CMDLETS: Final = 0.2
_PLAIN: Final = 0.55  # goes before a Unix shell's history without times, and behind everything else
_NOT_A_HISTORY: Final = ("#", "{", "<", "[Version", "---", "function ", "param(", "param (", "using ")
_LOOKED_AT: Final = 2000
# "Get-ChildItem": an approved verb, a hyphen, a noun.
_CMDLET: Final = re.compile(
    r"(?:^|[\s|({;=])(?:Add|Clear|Compare|Compress|Connect|Convert|ConvertFrom|ConvertTo|Copy|Disable|Disconnect|Enable|"
    r"Enter|Exit|Expand|Export|Find|ForEach|Format|Get|Group|Import|Install|Invoke|Join|Measure|Mount|Move|New|Out|Read|"
    r"Receive|Register|Remove|Rename|Resolve|Restart|Restore|Save|Search|Select|Send|Set|Sort|Split|Start|Stop|Suspend|Tee|"
    r"Test|Unblock|Uninstall|Update|Wait|Where|Write)-[A-Za-z]\w{2,60}",
    re.IGNORECASE,
)
# What only PowerShell calls so, and what its scripts alone hold.
_ALIAS: Final = re.compile(
    r"^(?:gci|gcm|gps|gsv|gwmi|icm|iex|ipmo|irm|iwr|sls|gcb|gdr|ogv)\b|(?:^|\|)\s{0,8}[?%]\s{0,8}\{|\$_\.",
    re.IGNORECASE,
)
_FIRST_WORDS: Final = frozenset(
    """
    7z adfind arp attrib cat cd certutil cls cmd code copy curl del dir dsquery echo erase es exit findstr forfiles
    ft gc gci gcm git gm gps gsv gwmi help hostname icacls iex ii ipconfig irm iwr klist ls md mkdir more move
    msiexec mv net netsh netstat nltest notepad nslookup ping pip powershell pushd pwd pwsh py python qwinsta quser
    rar rd reg ren rm rmdir robocopy route sc schtasks select sl sls sort ssh systeminfo takeown tar taskkill
    tasklist tree type vssadmin w32tm wevtutil where whoami winget wmic xcopy
    """.split()  # noqa: SIM905 - a list of words is read more easily without quotes
)


@dataclass(frozen=True, slots=True)
class _HistoryReader(BlockReader):
    """A history has no marks of its own: it is known by the commands in it."""

    def recognise(self, head: bytes) -> float:
        """Answer by the share of the first lines that begin with commands, some of them PowerShell's own."""
        lines = [] if b"\0" in head else [line[:_LOOKED_AT] for line in head_texts(head)]
        if len(lines) < _LEAST_COMMANDS or lines[0].lstrip("\ufeff").startswith(_NOT_A_HISTORY):
            return 0.0
        if share_of(lines, _is_command) < _SHARE:
            return 0.0
        own = share_of(lines, lambda line: bool(_CMDLET.search(line) or _ALIAS.search(line)))
        return _PLAIN if own >= _SHARE_OF_CMDLETS else 0.0


def _is_command(line: str) -> bool:
    words = line.split(None, 1)
    if not words:
        return False
    first = words[0].lower().removesuffix(".exe")
    typed = (
        first in _FIRST_WORDS or first.startswith(("$", "&", ".\\", "(")) or (first.startswith("[") and "::" in line)
    )
    return typed or _CMDLET.match(line) is not None


def _goes_on(block: Sequence[str], _line: str) -> bool:
    return block[-1].rstrip("\r\n").endswith(_CONTINUED)


def _command(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    whole = [line.rstrip("\r\n").removesuffix(_CONTINUED) for line in lines]
    text = "\n".join(whole).removeprefix("\ufeff")
    return {"command": text} if text.strip() else None


READER: Final[Reader] = _HistoryReader(
    name="windows-powershell-history",
    source="windows.history",
    title="PowerShell history (PSReadLine, ConsoleHost_history.txt)",
    begins=lambda line: bool(line.strip()),
    parse=_command,
    joins=_goes_on,
)
