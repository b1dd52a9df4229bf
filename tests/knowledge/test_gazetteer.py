"""The gazetteer and the kinds of things: each word stands for one topic, in languages enough, and none is everyday."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain

import pytest

from vigilia.knowledge.ambiguity import load_ambiguity
from vigilia.knowledge.gazetteer import Entry, Terms, load_gazetteer
from vigilia.knowledge.inflections import load_inflections
from vigilia.knowledge.kinds import Kind, load_kinds
from vigilia.knowledge.places import load_places
from vigilia.targeting.terms.folding import fold

ENTRIES = load_gazetteer()
KINDS = load_kinds()
ALL: list[Entry | Kind] = [*ENTRIES, *KINDS]
BY_ID = {entry.id: entry for entry in ENTRIES}


def groups(one: Entry | Kind) -> tuple[Terms, ...]:
    if isinstance(one, Entry):
        return (one.terms, one.doubtful, one.given_names, one.as_written)
    return (one.terms, one.doubtful)


def above(topic: str) -> set[str]:
    found: set[str] = set()
    while topic in BY_ID and BY_ID[topic].parent and BY_ID[topic].parent not in found:
        topic = BY_ID[topic].parent
        found.add(topic)
    return found


def test_every_id_is_there_once() -> None:
    counts = Counter(one.id for one in ALL)
    assert [topic for topic, count in counts.items() if count > 1] == []


def test_countries_have_the_codes_of_the_iso() -> None:
    codes = {entry.id.removeprefix("place:") for entry in ENTRIES if entry.id.startswith("place:")}
    assert codes <= set(load_places())


def test_every_parent_is_an_entry_and_no_entry_lies_within_itself() -> None:
    assert {entry.parent for entry in ENTRIES if entry.parent} <= set(BY_ID)
    assert [entry.id for entry in ENTRIES if entry.id in above(entry.id)] == []
    assert [entry.id for entry in ENTRIES if entry.names_parent and not entry.parent] == []


def test_a_search_for_a_people_or_a_territory_is_none_for_the_state_that_rules_it() -> None:
    """What the words name is said by the table alone: Hong Kong lies within China and doesn't name it."""
    alone = ("place:HK", "place:TW", "topic:tibet", "topic:uyghurs", "topic:crimea", "topic:kurdistan", "place:EH")
    assert [topic for topic in alone if BY_ID[topic].names_parent] == []


def test_every_term_is_something_once_folded() -> None:
    empty = [
        (one.id, word)
        for one in ALL
        for words in chain.from_iterable(group.values() for group in groups(one))
        for word in words
        if len(fold(word)) < 2
    ]
    assert empty == []


def test_no_term_stands_for_two_topics_but_a_topic_and_its_parent() -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for one in ALL:
        for words in chain.from_iterable(group.values() for group in groups(one)):
            for word in words:
                owners[fold(word)].add(one.id)
    shared = {
        word: sorted(topics)
        for word, topics in owners.items()
        if len(topics) > 1 and not any(topics - {topic} <= above(topic) for topic in topics)
    }
    assert shared == {}


def test_no_term_is_both_sure_and_doubtful() -> None:
    both = {}
    for one in ALL:
        sure, *others = [{word.casefold() for words in group.values() for word in words} for group in groups(one)]
        both[one.id] = sorted(sure & set[str]().union(*others))
    assert {topic: words for topic, words in both.items() if words} == {}


def test_short_sure_words_are_names_that_somebody_chose() -> None:
    """Of Latin letters, a word of two is never sure, and one of three is an acronym."""
    short = {
        word
        for one in ALL
        for words in one.terms.values()
        for word in words
        if fold(word).isascii() and len(fold(word)) < 4 and word != word.upper()
    }
    assert short <= {"Çin", "pwd", "vcf", "Nga", "Qom", "UÇK"}
    assert not any(len(fold(word)) < 3 and fold(word).isascii() for word in short)


@pytest.mark.parametrize("topic", ["place:HK", "topic:uyghurs", "topic:tibet", "topic:kurdistan", "topic:rohingya"])
def test_what_is_searched_for_most_has_its_names_in_twenty_languages(topic: str) -> None:
    assert len(BY_ID[topic].terms) >= 20


@pytest.mark.parametrize("kind", [kind.id for kind in KINDS])
def test_every_kind_has_words_in_the_main_languages(kind: str) -> None:
    languages = next(one for one in KINDS if one.id == kind).terms
    assert {"en", "fr", "es", "de", "pt", "it", "nl", "ru", "uk", "tr", "ar", "fa", "zh", "ja", "ko", "vi"} <= set(
        languages
    )
    assert {"id", "hi", "ur", "my", "th", "sw", "am", "ug", "bo"} <= set(languages)


def test_the_gazetteer_is_as_wide_as_the_pages_say() -> None:
    assert len(ENTRIES) >= 240
    assert len({language for entry in ENTRIES for language in entry.terms}) >= 150


def test_rules_of_inflection_are_for_languages_that_the_tables_use() -> None:
    used = {language for one in ALL for group in groups(one) for language in group}
    assert set(load_inflections().language) <= used


def test_a_phrase_that_means_no_topic_is_itself_no_term() -> None:
    written = {
        fold(word)
        for one in ALL
        for words in chain.from_iterable(group.values() for group in groups(one))
        for word in words
    }
    phrases = {fold(phrase) for words in load_ambiguity().innocent_phrases.values() for phrase in words}
    assert phrases & written == set()
