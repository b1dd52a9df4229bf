"""Shell histories are recognised carefully: most text is none."""

from __future__ import annotations

import pytest

from support.reading import read_all
from vigilia.readers.linux.bash_history import READER as BASH
from vigilia.readers.linux.zsh_history import READER as ZSH
from vigilia.readers.recognise import THRESHOLD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ls\n",
        "Dear Ada,\n\nthe list is with Noor. Please find it there.\ncat\n",
        "find the door\nmake tea\ntest the lamp\nmore light\nwho is there\n",
        "#!/bin/sh\ncd /srv\ntar czf x .\nrm -rf y\n",
        "name,mail\nada,ada@lanternfold.example\n",
        "# 1772442900 is when it began\nsome words\n",
        "[Unit]\nDescription=x\n",
    ],
)
def test_other_text_is_left_alone(text: str) -> None:
    assert BASH.recognise(text.encode()) < THRESHOLD
    assert ZSH.recognise(text.encode()) == 0.0


def test_a_plain_list_of_commands_is_taken_only_where_nothing_else_fits() -> None:
    assert BASH.recognise(b"ls -la\ncd /srv\nsudo tar czf x .\n./unknown --flag\n") == THRESHOLD


def test_times_make_it_sure() -> None:
    assert BASH.recognise(b"#1772442900\nunknown --flag\n") > 0.8


def test_a_comment_that_looks_almost_like_a_time_is_a_command() -> None:
    rows = read_all(BASH, b"#1772442900\nls\n#12345\n#17724429001\n").rows
    assert rows == [{"time": "1772442900", "command": "ls\n#12345\n#17724429001"}]


def test_zsh_text_outside_of_ascii_is_read_back() -> None:
    """Zsh writes the bytes 83 to A2 as 83 and the byte with one bit turned."""
    written = b"".join(
        bytes([0x83, one ^ 0x20]) if 0x83 <= one <= 0xA2 else bytes([one]) for one in "警察 مريم".encode()
    )
    (row,) = read_all(ZSH, b": 1772442900:0;grep " + written + b"\n").rows
    assert row["command"] == "grep 警察 مريم"
