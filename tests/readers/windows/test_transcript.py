from __future__ import annotations

from support.reading import read_all
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.transcript import READER

_RULE = "**********************"
_HEADER = f"""{_RULE}
Windows PowerShell transcript start
Start time: 20260302091500
Username: LANTERNFOLD\\ada
RunAs User: LANTERNFOLD\\ada
Machine: WS07 (Microsoft Windows NT 10.0.19045.0)
Host Application: powershell.exe
Process ID: 6456
{_RULE}
"""


def _rows(text: str, limits: ReadLimits | None = None) -> list[dict[str, object]]:
    return read_all(READER, text.encode(), limits).rows


def test_every_command_is_a_record_with_its_session() -> None:
    rows = _rows(_HEADER + "PS C:\\> whoami\nada\nPS C:\\> hostname\nWS07\n")
    assert [row["kind"] for row in rows] == ["session start", "command", "command"]
    assert [row.get("command") for row in rows] == [None, "whoami", "hostname"]
    assert {row["Machine"] for row in rows} == {"WS07 (Microsoft Windows NT 10.0.19045.0)"}


def test_positions_are_those_of_the_lines() -> None:
    content = (_HEADER + "PS C:\\> whoami\nada\n").encode()
    places = read_all(READER, content).positions
    assert content[places[1]["offset"] :] == b"PS C:\\> whoami\nada\n"
    assert [place["record"] for place in places] == [0, 9]


def test_a_row_of_asterisks_in_an_answer_is_an_answer() -> None:
    rows = _rows(_HEADER + f"PS C:\\> show\none\n{_RULE}\nnot a stamp: 12\n{_RULE}\ntwo\nPS C:\\> whoami\n")
    assert [row["kind"] for row in rows] == ["session start", "command", "output", "command"]
    assert "not a stamp" in str(rows[2]["output"])


def test_notes_of_the_engine_are_no_commands() -> None:
    rows = _rows(_HEADER + 'PS>whoami\nPS>TerminatingError(Get-Item): "no"\n')
    assert [row.get("command") for row in rows[1:]] == ["whoami"]


def test_an_empty_prompt_is_told_from_a_command() -> None:
    assert [row["kind"] for row in _rows(_HEADER + "PS C:\\> \nPS C:\\>\n")[1:]] == ["prompt", "prompt"]


def test_what_stands_before_the_first_session_is_refused() -> None:
    reading = read_all(READER, b"left over\n" + _HEADER.encode())
    assert reading.reasons() == ["text outside of any session"]
    assert len(reading.rows) == 1


def test_an_answer_that_is_too_long_goes_on_in_further_records() -> None:
    limits = ReadLimits(line_bytes=200)
    rows = _rows(_HEADER + "PS C:\\> type x\n" + "0123456789012345678\n" * 100, limits)
    assert [row["kind"] for row in rows[:3]] == ["session start", "command", "output"]
    assert sum(str(row.get("output", "")).count("0123456789012345678") for row in rows) == 100


def test_a_time_that_is_none_is_no_time() -> None:
    assert READER.recognise(b"**********************\nx\nStart time: 2026\n**********************\n") == 0.0
    assert READER.recognise(_HEADER.encode("utf-16")) == 0.97
