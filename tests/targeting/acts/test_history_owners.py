"""A shell's history names nobody: the account in whose folder it lay is taken for its owner, and no other folder is."""

from __future__ import annotations

import pytest

from support.events import event, events_table
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.scope.activity import load_hits
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.found_acts import find_searches
from vigilia.targeting.acts.history_owners import history_owners


def _item(path: str, *, source: str = "linux.history", original: str = "") -> EvidenceItem:
    return EvidenceItem(
        item="a" * 16, path=path, sha256="", bytes=1, status="read", source=source, original_path=original
    )


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("web1/home/ivy/.bash_history", "ivy"),
        ("home/ivy/.zsh_history", "ivy"),
        ("uac.zip!/[root]/home/Ivy/.bash_history", "ivy"),
        ("web1/root/.bash_history", "root"),
        (
            "ws1/C/Users/Ivy/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt",
            "ivy",
        ),
    ],
)
def test_the_owner_is_the_account_of_the_folder(path: str, owner: str) -> None:
    assert history_owners([_item(path)]) == {"a" * 16: owner}


def test_the_path_that_the_collector_tells_goes_first() -> None:
    original = "C:\\Users\\Ivy\\AppData\\ConsoleHost_history.txt"
    assert history_owners([_item("home/case/x.txt", source="windows.history", original=original)]) == {"a" * 16: "ivy"}


@pytest.mark.parametrize("path", ["ivy.bash_history", "evidence/ivy/.bash_history", "c/Users/Public/x_history.txt"])
def test_no_owner_is_made_up(path: str) -> None:
    assert history_owners([_item(path)]) == {}


def test_only_histories_have_an_owner_by_folder_and_only_one() -> None:
    assert history_owners([_item("home/ivy/auth.log", source="linux.syslog")]) == {}
    assert history_owners([_item("home/ivy/.bash_history"), _item("home/ada/.bash_history")]) == {}


@pytest.mark.parametrize(("recorded", "actor"), [(None, "ivy"), ("ada", "ada")])
def test_the_owner_is_the_actor_where_the_record_names_none(recorded: str | None, actor: str) -> None:
    row = event(1, vigilia__source="linux.history", process__command_line="grep -r lhasa /srv", user__name=recorded)
    with EventStore.from_table(events_table([row])) as store:
        load_hits(store, [], Profile())
        (act,) = find_searches(store, {str(row["vigilia.item"]): "ivy"}).acts
    assert act.actor == actor
