from __future__ import annotations

import msgspec

from support.searching import Row, determine, search
from vigilia.model.profile import WatchedPerson, WatchedTopic, WatchList
from vigilia.model.result import UnknownTerm

WATCH = WatchList(
    topic=[WatchedTopic(id="fund", label="Lantern Fund", terms=["Lantern Fund"])],
    person=[WatchedPerson(id="P7", name="Zephrina Quillwort", aliases=["澤芙麗娜"])],
)
EVERYDAY = ["board minutes", "travel form", "meeting room", "grant report", "會議 記錄", "press list"]


def everyday() -> list[Row]:
    return [search(100 + n, text, f"staff{n % 3}@example.org", 60 + n) for n, text in enumerate(EVERYDAY * 5)]


def unknown(texts: list[str]) -> dict[str, UnknownTerm]:
    rows = [search(n, text, minute=n) for n, text in enumerate(texts, 1)]
    result = determine(rows + everyday(), dict.fromkeys(range(1, len(rows) + 1), 0.9), WATCH)
    return {one.term: one for one in result.targeting.unknown_terms}


def test_names_that_only_the_intruder_searches_for_are_listed_and_marked() -> None:
    found = unknown(["Olga Tarkwa", "Olga Tarkwa visa", "梁楓嵐", "梁楓嵐 香港", "board minutes"])
    assert {"Olga Tarkwa", "梁楓嵐"} <= found.keys()
    assert found["Olga Tarkwa"].may_be_name
    assert found["梁楓嵐"].may_be_name
    assert (found["Olga Tarkwa"].intruder_count, found["Olga Tarkwa"].baseline_count) == (2, 0)
    assert not {"Olga", "Tarkwa", "梁楓", "board minutes", "board"} & found.keys()


def test_the_organisations_own_staff_are_no_unknown_names() -> None:
    staff = ["ada.tarnow@lanternfold.example", "Brisa Oxley"]
    rows = [search(n, text, minute=n) for n, text in enumerate(["Ada Tarnow", "Brisa Oxley", "Olga Tarkwa"], 1)]
    ours = dict.fromkeys(range(1, 4), 0.9)
    with_staff = determine(rows + everyday(), ours, WATCH, staff)
    without = determine(rows + everyday(), ours, WATCH)
    assert [one.term for one in with_staff.targeting.unknown_terms] == ["Olga Tarkwa"]
    assert len(without.targeting.unknown_terms) == 3


def test_a_name_that_was_searched_for_once_is_listed_and_a_common_word_is_not() -> None:
    found = unknown(["Olga Tarkwa", "harvest", "hong kong"])
    assert list(found) == ["Olga Tarkwa"]


def test_what_others_search_for_as_much_is_not_listed() -> None:
    assert unknown(["travel form", "travel form", "press list"]) == {}


def test_known_topics_and_everything_of_the_watch_list_stay_out() -> None:
    """Whole names, parts of them, other scripts and the organisation's topics: none is an unknown term."""
    texts = [
        "Zephrina Quillwort",
        "quillwort",
        "QUILLWORT file",
        "澤芙麗娜",
        "Lantern Fund",
        "lantern fund",
        "Hong Kong",
    ]
    shown = msgspec.json.encode(list(unknown(texts * 3).values())).decode().casefold()
    for part in ("zephrina", "quillwort", "澤芙", "lantern fund", "hong"):
        assert part not in shown


def test_the_sentence_counts_terms_and_names_none_of_them() -> None:
    rows = [search(n, "Olga Tarkwa", minute=n) for n in range(1, 7)]
    result = determine(rows + everyday(), dict.fromkeys(range(1, 7), 0.9), WATCH)
    assert [one.term for one in result.targeting.unknown_terms] == ["Olga Tarkwa"]
    assert any("1 looks like the name of a person" in one.text for one in result.statements)
    assert not any("tarkwa" in one.text.casefold() for one in result.statements)


def test_thousands_of_searches_give_a_short_list() -> None:
    rows = [
        search(n, f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)} Abc{chr(97 + n % 7)}", minute=n % 60)
        for n in range(1, 600)
    ]
    result = determine(rows, dict.fromkeys(range(1, 600), 0.9), WATCH)
    assert 0 < len(result.targeting.unknown_terms) <= 40
