"""A history of PowerShell is known by what was typed: scripts, prose and Unix histories are something else."""

from __future__ import annotations

import pytest

from support.reading import read_all
from vigilia.readers.recognise import recognise
from vigilia.readers.windows.powershell_history import READER

HISTORY = b"""whoami
Get-ChildItem C:\\Shares -Recurse
cd C:\\Shares
Get-Content members.csv | Select-String donor
exit
"""


def test_a_list_of_typed_commands_is_a_history() -> None:
    assert recognise(HISTORY) is READER
    assert recognise(b"\xef\xbb\xbf" + HISTORY) is READER


def test_short_names_are_powershells_own_too() -> None:
    """Who types for years types `gci` and `? {`."""
    history = b"cd D:\\Shares\ngci . -r\nsls -Path *.txt -Pattern 'y'\nnotepad a.txt\nls | ? {$_.Name -eq 'z'}\n"
    assert recognise(history) is READER


@pytest.mark.parametrize(
    "content",
    [
        b"# Backup script\nparam($Path)\nGet-ChildItem $Path\nCopy-Item x y\n",
        b"Use Get-ChildItem to list files.\nThen tell Ada about it.\nShe will call New-Item and go home.\nThank you.\n",
        b"cd /srv\nls -la\ngrep -ri hongkong .\nsudo su\n",
        b"dir\ncd ..\ntype a.txt\n",
        b"[console_scripts]\nimport-linter = importlinter.cli:main\nlint = importlinter.cli:lint\n",
        b"whoami\nGet-Date\n",
        b"W\0h\0o\0a\0m\0i\0\n\0",
    ],
    ids=["script", "prose", "unix", "cmd", "settings", "too few", "wide"],
)
def test_what_is_no_history_is_left_to_others(content: bytes) -> None:
    assert READER.recognise(content) == 0.0


def test_the_lines_of_one_command_are_one_record_and_every_byte_is_accounted_for() -> None:
    reading = read_all(READER, b"Get-ADUser -Filter * `\r\n  | Export-Csv u.csv\r\n\r\nhostname\r\n")
    assert [row["command"] for row in reading.rows] == ["Get-ADUser -Filter * \n  | Export-Csv u.csv", "hostname"]
    assert [place["record"] for place in reading.positions] == [0, 3]
    assert reading.rejects == []
