"""Who holds a list of hashes finds the people in it, reads no name, and is told where the looking stopped."""

from __future__ import annotations

import pytest

from vigilia.model.errors import ProfileError
from vigilia.model.hashed_list import decode_hashed_list, encode_hashed_list
from vigilia.model.profile import WatchedPerson, WatchedTopic, WatchList
from vigilia.targeting.names import hashed_names
from vigilia.targeting.names.hashed_names import HashedNames, hash_watch_list
from vigilia.targeting.names.watched import uncompared_runs

WATCH = WatchList(
    topic=[WatchedTopic(id="case-7", label="the harbour case", terms=["harbour inquiry"])],
    person=[
        WatchedPerson(id="P1", name="Quillandra Vexmoore", aliases=["欧阳夕鸣"]),
        WatchedPerson(id="P2", name="สมหญิง ใจกล้า"),
    ],
)
SALT = bytes(range(16))
LISTED = hash_watch_list(WATCH, SALT, cost=2)
PEOPLE = HashedNames(LISTED, {one.id: one.whole for one in LISTED.person})


@pytest.mark.parametrize(
    ("text", "person", "found"),
    [
        ("minutes of Quillandra Vexmoore's hearing", "P1", "Quillandra Vexmoore"),
        ("VEXMOORE, quillandra", "P1", "VEXMOORE, quillandra"),
        ("quillandra.vexmoore@example.org", "P1", "quillandra.vexmoore"),
        ("find quillandravexmoore*", "P1", "quillandravexmoore"),
        ("采访欧阳夕鸣的记录", "P1", "欧阳夕鸣"),
        ("พบ สมหญิง ใจกล้า ที่ศาล", "P2", "สมหญิง ใจกล้า"),
    ],
)
def test_people_are_found_where_they_stand(text: str, person: str, found: str) -> None:
    (mention, *_) = PEOPLE.find(text)
    assert mention.target == person
    assert text[mention.start : mention.end] == found


@pytest.mark.parametrize("text", ["", "Quillandra alone", "欧阳", "harbour inquiry", "vexmoorequillandrax"])
def test_what_is_no_form_of_a_name_is_not_found(text: str) -> None:
    assert PEOPLE.find(text) == []


def test_topics_are_found_by_their_terms() -> None:
    topics = HashedNames(LISTED, {one.id: one.whole for one in LISTED.topic})
    assert [one.target for one in topics.find("the Harbour-Inquiry of May")] == ["case-7"]


def test_the_file_holds_no_name_and_comes_back_the_same() -> None:
    content = encode_hashed_list(LISTED)
    for name in ("Quillandra", "vexmoore", "欧阳", "harbour", "สมหญิง"):
        assert name.casefold().encode() not in content.lower()
    assert decode_hashed_list(content) == LISTED


def test_the_same_list_with_another_salt_shares_no_hash() -> None:
    other = hash_watch_list(WATCH, bytes(16), cost=2)
    assert not set(other.person[0].whole) & set(LISTED.person[0].whole)


def test_another_file_is_no_hashed_list_and_a_damaged_one_is_refused() -> None:
    assert decode_hashed_list(b"age-encryption.org/v1\n") is None
    with pytest.raises(ProfileError):
        decode_hashed_list(encode_hashed_list(LISTED).replace(b'"cost": 2', b'"cost": 3'))
    with pytest.raises(ProfileError):
        decode_hashed_list(encode_hashed_list(LISTED)[:-40])


def test_what_was_too_much_to_hash_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashed_names, "HASHES_AT_MOST", 3)
    names = HashedNames(LISTED, {one.id: one.whole for one in LISTED.person})
    names.find("one two three four five")
    assert names.unexamined == uncompared_runs(WatchList(hashes=LISTED)) > 0
