from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.result import SearchAct, Strength, TopicCount
from vigilia.targeting.comparison.concentration import concentrate
from vigilia.targeting.headline import headline_text

HK = TopicCount(
    id="place:HK",
    label="Hong Kong",
    intruder_count=0,
    baseline_count=0,
    log_odds=3.0,
    interval=(1.0, 5.0),
    first_time="",
    last_time="",
    languages=[],
    event_ids=[],
)


def act(*topics: str) -> SearchAct:
    return SearchAct(
        time="",
        source="m365.audit",
        actor="ada",
        raw="",
        decoded="",
        how=[],
        languages=[],
        topics=list(topics),
        persons=[],
        intruder_probability=0.9,
        event_id="00000000deadbeef:1",
    )


def counts(acts: list[SearchAct]) -> list[TopicCount]:
    names = sorted({name for one in acts for name in one.topics})
    return [
        msgspec.structs.replace(
            HK,
            id=name,
            label={"place:HK": "Hong Kong"}.get(name, name),
            intruder_count=sum(name in one.topics for one in acts),
            interval=(1.0, 5.0) if name == "place:HK" else (-1.0, 3.0),
            baseline_count=0 if name == "place:HK" else 50,
        )
        for name in names
    ]


@pytest.mark.parametrize(
    ("about", "other", "unnamed", "strength"),
    [
        (0, 0, 0, "none"),
        (0, 0, 5, "none"),
        (3, 0, 1, "too-few"),
        (4, 0, 0, "too-few"),
        (11, 0, 0, "mostly"),  # all of them, but too few to exclude that every fourth is about something else
        (15, 0, 0, "almost-solely"),
        (16, 0, 0, "solely"),
        (60, 0, 0, "solely"),
        (55, 1, 4, "almost-solely"),
        (55, 5, 0, "mostly"),
        (59, 2, 5, "almost-solely"),
        (12, 6, 2, "among-others"),
        (15, 5, 0, "mostly"),
        (10, 40, 0, "among-others"),
    ],
)
def test_words_are_only_as_strong_as_the_counts(about: int, other: int, unnamed: int, strength: Strength) -> None:
    acts = [*[act("place:HK")] * about, *[act("kind:staff")] * other, *[act()] * unnamed]
    found = concentrate(acts, counts(acts), [])
    assert found.strength == strength
    if about:
        assert (found.about, found.elsewhere, found.unnamed) == (about, other, unnamed)


@given(st.integers(0, 80), st.integers(0, 80), st.integers(0, 80))
def test_solely_is_never_said_where_another_topic_was_searched_for(about: int, other: int, unnamed: int) -> None:
    acts = [*[act("place:HK")] * about, *[act("kind:staff")] * other, *[act()] * unnamed]
    found = concentrate(acts, counts(acts), [])
    text = headline_text(found, counts(acts), unlogged=False)
    assert found.about + found.elsewhere + found.unnamed == found.searches == len(acts)
    if "and solely related" in text or "were solely related" in text:
        assert found.elsewhere == found.unnamed == 0
    if found.strength in ("solely", "almost-solely"):
        assert found.interval[0] >= 0.75


def test_the_sentence_reads_like_what_investigators_say() -> None:
    acts = [act("place:HK")] * 40
    text = headline_text(concentrate(acts, counts(acts), []), counts(acts), unlogged=False)
    assert text == (
        "The searches that are likely the intruder's were specifically and solely related to Hong Kong: 40 of 40 "
        "(95 % interval of that share: 91-100 %)."
    )


def test_the_sentence_says_where_searches_were_not_recorded() -> None:
    acts = [act("place:HK")] * 40
    text = headline_text(concentrate(acts, counts(acts), []), counts(acts), unlogged=True)
    assert text.endswith("Not every search was recorded: see the limits.")
