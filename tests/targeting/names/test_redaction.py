from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from targeting.disguises import ENCODINGS, Disguise, nestings, surfaces
from vigilia.model.profile import WatchedPerson, WatchList
from vigilia.targeting.names.redaction import Redactor
from vigilia.targeting.terms.term_matcher import TermMatcher

NAMES = ["Mira Oxace", "陳美蓮陳", "Тамара Ожогина"]
WATCH = WatchList(person=[WatchedPerson(id=f"P{n}", name=name) for n, name in enumerate(NAMES, 1)])
REDACTOR = Redactor(WATCH)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(NAMES), surfaces, nestings, st.sampled_from(["", "q=", "see ", "https://x.example/?s="]))
def test_redaction_leaves_no_variant(name: str, outside: list[Disguise], nesting: list[Disguise], before: str) -> None:
    text = name
    for disguise in (*outside, *nesting):
        text = disguise(text)
    redacted = REDACTOR.redact(f"{before}{text} and after")
    assert not REDACTOR.names_someone(redacted)
    assert text not in redacted
    assert "[person P" in redacted


def test_only_the_name_is_taken_out() -> None:
    assert REDACTOR.redact("grep -r 'mira oxace' /srv") == "grep -r '[person P1]' /srv"
    assert REDACTOR.redact("/search?q=mira%20oxace&page=2") == "/search?q=[person P1]&page=2"
    assert REDACTOR.redact("Oxace, Mira; hello") == "[person P1]; hello"


def test_text_without_names_is_left_as_it_is() -> None:
    for text in ("", "nothing here", "SG9uZyBLb25n", "100% of a+b", "a" * 5000):
        assert REDACTOR.redact(text) == text


def test_without_a_watch_list_nothing_is_redacted() -> None:
    assert Redactor(WatchList()).redact("Mira Oxace") == "Mira Oxace"


def test_each_encoding_alone_is_seen() -> None:
    """The property above would hold for a redactor that sees nothing, if the disguises hid nothing."""
    seen = TermMatcher([("Mira Oxace", "P1", False)])
    for encoding in ENCODINGS[1:]:
        assert not seen.find(encoding("Mira Oxace"))
        assert REDACTOR.names_someone(encoding("Mira Oxace"))


def test_a_telling_part_of_a_name_is_taken_out_and_a_place_is_not() -> None:
    redactor = Redactor(
        WatchList(person=[WatchedPerson(id="P9", name="Hong Brightwater", aliases=["歐陽夕鳴", "China Brightwater"])])
    )
    assert redactor.redact("grep -ril Brightwater /srv") == "grep -ril [part of person P9] /srv"
    assert redactor.redact("歐陽 香港") == "[part of person P9] 香港"
    assert redactor.redact("Hong Kong, China") == "Hong Kong, China"
    assert redactor.redact("/?s=%E6%AD%90%E9%99%BD&p=1") == "/?s=[part of person P9]&p=1"


def test_a_part_that_only_stands_within_a_longer_term_is_no_public_word() -> None:
    redactor = Redactor(WatchList(person=[WatchedPerson(id="P9", name="Camilo Ashgrove")]))
    assert "camilo" not in redactor.redact("grep camilo").lower()
