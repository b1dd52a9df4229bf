"""Lexers: what a shell would make of a line, as far as the line tells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.targeting.commands.cmd_variables import with_cmd_variables
from vigilia.targeting.commands.constant_output import printed_by
from vigilia.targeting.commands.posix_words import UNKNOWN, posix_line
from vigilia.targeting.commands.windows_words import windows_line
from vigilia.targeting.commands.words import Line
from vigilia.targeting.decoding.escapes import c_unescaped


def _words(line: Line) -> list[list[str]]:
    return [[word.text for word in command.words] for command in line.commands]


def _posix(text: str) -> list[list[str]]:
    return _words(posix_line(text, lambda _: None))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a 'b c' \"d e\" f\\ g", [["a", "b c", "d e", "f g"]]),
        ("a|b && c; d & e", [["a"], ["b"], ["c"], ["d"], ["e"]]),
        ("a 2>/dev/null >o <i b", [["a", "b"]]),
        ("a # b\nc", [["a"], ["c"]]),
        ("x=1; echo $x ${x}y $z", [["x=1"], ["echo", "1", "1y", UNKNOWN]]),
        ("a {b,c} -I{} ; { d; }", [["a", "{b,c}", "-I{}"], ["d"]]),
        ("a don't b", [["a", "don't", "b"]]),
        ("cat <<E\nx y\nE\na", [["cat"], ["a"]]),
        ("a\\\nb 'c'\\''d'", [["a", "b", "c'd"]]),
    ],
)
def test_posix_words(text: str, words: list[list[str]]) -> None:
    assert _posix(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a \"b c\" 'd e' o'brien", [["a", "b c", "d e", "o'brien"]]),
        ('dir "C:\\x y\\" b', [["dir", "C:\\x y\\", "b"]]),
        ('p "a \\"b c\\" d"', [["p", 'a "b c" d']]),
        ("a^b c & d | e", [["ab", "c"], ["d"], ["e"]]),
        ("a *b*, *c* d", [["a", "*b*,*c*", "d"]]),
        ("a 2>nul b > c", [["a", "b"]]),
        ('a "b', [["a", "b"]]),
    ],
)
def test_windows_words(text: str, words: list[list[str]]) -> None:
    assert _words(windows_line(text)) == words


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="ab '\"\\$`^|&;<>(){}#\n=", max_size=120))
def test_words_lie_where_their_spans_say(text: str) -> None:
    for line in (posix_line(text, lambda _: None), windows_line(text)):
        for command in line.commands:
            ends = [0, *(place for word in command.words for place in (word.start, word.end)), len(text)]
            assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("%COMSPEC% /c", "C:\\Windows\\system32\\cmd.exe /c"),
        ("%comspec:~-7,3%", "cmd"),
        ("set a=x&&%a%y", "set a=x&&xy"),
        ("set a=axb&&%a:x=-%", "set a=axb&&a-b"),
        ("%unknown% 100%", "%unknown% 100%"),
        ("for %f in (a b) do x %f", 'for %f in (a b) do x "a b"'),
    ],
)
def test_variables_of_cmd(text: str, expanded: str) -> None:
    assert with_cmd_variables(text)[0] == expanded


def test_variables_that_double_themselves_stay_bounded() -> None:
    text = "set a=%a%%a%&" * 2000 + "set a=" + "x" * 2000 + "&" + "%a%" * 9000
    assert len(with_cmd_variables(text)[0]) <= 131072


@pytest.mark.parametrize(
    ("program", "arguments", "given", "printed"),
    [
        ("echo", ["-n", "a", "b"], None, ("a b", "")),
        ("echo", ["-e", "\\x61"], None, ("a", "")),
        ("printf", ["%s-%s\\n", "a", "b"], None, ("a-b\n", "")),
        ("base64", ["-d"], "aG9uZyBrb25n", ("hong kong", "base64")),
        ("base64", [], "a", None),
        ("xxd", ["-r", "-p"], "686f6e67", ("hong", "hex")),
        ("rev", [], "gnoh", ("hong", "reversed")),
        ("tr", ["a-z", "n-za-m"], "ubat", ("hong", "rot13")),
        ("tr", ["a", "b"], "a", None),
        ("date", [], None, None),
        ("rev", [], None, None),
    ],
)
def test_what_programs_print(
    program: str, arguments: list[str], given: str | None, printed: tuple[str, str] | None
) -> None:
    assert printed_by(program, arguments, given) == printed


def test_escapes_of_c() -> None:
    assert c_unescaped(r"\x68\157\u006e\U00000067\n") == "hong\n"
    assert c_unescaped(r"\xe9\xa6\x99") == "香"
    assert c_unescaped(r"\xff\ud800") == "\ufffd\ufffd"
