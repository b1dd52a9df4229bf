from __future__ import annotations

from typing import Any

from support.events import event
from support.searching import Row, determine, search
from vigilia.model.profile import WatchedPerson, WatchList

WATCH = WatchList(
    person=[
        WatchedPerson(id="P1", name="Zephrina Quillwort"),
        WatchedPerson(id="P2", name="Ottoline Brackenfeld"),
        WatchedPerson(id="P3", name="Casimir Thornapple"),
    ]
)
SESSION: dict[str, Any] = {"session__id": "s-1", "source__ip": "203.0.113.7"}


def opened(record: int, minute: int, place: str, **columns: Any) -> Row:
    columns = {"event__action": "FileAccessed", "event__category": "file", **SESSION, **columns}
    return event(
        record,
        at=f"2026-03-01T00:{minute:02d}:30+00:00",
        user__name="ada@example.org",
        vigilia__objects=[place],
        **columns,
    )


def test_who_was_searched_for_and_then_opened_comes_first() -> None:
    rows = [
        search(1, "Zephrina Quillwort", **SESSION),
        search(2, "Zephrina Quillwort passport", minute=1, **SESSION),
        search(3, "Ottoline Brackenfeld", minute=20, **SESSION),
        opened(4, 21, "sharepoint:https://x.example/a.docx"),
        opened(5, 22, "sharepoint:https://x.example/a.docx"),
        opened(6, 23, "sharepoint:https://x.example/b.docx"),
        search(7, "Casimir Thornapple", minute=50, **SESSION),
    ]
    found = determine(rows, dict.fromkeys(range(1, 8), 0.9), WATCH).targeting.to_warn
    assert [(one.order, one.id, one.searches, one.opened_after, one.opened) for one in found] == [
        (1, "P2", 1, 1, 2),
        (2, "P1", 2, 0, 0),
        (3, "P3", 1, 0, 0),
    ]
    assert [one.rpartition(":")[2] for one in found[0].event_ids] == ["3", "4", "5", "6"]


def test_opened_counts_only_the_intruders_reads_in_the_same_session_within_ten_minutes() -> None:
    rows = [
        search(1, "Zephrina Quillwort", **SESSION),
        opened(2, 30, "sharepoint:https://x.example/late.docx"),
        opened(3, 5, "sharepoint:https://x.example/elsewhere.docx", session__id="s-2"),
        opened(4, 5, "sharepoint:https://x.example/owner.docx"),
        opened(5, 5, "mailbox:ada@example.org", event__action="Send", event__category="email"),
        opened(6, 5, "sharepoint:https://x.example/failed.docx", event__outcome="failure"),
    ]
    (person,) = determine(rows, dict.fromkeys([1, 2, 3, 5, 6], 0.9), WATCH).targeting.to_warn
    assert (person.opened_after, person.opened) == (0, 0)


def test_messages_are_counted_one_by_one_and_for_the_latest_search_alone() -> None:
    fields = {"Folders.FolderItems.InternetMessageId": ["<1@x.example>", "<2@x.example>", "<3@x.example>"]}
    mail = {"event__action": "MailItemsAccessed", "event__category": "email", "fields": fields}
    rows = [
        search(1, "Zephrina Quillwort", **SESSION),
        search(2, "Ottoline Brackenfeld", minute=2, **SESSION),
        opened(3, 3, "mailbox:ada@example.org", **mail),
    ]
    found = {one.id: one for one in determine(rows, dict.fromkeys([1, 2, 3], 0.9), WATCH).targeting.to_warn}
    assert (found["P2"].opened, found["P1"].opened) == (3, 0)


def test_a_misspelt_name_is_less_certain_and_the_sentence_says_so() -> None:
    rows = [search(1, "Zephrina Quillwotr"), search(2, "Ottoline Brackenfeld", minute=9)]
    result = determine(rows, {1: 0.9, 2: 0.9}, WATCH)
    found = {one.id: (one.order, one.certainty, one.uncertain) for one in result.targeting.to_warn}
    assert found == {"P2": (1, "exact", 0), "P1": (2, "typo", 1)}
    (sentence,) = [one.text for one in result.statements if one.text.startswith("Watched person P1")]
    assert sentence.endswith("The name was never written in full or as listed: somebody else may be meant.")
