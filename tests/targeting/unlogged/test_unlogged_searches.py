"""Where searches leave no record is told from the records: mailbox by mailbox, machine by machine, day by day."""

from __future__ import annotations

from typing import Any

import pytest

from support.events import event, events_table
from vigilia.normalize.mapping import mapping_sources
from vigilia.store.event_store import EventStore
from vigilia.targeting.unlogged.mailbox_logging import unlogged_mailboxes
from vigilia.targeting.unlogged.source_logging import load_search_logging, unlogged_in_sources
from vigilia.targeting.unlogged.unlogged_searches import Unlogged

Row = dict[str, Any]

ADA, BEN = "ada@lanternfold.example", "ben@lanternfold.example"
ACTIONS = "Update;MoveToDeletedItems;MailItemsAccessed;SearchQueryInitiated"


def mail(record: int, mailbox: str, day: int, action: str = "MailItemsAccessed", **columns: Any) -> Row:
    return event(
        record,
        at=f"2026-03-{day:02}T10:{record % 60:02}:00+00:00",
        event__action=action,
        event__provider="Exchange",
        user__name=mailbox,
        **columns,
    )


def switch(record: int, mailbox: str, day: int, command: str = "Set-Mailbox", **parameters: str) -> Row:
    fields = {f"Parameters.{name}": value for name, value in parameters.items()} | {"ObjectId": mailbox}
    return mail(record, "admin@lanternfold.example", day, command, fields=fields)


def mailboxes(*rows: Row) -> list[tuple[str, str, str]]:
    """Return entity, first and last day of what is found."""
    with EventStore.from_table(events_table(rows)) as store:
        return [(one.entity, one.start[5:10], one.end[5:10]) for one in unlogged_mailboxes(store)]


def sources(*rows: Row) -> list[Unlogged]:
    with EventStore.from_table(events_table(rows)) as store:
        return unlogged_in_sources(store)


def test_without_any_search_record_the_whole_log_is_silent_once() -> None:
    assert mailboxes(mail(1, ADA, 1), mail(2, BEN, 9)) == [("", "03-01", "03-09")]


def test_a_mailbox_that_was_left_out_when_others_were_switched_on_is_named() -> None:
    rows = [mail(1, ADA, 1), mail(2, BEN, 1), switch(3, ADA, 4, AuditOwner=ACTIONS), mail(4, BEN, 9)]
    assert mailboxes(*rows) == [(ADA, "03-01", "03-04"), (BEN, "03-01", "03-09")]


def test_a_search_that_is_recorded_before_the_switch_shows_that_it_was_on() -> None:
    rows = [mail(1, ADA, 1, "SearchQueryInitiatedExchange"), switch(2, ADA, 4, AuditOwner=ACTIONS), mail(3, ADA, 9)]
    assert mailboxes(*rows) == []


def test_mailboxes_that_were_switched_on_in_one_go_share_the_earliest_moment() -> None:
    rows = [mail(1, ADA, 1), mail(2, BEN, 1)]
    rows += [switch(3, ADA, 4, AuditOwner=ACTIONS), switch(4, BEN, 4, AuditOwner=ACTIONS)]
    with EventStore.from_table(events_table(rows)) as store:
        found = unlogged_mailboxes(store)
    assert {one.end for one in found} == {"2026-03-04T10:03:00.000000Z"}
    assert [one.event_ids for one in found] == [("00000000deadbeef:3",), ("00000000deadbeef:4",)]


@pytest.mark.parametrize(
    ("off", "on"),
    [
        ({"AuditEnabled": "False"}, {"AuditEnabled": "True"}),
        ({"AuditOwner": "Remove: SearchQueryInitiated"}, {"AuditOwner": "Add: SearchQueryInitiated"}),
        ({"DefaultAuditSet": "Owner"}, {"AuditOwner": ACTIONS}),
    ],
)
def test_somebody_switched_it_off_and_on_again(off: dict[str, str], on: dict[str, str]) -> None:
    searched = mail(1, ADA, 1, "SearchQueryInitiatedExchange")
    rows = [searched, switch(2, ADA, 4, **off), switch(3, ADA, 6, **on), mail(4, ADA, 9)]
    assert mailboxes(*rows) == [(ADA, "03-04", "03-06")]
    assert mailboxes(*rows[:2], rows[3]) == [(ADA, "03-04", "")]


def test_an_account_that_bypasses_auditing_is_not_recorded_from_then_on() -> None:
    bypass = switch(2, ADA, 4, "Set-MailboxAuditBypassAssociation", AuditBypassEnabled="True")
    assert mailboxes(mail(1, ADA, 1, "SearchQueryInitiatedExchange"), bypass) == [(ADA, "03-04", "")]


def test_a_shared_mailbox_is_searched_by_others_and_not_missed() -> None:
    shared = mail(3, ADA, 2, vigilia__objects=["mailbox:cases@lanternfold.example"])
    rows = [mail(1, ADA, 1, "SearchQueryInitiatedExchange"), switch(2, ADA, 1, AuditOwner=ACTIONS), shared]
    assert mailboxes(*rows) == []


def windows(record: int, day: int, code: str, provider: str = "Security", **columns: Any) -> Row:
    return event(
        record,
        at=f"2026-03-{day:02}T10:{record % 60:02}:00+00:00",
        vigilia__source="windows",
        event__code=code,
        event__action=code,
        event__provider=provider,
        host__name="FS01",
        **columns,
    )


def test_program_starts_without_command_lines_are_found_day_by_day() -> None:
    with_line = {"process__command_line": "whoami"}
    rows = [windows(1, 1, "4688", **with_line), windows(2, 2, "4688"), windows(3, 3, "4688"), windows(4, 5, "4688")]
    rows += [windows(5, 6, "4688", **with_line), windows(6, 7, "4688")]
    found = [(one.id, one.entity, one.start[5:10], one.end[5:10]) for one in sources(*rows)]
    assert found == [("command-lines", "fs01", "03-02", "03-05"), ("command-lines", "fs01", "03-07", "03-07")]


def test_a_machine_that_records_no_program_starts_is_named_once_it_says_enough() -> None:
    logons = [windows(number, 1 + number // 10, "4624") for number in range(1, 31)]
    assert [(one.id, one.entity) for one in sources(*logons)] == [("program-starts", "fs01")]
    assert sources(*logons[:5]) == []
    sysmon = windows(99, 2, "1", "Microsoft-Windows-Sysmon/Operational", process__command_line="whoami")
    assert sources(*logons, sysmon) == []


def test_a_web_log_without_query_strings_is_found() -> None:
    rows = [
        event(number, at="2026-03-01T10:00:00+00:00", vigilia__source="web.access", url__original=f"/page/{number}")
        for number in range(1, 502)
    ]
    assert [one.id for one in sources(*rows)] == ["web-queries"]
    rows[7]["url.original"] = "/?s=tibet"
    assert sources(*rows) == []


def test_a_source_that_never_records_searches_says_so() -> None:
    row = event(1, at="2026-03-01T10:00:00+00:00", vigilia__source="google.workspace", event__provider="drive")
    (found,) = sources(row)
    assert (found.id, found.start) == ("google-searches", "2026-03-01T10:00:00.000000Z")
    assert found.basis.startswith("Google keeps no record")


def test_the_table_names_sources_that_exist() -> None:
    known = mapping_sources()
    for row in load_search_logging().logging:
        assert row.source in known or any(one.startswith(row.source) for one in known if row.source.endswith("."))
        assert not row.basis.endswith(".")
