"""Every shell's way to ask for something is understood; what only looks like asking is not taken for it."""

from __future__ import annotations

import base64
import gzip
import time
import zlib
from pathlib import Path

import msgspec
import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.targeting.commands.command_lines import search_terms
from vigilia.targeting.commands.tools import GivenAway, candidate_pattern, load_search_tools, tools_named


class _Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: str
    terms: list[str]


class _Cases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    windows: list[_Case]
    posix: list[_Case]


CASES = msgspec.toml.decode((Path(__file__).parent / "command_lines.toml").read_text("utf-8"), type=_Cases)


def _wide(script: str) -> str:
    return base64.b64encode(script.encode("utf-16-le")).decode()


def _gzipped(script: str) -> str:
    return base64.b64encode(gzip.compress(script.encode(), mtime=0)).decode()


def _deflated(script: str) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(packer.compress(script.encode()) + packer.flush()).decode()


@pytest.mark.parametrize("case", CASES.windows, ids=lambda case: case.line[:60])
def test_cmd_and_powershell(case: _Case) -> None:
    assert list(search_terms(case.line, windows=True).terms) == case.terms


@pytest.mark.parametrize("case", CASES.posix, ids=lambda case: case.line[:60])
def test_posix_shells(case: _Case) -> None:
    assert list(search_terms(case.line, windows=False).terms) == case.terms


@pytest.mark.parametrize(
    "case", [one for one in (*CASES.windows, *CASES.posix) if one.terms], ids=lambda c: c.line[:60]
)
def test_no_search_is_missed_before_it_is_looked_at(case: _Case) -> None:
    options = re2.Options()
    options.case_sensitive = False
    assert re2.search(candidate_pattern(), case.line, options=options)


@pytest.mark.parametrize(
    ("line", "terms", "how"),
    [
        (f"powershell -e {_wide('sls lhasa *.txt')}", ("lhasa",), ("base64", "utf-16le")),
        (f"powershell /enc {_wide('powershell -ec ' + _wide('sls lhasa *.txt'))}", ("lhasa",), ("base64", "utf-16le")),
        (
            f"iex GzipStream([Convert]::FromBase64String('{_gzipped('sls lhasa')}'))",
            ("lhasa",),
            ("base64", "gzip"),
        ),
        (
            f"DeflateStream([Convert]::FromBase64String('{_deflated('sls lhasa *.text')}'))",
            ("lhasa",),
            ("base64", "deflate"),
        ),
        ("f^indstr lhasa x.txt", ("lhasa",), ("caret-escapes",)),
        ("sl`S lhasa", ("lhasa",), ("backticks",)),
        ("sls ('lha'+'sa')", ("lhasa",), ("powershell-strings",)),
        ("set a=findstr&&call %a% lhasa x", ("lhasa",), ("variables",)),
    ],
)
def test_each_disguise_is_named(line: str, terms: tuple[str, ...], how: tuple[str, ...]) -> None:
    found = search_terms(line, windows=True)
    assert (found.terms, found.how) == (terms, how)


def test_a_program_under_another_name_is_told() -> None:
    found = search_terms('a.exe /s /c:"lhasa" *.txt', windows=True)
    assert (found.terms, found.how) == (("lhasa",), ("renamed-program",))
    assert "renamed-program" not in search_terms('findstr /s /c:"lhasa" *.txt', windows=True).how


@pytest.mark.parametrize("row", load_search_tools().given_away, ids=lambda row: f"{row.tool} {row.arguments[0]}")
def test_a_program_that_arguments_give_away_is_one_that_searches(row: GivenAway) -> None:
    systems = {"": (True, False), "windows": (True,), "unix": (False,)}[row.on]
    assert all(tools_named(row.tool, windows=windows) for windows in systems)


def test_posix_disguises_are_named() -> None:
    assert search_terms("grep $'\\x6c\\x68asa' f", windows=False).how == ("ansi-c-quoting",)
    assert search_terms("a=lhasa; grep $a f", windows=False).how == ("variables",)
    assert search_terms("grep $(echo bGhhc2E= | base64 -d) f", windows=False).how == ("base64",)
    assert search_terms("grep $(echo ynfhf | tr a-z n-za-m) f", windows=False).how == ("rot13",)


def test_what_lies_too_deep_is_counted() -> None:
    found = search_terms("cmd /c " * 9 + "findstr lhasa x", windows=True)
    assert found.left_out == 1
    assert not found.terms


