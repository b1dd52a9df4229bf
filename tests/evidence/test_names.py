"""A name from evidence is shown on one line, in printable characters, and stays recognisable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigilia.evidence.names import UniqueNames, points_outside, safe_name


@given(st.binary(max_size=60))
def test_shown_names_are_printable_and_one_line(raw: bytes) -> None:
    shown = safe_name(raw)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(character) < 32 or character in "\x7f\u202e\u200b\ufeff\u2028" for character in shown)
    assert "!/" not in shown
    shown.encode()


def test_ordinary_names_in_any_script_are_shown_as_they_are() -> None:
    for name in ("auth.log", "журнал 2026.csv", "记录.evtx", "a\\b", "l'été!"):
        assert safe_name(name) == name


def test_names_that_would_leave_their_folder_are_told() -> None:
    outside = [b"../a", b"/a", b"a/../../b", b"C:\\a", b"\\\\host\\a", b"..\\a"]
    inside = [b"a", b"a/b", b"..a", b"a..b/c"]
    assert [points_outside(name) for name in outside + inside] == [True] * 6 + [False] * 4


@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "b"]), max_size=12))
def test_claimed_names_never_repeat(names: list[str]) -> None:
    unique = UniqueNames()
    claimed = [unique.claim(name) for name in names]
    assert len(set(claimed)) == len(claimed)
