"""What holds a search is looked at as far as memory allows, and what is not looked at is counted."""

import pytest

from support.events import event, events_table
from vigilia.model.profile import Profile
from vigilia.scope.activity import load_hits
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.found_acts import FoundActs, find_searches


def _found(texts: list[str]) -> FoundActs:
    rows = [
        event(
            number,
            at=f"2026-03-02T10:{number:02}:00+00:00",
            vigilia__source="windows",
            host__name="WS1.example.org",
            process__command_line=text,
        )
        for number, text in enumerate(texts, 1)
    ]
    with EventStore.from_table(events_table(rows)) as store:
        load_hits(store, [], Profile())
        return find_searches(store)


def test_a_command_longer_than_is_looked_at_is_counted() -> None:
    found = _found(["findstr donors list.txt " + "x" * 70_000, "findstr members list.txt"])
    assert (found.cut, found.not_examined, len(found.acts)) == (1, 0, 2)


def test_many_long_commands_cost_no_more_than_the_memory_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilia.targeting.acts.found_acts._CHARACTERS_AT_MOST", 100)
    found = _found([f"findstr donors{number} list.txt" for number in range(9)])
    assert (len(found.acts), found.not_examined) == (4, 5)


def test_a_command_that_takes_its_terms_from_a_file_is_told_once() -> None:
    found = _found(["findstr /s /g:names.txt *.docx", "findstr /s /g:names.txt *.docx", "findstr lhasa a.txt"])
    assert ([act.terms for act in found.acts], found.in_files, found.trivial) == ([("lhasa",)], 1, 0)


def test_every_statement_of_a_long_script_is_looked_at() -> None:
    (act,) = _found(["echo a;" * 5000 + "findstr donors list.txt"]).acts
    assert act.terms == ("donors",)


def test_the_signs_of_a_parameter_may_be_encoded_in_the_address() -> None:
    address = "/jsonapi/people?page%5Blimit%5D=5&filter%5Bname%5D=Quillwort"
    rows = [event(1, at="2026-03-02T10:01:00+00:00", vigilia__source="web.access", url__original=address)]
    with EventStore.from_table(events_table(rows)) as store:
        load_hits(store, [], Profile())
        (act,) = find_searches(store).acts
    assert act.terms == ("Quillwort",)
