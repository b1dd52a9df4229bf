"""A rule that forwards goes on by itself: mail leaves until it is taken away, not until the intruder's last sign."""

from __future__ import annotations

import msgspec
import pyarrow as pa
import pytest

from support.assessed import at, intrusion
from support.events import event, events_table
from vigilia.impact.assessment import ImpactResult, assess_impact
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Gap, Impact, Persistence
from vigilia.store.event_store import EventStore

_MAIL = DataClass(id="mail", label="Ada's mail", where=["mailbox:ada@example.org"])
# Between the making and the intruder's last sign, so that there is a slice after the one of the making.
_HOLE = Gap(
    id="gap-1", source="m365.audit", entity="", kind="missing", start="2026-01-25T03:00:00.000000Z",
    end="2026-01-25T05:00:00.000000Z", basis="test", consequence="", hidden=1.0,
)  # fmt: skip


def _assessed(*, known: bool = True, removed: str = "") -> ImpactResult:
    where = "mailbox:bo@example.org"
    everyday = [
        event(0, at=at(day), event__action="MailItemsAccessed", event__provider="Exchange", vigilia__objects=[where])
        for day in range(60)
    ]
    rule = event(
        0, at=at(23), event__action="New-InboxRule", event__provider="Exchange", user__name="ada@example.org",
        fields={"Parameters.ForwardTo": "x@example.net"},
    )  # fmt: skip
    table = events_table([*everyday, rule])
    made = table["event.id"].to_pylist()[-1]
    thing = Persistence(
        kind="inbox-rule", value=".", place="ada@example.org", account="ada@example.org",
        state="removed" if removed else "there", probability=0.95, made="2026-01-24T10:00:00.000000Z", removed=removed,
        statement="", event_ids=[made],
    )  # fmt: skip
    seen = msgspec.structs.replace(intrusion(), persistence=[thing] if known else [])
    with EventStore.from_table(table) as store:
        store.register("intruder_events", pa.table({"event.id": [made], "probability": [0.95]}))
        return assess_impact(store, [], [_HOLE], seen, Profile(data=[_MAIL]))


def _forwarding(result: ImpactResult) -> list[Impact]:
    return [row for row in result.impact if row.channel == "mail-forwarding"]


def test_mail_leaves_from_the_making_of_a_rule_and_still_as_far_as_the_records_go() -> None:
    result = _assessed()
    assert [row.level for row in _forwarding(result)] == ["E1", "E1", "E1"]
    said = {row.statement for row in _forwarding(result)}
    assert len(said) == 1, "what is true of every slice is said once"
    assert "since 24 January 2026, and still, as far as the records go" in said.pop()
    assert "mail still leaves" in result.statements[0].text


@pytest.mark.parametrize(("removed", "levels"), [("2026-01-28", ["E1"] * 3), ("2026-01-25", ["E1", "E4", "E4"])])
def test_a_rule_that_was_taken_away_forwards_until_then(removed: str, levels: list[str]) -> None:
    result = _assessed(removed=f"{removed}T01:00:00.000000Z")
    assert [row.level for row in _forwarding(result)] == levels
    until = f"from 24 January to {int(removed[-2:])} January 2026, when it was taken away"
    assert until in _forwarding(result)[0].statement
    assert "still" not in result.statements[0].text


def test_a_record_that_is_not_known_to_last_counts_where_it_stands() -> None:
    rows = _forwarding(_assessed(known=False))
    assert [row.level for row in rows] == ["E1", "E4", "E4"]
    assert "on 24 January 2026" in rows[0].statement
