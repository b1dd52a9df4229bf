from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.targeting.commands.command_lines import load_search_tools, search_terms

ENCODED = base64.b64encode("gci -Recurse -Include *donor*,*香港*.docx".encode("utf-16-le")).decode()


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ('findstr /s /i /m "hong kong" *.docx', ("hong kong",)),
        (r"C:\Windows\System32\cmd.exe /c dir /s /b \\FS01\Cases\*uyghur*", ("uyghur",)),
        (f"powershell.exe -nop -w hidden -enc {ENCODED}", ("donor", "香港")),
        (f"cmd /c powershell -EncodedCommand {ENCODED}", ("donor", "香港")),
        (r"where /r C:\ *donor*", ("donor",)),
        (r"7z a -pX out.7z C:\Users\*hongkong*.pdf", ("hongkong",)),
        (r"Get-ChildItem C:\ -Recurse | Where-Object { $_.Name -like '*taiwan*' }", ("taiwan",)),
        (r"Select-String -Path c:\*.txt -Pattern Kashgar", ("Kashgar",)),
        (r'find /i "lhasa" c:\x.txt', ("lhasa",)),
        (r"dir C:\Users", ()),
        (r"notepad.exe C:\Cases\tibet.docx", ()),
        (r"7z a backup.7z C:\Data", ()),
    ],
)
def test_windows_searches_and_near_misses(line: str, terms: tuple[str, ...]) -> None:
    assert search_terms(line, windows=True).terms == terms


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("grep -rniE 'tibet|lhasa' /srv/cases", ("tibet|lhasa",)),
        ("find / -iname '*passport*' -o -name '*.kdbx'", ("passport",)),
        ("psql crm -c \"select * from donors where name ilike '%chan%'\"", ("chan",)),
        ("sudo locate xinjiang", ("xinjiang",)),
        ('bash -c "grep -r 香港 /data | head"', ("香港",)),
        ("cat a.txt | rg -i --glob '*.md' dissident .", ("dissident",)),
        ("ls -la /home", ()),
        ("tar czf /tmp/a.tgz /srv/donors", ()),
        ("echo grep", ()),
    ],
)
def test_unix_searches_and_near_misses(line: str, terms: tuple[str, ...]) -> None:
    assert search_terms(line, windows=False).terms == terms


def test_an_encoded_command_says_how_it_was_decoded() -> None:
    assert search_terms(f"powershell -e {ENCODED}", windows=True).how == ("base64", "utf-16le")


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.booleans())
def test_any_line_is_read_without_error(line: str, windows: bool) -> None:
    search_terms(line, windows=windows)
    search_terms(f"grep {line}", windows=windows)


def test_the_table_of_tools_names_each_program_once() -> None:
    tools = load_search_tools().tool
    names = [name for tool in tools for name in tool.names]
    for windows in (True, False):
        here = [tool for tool in tools if tool.on in ("", "windows" if windows else "unix")]
        always = [name for tool in here if not tool.needs for name in tool.names]
        sometimes = {name for tool in here if tool.needs for name in tool.names}
        assert len(always) == len(set(always))
        assert not sometimes & set(always)
    assert all(name == name.lower() for name in names)


@pytest.mark.parametrize("line", ["bash -c", "sh -c ''", "cmd /c", "powershell -EncodedCommand", "bash -c bash -c"])
def test_a_shell_without_its_command_searches_for_nothing(line: str) -> None:
    assert not search_terms(line, windows=False).terms
    assert not search_terms(line, windows=True).terms
