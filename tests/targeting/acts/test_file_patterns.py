"""Opening files that share a term amounts to a search only where chance, habit and copying do not explain it."""

from __future__ import annotations

from typing import Any

import pytest

from support.events import event, events_table
from vigilia.model.profile import Profile
from vigilia.scope.activity import load_hits
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.act import Act
from vigilia.targeting.acts.file_patterns import find_file_patterns

Row = dict[str, Any]

FOLDERS = ["Cases/2024", "Cases/2025", "Drafts", "Archive/Box 3", "Board"]
HONG_KONG = [f"{folder}/{name}" for folder, name in zip(FOLDERS, ["Hong Kong visa.docx", "Hong Kong donors.xlsx",
    "notes hong kong.txt", "Hong_Kong-2019.pdf", "minutes Hong Kong.docx"], strict=True)]  # fmt: skip


def opened(paths: list[str], *, actor: str = "ada@example.org", hour: int = 10, start: int = 1) -> list[Row]:
    return [
        event(
            start + number,
            at=f"2026-03-02T{hour:02}:{number // 60:02}:{number % 60:02}+00:00",
            event__action="FileAccessed",
            user__name=actor,
            file__path=path,
        )
        for number, path in enumerate(paths)
    ]


def acts(*rows: Row) -> list[Act]:
    with EventStore.from_table(events_table(rows)) as store:
        load_hits(store, [], Profile())
        return find_file_patterns(store).acts


def test_openings_that_are_too_few_to_be_a_search_were_examined() -> None:
    other = opened(["Rota/a.docx", "Rota/b.docx"], actor="ben@example.org", start=50)
    with EventStore.from_table(events_table([*opened(HONG_KONG), *other])) as store:
        load_hits(store, [], Profile())
        found = find_file_patterns(store)
    assert (len(found.acts), found.not_examined) == (1, 0)


def test_openings_beyond_the_bound_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilia.targeting.acts.file_patterns._OPENED_AT_MOST", 4)
    with EventStore.from_table(events_table(opened(HONG_KONG))) as store:
        load_hits(store, [], Profile())
        assert find_file_patterns(store).not_examined == 1


def test_names_that_share_a_term_in_many_folders_are_one_act() -> None:
    (act,) = acts(*opened(HONG_KONG))
    assert (act.kind, act.terms, act.actor) == ("files", ("hong kong",), "ada@example.org")
    assert (act.event_id[-2:], len(act.same_act)) == (":1", 4)
    assert act.raw.startswith("Cases/2024/Hong Kong visa.docx; ")


def test_characters_without_spaces_are_put_together_again() -> None:
    names = ["香港人.docx", "關於香港人的報告.pdf", "香港人名單.xlsx", "香港人 2019.txt", "訪問香港人.docx"]
    (act,) = acts(*opened([f"{folder}/{name}" for folder, name in zip(FOLDERS, names, strict=True)]))
    assert act.terms == ("香港人",)


def test_whoever_opens_one_folder_does_not_search() -> None:
    assert acts(*opened([f"Hong Kong/{path.rpartition('/')[2]}" for path in HONG_KONG])) == []


def test_four_files_are_too_few_and_so_are_five_among_many_others() -> None:
    assert acts(*opened(HONG_KONG[:4])) == []
    assert acts(*opened([*HONG_KONG, *(f"Rota/{letter}.docx" for letter in "abcdefghij")])) == []


def test_files_that_were_opened_over_hours_are_no_act() -> None:
    rows = [row for number, path in enumerate(HONG_KONG) for row in opened([path], hour=10 + number, start=1 + number)]
    assert acts(*rows) == []


def test_a_word_that_everybody_opens_is_habit() -> None:
    habit = [f"Team {number}/report {'xyz'[number % 3] * 4} {number}.docx" for number in range(20)]
    ben = [
        opened([path], actor="ben@example.org", hour=number, start=100 + number) for number, path in enumerate(habit)
    ]
    mine = [f"{folder}/report {folder[:3]}{number}.docx" for number, folder in enumerate(FOLDERS)]
    assert acts(*(row for rows in ben for row in rows), *opened(mine)) == []
    assert [act.terms for act in acts(*opened(mine))] == [("report",)]


def test_copying_everything_is_no_search() -> None:
    paths = [f"Folder {number}/Hong Kong {'abcdefghij'[number % 10]} {number}.docx" for number in range(501)]
    assert acts(*opened(paths)) == []


def test_the_order_of_records_changes_nothing() -> None:
    rows = opened(HONG_KONG)
    assert acts(*rows) == acts(*reversed(rows))
