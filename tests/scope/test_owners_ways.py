"""What the owner does where, when and with what they always work weighs less than the same from elsewhere."""

from __future__ import annotations

import pytest

from scope.months import EGRESS, STAFF, VICTIM, Row, day_time, finding, mail, numbered, staff_month
from support.events import events_table
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.scope import determine_scope
from vigilia.store.event_store import EventStore

_PROFILE = Profile(organisation=Organisation(working_hours="08:00-18:00", egress=[EGRESS]))
_OWN = "Client=OutlookService"


def _probability(hour: int, agent: str) -> float:
    """Two high rules and a medium one match in one session from the office."""
    deed = [
        mail(VICTIM, EGRESS, day_time(9, hour, minute), action="SearchExported", session="s-9", agent=agent)
        for minute in range(3)
    ]
    rows: list[Row] = numbered([*staff_month(), *deed])
    hits = [row for row in rows if row["event.action"] == "SearchExported"]
    findings = [finding("export", "high", hits), finding("forwards", "high", hits), finding("rule", "medium", hits)]
    scope = determine_scope(EventStore.from_table(events_table(rows)), findings, _PROFILE)
    assert {one.value for one in scope.intrusion.accounts if one.probability >= 0.5} <= set(STAFF)
    return scope.intrusion.probability


def test_the_owners_way_of_working_speaks_for_the_owner() -> None:
    assert _probability(11, _OWN) < 0.5


@pytest.mark.parametrize(("hour", "agent"), [(3, _OWN), (11, "axios/1.7")], ids=["at night", "another program"])
def test_where_one_part_of_it_is_strange_it_excuses_nothing(hour: int, agent: str) -> None:
    assert _probability(hour, agent) > 4 * _probability(11, _OWN)