@pytest.mark.parametrize(
    ("line", "windows"),
    [
        ("grep -rf names.txt /srv", False),
        ("rg --file=names.txt /srv", False),
        ("grep -Ff <(cut -d, -f2 people.csv) /srv", False),
        ("findstr /s /g:names.txt *.docx", True),
        ("7z a out.7z -r @names.txt", True),
        ("sls -Path *.txt -Pattern (gc names.txt)", True),
    ],
)
def test_terms_in_a_file_that_is_not_here_are_counted(line: str, windows: bool) -> None:
    found = search_terms(line, windows=windows)
    assert (found.terms, found.in_files) == ((), 1)


def test_terms_in_a_file_that_the_line_itself_feeds_are_terms() -> None:
    found = search_terms("printf 'lhasa\nkashgar' | grep -rFf - /srv", windows=False)
    assert (found.terms, found.in_files) == (("lhasa", "kashgar"), 0)


def test_a_bomb_is_inflated_to_a_bound() -> None:
    bomb = base64.b64encode(gzip.compress(b"sls lhasa\n" + b"a" * 50_000_000)).decode()
    started = time.process_time()
    assert search_terms(f"iex GzipStream([Convert]::FromBase64String('{bomb}'))", windows=True).terms == ("lhasa",)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("windows", [True, False])
@pytest.mark.parametrize(
    "piece",
    ["'", "$(", "`", "<<a\n", "(", "@(", "'a'+", "$a=$a+$a;", "%a%", "set a=%a%%a%&", "'{0}{0}' -f ", "bash -c \"",
     "sudo ", "*a*,", ".replace('a','aa')", "(1..20000),", "@'\n", "-like '"],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_long_text(piece: str, windows: bool) -> None:
    text = (piece * (65536 // len(piece) + 1))[:65536]
    started = time.process_time()
    search_terms(text, windows=windows)
    assert time.process_time() - started < 4


_SCRIPT = st.text(alphabet="ab$'\"`^%!()[]{}@|&;<>,.:=+-*/\\ \n01xfcslrgep", max_size=200)


@settings(max_examples=150, deadline=None)
@given(_SCRIPT, st.booleans())
def test_any_script_is_read_without_error(text: str, windows: bool) -> None:
    search_terms(text, windows=windows)
    search_terms(f"sls ({text}) *.txt; [char]{text}; -join {text} -f {text}", windows=windows)


_TERM = st.text(alphabet="abcdefghijk香港тибет", min_size=3, max_size=12)


@settings(max_examples=60, deadline=None)
@given(_TERM, st.integers(1, 2))
def test_a_term_put_together_by_powershell_comes_out(term: str, cut: int) -> None:
    first, second = term[:cut], term[cut:]
    letters = ",".join(str(ord(letter)) for letter in term)
    for expression in (
        f"('{first}'+'{second}')",
        f'("{first}" + "{second}")',
        f"('{{1}}{{0}}' -f '{second}','{first}')",
        f"(-join [char[]]({letters}))",
        f"(({letters}|%{{[char]$_}}) -join '')",
        f"('{first}~{second}' -replace '~','')",
        f"(-join '{term[::-1]}'[-1..-{len(term)}])",
        f"([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String('{base64.b64encode(term.encode()).decode()}')))",
    ):
        assert search_terms(f"sls {expression} *.txt", windows=True).terms == (term,), expression


@settings(max_examples=60, deadline=None)
@given(_TERM)
def test_a_term_quoted_for_a_posix_shell_comes_out(term: str) -> None:
    octets = "".join(f"\\x{byte:02x}" for byte in term.encode())
    for word in (f"'{term}'", f'"{term}"', "''".join(term), f"$'{octets}'", f"$(printf '{octets}')"):
        assert search_terms(f"grep -r {word} /srv", windows=False).terms == (term,), word


@pytest.mark.parametrize(
    "line",
    [
        r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\ngen.exe ExecuteQueuedItems",
        r"chrome.exe --type=renderer --lang=en-US --enable-features=x",
        r'"C:\Windows\System32\NOTEPAD.EXE" C:\Work\run.cmd',
        "/usr/sbin/sshd -D -R",
        "cp a.txt b.txt",
        "bash /opt/backup.sh",
        "tar czf a.tgz /srv",
    ],
)
def test_everyday_commands_are_not_looked_at_closely(line: str) -> None:
    options = re2.Options()
    options.case_sensitive = False
    assert re2.search(candidate_pattern(), line, options=options) is None
    assert not search_terms(line, windows="\\" in line).terms
