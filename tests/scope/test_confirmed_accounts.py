"""An account that a person confirmed has the records that it has, also where nothing about it is unusual."""

from __future__ import annotations

import pytest

from scope.months import EGRESS, STAFF, Row, day_time, mail, numbered, staff_month
from support.events import events_table
from vigilia.model.marks import Mark
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_PROFILE = Profile(organisation=Organisation(domains=["example.org"], egress=[EGRESS]))
_SHORT_LIVED = "relay-3@example.org"


def _confirmed(account: str) -> tuple[Scope, dict[str, float], list[Row]]:
    rows = [*staff_month(), *(mail(_SHORT_LIVED, "198.18.46.9", day_time(20, 3, n)) for n in range(7))]
    numbered(rows)
    store = EventStore.from_table(events_table(rows))
    mark = Mark(verdict="confirmed", kind="account", value=account, why="the owner says so")
    scope = determine_scope(store, [], _PROFILE, [mark])
    found = store.rows('SELECT "event.id" AS id, probability FROM intruder_events')
    chances = {str(row["id"]): float(str(row["probability"])) for row in found}
    return scope, chances, [row for row in rows if row["user.name"] == account]


def test_all_records_of_an_account_without_an_everyday_are_theirs() -> None:
    scope, chances, mine = _confirmed(_SHORT_LIVED)
    assert {row["event.id"] for row in mine} == {one for one, chance in chances.items() if chance >= 0.5}
    assert [(one.value, one.events) for one in scope.intrusion.accounts] == [(_SHORT_LIVED, 7)]


@pytest.mark.parametrize("account", [STAFF[0], STAFF[1]])
def test_of_an_account_at_its_everyday_work_every_record_is_possible_and_none_more(account: str) -> None:
    scope, chances, mine = _confirmed(account)
    assert set(chances) == {row["event.id"] for row in mine}
    assert all(0.2 <= chance < 0.5 for chance in chances.values())
    (told,) = scope.intrusion.accounts
    assert (told.value, told.probability, told.events) == (account, 0.99, len(mine))


def test_an_account_without_records_is_listed_with_none() -> None:
    scope, chances, _ = _confirmed("nobody@example.org")
    assert chances == {}
    assert [(one.value, one.events) for one in scope.intrusion.accounts] == [("nobody@example.org", 0)]
