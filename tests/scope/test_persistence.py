"""Whether access may persist: what the intruder made to come back, and whether a record says that it is gone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scope.logons import WORKSTATION, Rule, judged, moment, night, owner_month, windows
from scope.months import STAFF, VICTIM, VPS, Row, day_time, finding, intruder_days, numbered, staff_month
from support.events import event, events_table
from vigilia.model.profile import Profile
from vigilia.model.result import Persistence
from vigilia.scope.persistence import PERSISTENCE_AT_MOST, load_means
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

ADMIN = STAFF[0]


def cloud(action: str, day: int, account: str = VICTIM, address: str = VPS, **more: object) -> Row:
    return event(
        at=day_time(day, 2, 40),
        event__action=action,
        event__outcome="success",
        user__name=account,
        source__ip=address,
        user__target__name=more.get("target"),
        user_agent__original="axios/1.7" if address == VPS else None,
        fields=more.get("fields", {}),
    )


def scope_of(extra: Sequence[Row]) -> Scope:
    """Judge a month with an intruder at night and these records besides; what came from their address is matched."""
    rows = numbered([*staff_month(), *intruder_days(range(3, 9), VICTIM), *extra])
    theirs = [row for row in rows if row["source.ip"] == VPS]
    findings = [finding("bad", "critical", theirs), finding("bad-too", "high", theirs)]
    return determine_scope(EventStore.from_table(events_table(rows)), findings, Profile())


def of_kind(scope: Scope, kind: str) -> list[Persistence]:
    return [one for one in scope.intrusion.persistence if one.kind == kind and one.value]


CASES = [
    ("consent", "Consent to application.", "Remove delegated permission grant.", {"ObjectId": "Mail Desk"}, None),
    (
        "delegate",
        "Add-MailboxPermission",
        "Remove-MailboxPermission",
        {"Parameters.Identity": "board"},
        "b@x.example",
    ),
    ("account", "Add user.", "Delete user.", {}, "helpdesk2@example.org"),
    ("role", "Add member to role.", "Remove member from role.", {}, "helpdesk2@example.org"),
    ("sharing-link", "AnonymousLinkCreated", "AnonymousLinkRemoved", {"ObjectId": "https://s.example/List.xlsx"}, None),
]


@pytest.mark.parametrize(("kind", "made", "removed", "fields", "target"), CASES)
def test_what_was_made_is_there_until_a_later_record_of_the_same_thing_removes_it(
    kind: str, made: str, removed: str, fields: dict[str, str], target: str | None
) -> None:
    """A removal before the making, or of another thing, changes nothing."""
    making = cloud(made, 5, fields=fields, target=target)
    other = dict.fromkeys(fields, "another")
    elsewhere = cloud(removed, 9, ADMIN, "192.0.2.10", fields=other, target="somebody@example.org")
    before = cloud(removed, 4, ADMIN, "192.0.2.10", fields=fields, target=target)
    (thing,) = of_kind(scope_of([making, elsewhere, before]), kind)
    assert thing.state == "there"
    assert thing.made == "2026-03-07T02:40:00.000000Z"
    assert "30 March 2026" not in thing.statement
    assert "27 March 2026" in thing.statement, "the last record of that log"

    removing = cloud(removed, 10, ADMIN, "192.0.2.10", fields=fields, target=target)
    (gone,) = of_kind(scope_of([cloud(made, 5, fields=fields, target=target), removing]), kind)
    assert (gone.state, gone.removed) == ("removed", "2026-03-12T02:40:00.000000Z")
    assert len(gone.event_ids) == 2


def test_an_inbox_rule_is_gone_when_removed_under_the_mailboxes_name_too() -> None:
    named = {"Parameters.Name": ".."}
    removal = cloud("Remove-InboxRule", 9, VICTIM, "192.0.2.10", fields={"Parameters.Identity": "cleo\\.."})
    (rule,) = of_kind(scope_of([cloud("New-InboxRule", 5, fields=named), removal]), "inbox-rule")
    assert rule.state == "removed"
    assert rule.place == VICTIM


@pytest.mark.parametrize(
    ("kind", "action", "fields", "value", "state"),
    [
        (
            "forwarding",
            "email_forwarding_out_of_domain",
            {"email_forwarding_destination_address": "z@x.example"},
            "z@x.example",
            "unknown",
        ),
        ("forwarding", "CREATE_EMAIL_MONITOR", {"EMAIL_MONITOR_DEST_EMAIL": "z@x.example"}, "z@x.example", "there"),
        ("consent", "AUTHORIZE_API_CLIENT_ACCESS", {"API_CLIENT_NAME": "1234"}, "1234", "there"),
        (
            "sharing-link",
            "change_document_visibility",
            {"visibility": "people_with_link", "doc_title": "List"},
            "List",
            "unknown",
        ),
        (
            "role",
            "SetupAuditTrail",
            {"Action": "PermSetAssign", "Display": "Export: to Noor"},
            "Export: to Noor",
            "unknown",
        ),
        ("role", "Add-RoleGroupMember", {}, "", "there"),
        ("sign-in-method", "Add device.", {"ObjectId": "tablet"}, "tablet", "there"),
        ("forwarding", "CreateFlow", {"FlowDetailsUrl": "https://flow.example/1"}, "https://flow.example/1", "there"),
    ],
)
def test_ways_back_of_each_service_are_known(
    kind: str, action: str, fields: dict[str, str], value: str, state: str
) -> None:
    scope = scope_of([cloud(action, 5, fields=fields)])
    (thing,) = [one for one in scope.intrusion.persistence if one.kind == kind]
    assert (thing.value, thing.state) == (value, state)


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("change_document_visibility", {"visibility": "private", "doc_title": "List"}),
        ("SetupAuditTrail", {"Action": "changedApexClass", "Display": "Changed Sync"}),
    ],
)
def test_of_records_that_say_many_things_only_some_are_ways_back(action: str, fields: dict[str, str]) -> None:
    plain = {one.kind for one in scope_of([]).intrusion.persistence}
    assert {one.kind for one in scope_of([cloud(action, 5, fields=fields)]).intrusion.persistence} == plain


def test_the_new_way_to_sign_in_is_that_of_whoever_made_it() -> None:
    (method,) = [
        one for one in scope_of([cloud("2sv_enroll", 5)]).intrusion.persistence if one.kind == "sign-in-method"
    ]
    assert method.place == VICTIM
    assert f"in {VICTIM} was made" in method.statement


def test_a_password_set_for_another_account_is_known_to_whoever_set_it() -> None:
    change = windows(
        "4724", moment(9, 2.2), WORKSTATION, "cleo", "0xbad", user__target__name="helpdesk", fields={"x": "y"}
    )
    seeds = [*night(), change]
    scope, _ = judged([*owner_month(), *seeds], seeds)
    (password,) = [one for one in scope.intrusion.persistence if one.kind == "sign-in-method"]
    assert (password.value, password.state) == ("helpdesk", "unknown")


def test_a_login_or_a_setting_of_many_meanings_is_nothing_that_lasts_by_itself() -> None:
    lasting = {action for means in load_means() if means.lasts for action in means.made}
    assert not lasting & {"accepted", "SetupAuditTrail", "change_document_visibility", "4724"}
    assert "New-InboxRule" in lasting


def test_a_rule_of_the_owners_is_not_the_intruders_way_back() -> None:
    own = cloud("New-InboxRule", 5, VICTIM, "192.0.2.10", fields={"Parameters.Name": "newsletters"})
    assert of_kind(scope_of([own]), "inbox-rule") == []


def test_what_failed_was_not_made_and_a_change_without_forwarding_is_no_forwarding() -> None:
    quota = cloud("Set-Mailbox", 5, fields={"Parameters.Identity": VICTIM, "Parameters.ProhibitSendQuota": "9"})
    onward = cloud(
        "Set-Mailbox", 6, fields={"Parameters.Identity": VICTIM, "Parameters.ForwardingSmtpAddress": "z@x.example"}
    )
    failed = cloud(
        "Set-Mailbox", 7, fields={"Parameters.Identity": VICTIM, "Parameters.ForwardingSmtpAddress": "y@x.example"}
    )
    failed["event.outcome"] = "failure"
    found = of_kind(scope_of([quota, onward, failed]), "forwarding")
    assert [(one.value, one.state) for one in found] == [("z@x.example", "unknown")]


def test_the_sign_ins_of_a_used_account_cannot_be_known_until_they_are_revoked_after_the_last_use() -> None:
    early = cloud("Reset user password.", 4, ADMIN, "192.0.2.10", target=VICTIM)
    (session,) = of_kind(scope_of([early]), "session")
    assert (session.value, session.state) == (VICTIM, "unknown")
    late = cloud("Reset user password.", 12, ADMIN, "192.0.2.10", target=VICTIM)
    (session,) = of_kind(scope_of([early, late]), "session")
    assert (session.state, session.removed[:10]) == ("removed", "2026-03-14")


def test_tasks_and_services_made_in_the_intruders_session_are_named_with_their_machine() -> None:
    task = windows("4698", moment(9, 2.2), WORKSTATION, "cleo", "0xbad", fields={"TaskName": "\\Sync"})
    service = windows("7045", moment(9, 2.3), WORKSTATION, "cleo", "0xbad", fields={"ServiceName": "upd"})
    seeds = [*night(), task, service]
    none: list[Rule] = []
    scope, _ = judged([*owner_month(), *seeds], seeds, extra=none)
    found = {one.kind: one for one in scope.intrusion.persistence if one.value}
    assert (found["scheduled-task"].value, found["scheduled-task"].state) == ("\\Sync", "there")
    assert (found["service"].value, found["service"].state) == ("upd", "unknown")
    assert found["service"].place == "ws7"


def test_the_headline_and_the_steps_of_tonight_say_what_is_still_there_by_name() -> None:
    scope = scope_of([cloud("Consent to application.", 5, fields={"ObjectId": "Mail Desk"})])
    headline = next(one for one in scope.statements if one.weight == "headline")
    assert "may still have access" in headline.text
    assert any("“Mail Desk”" in one.text and one.event_ids for one in scope.statements)
    assert any("“Mail Desk”" in one.what for one in scope.containment)


def test_what_is_known_to_be_gone_needs_no_step_tonight() -> None:
    fields = {"ObjectId": "Mail Desk"}
    removal = cloud("Remove service principal.", 10, ADMIN, "192.0.2.10", fields=fields)
    scope = scope_of([cloud("Consent to application.", 5, fields=fields), removal])
    assert not any("Mail Desk" in one.what for one in scope.containment)


def test_the_list_is_bounded_and_what_is_still_there_comes_first() -> None:
    links = [cloud("AnonymousLinkCreated", 5, fields={"ObjectId": f"https://s.example/{n}"}) for n in range(150)]
    found = scope_of(links).intrusion.persistence
    assert len(found) == PERSISTENCE_AT_MOST
    order = ["there", "unknown", "removed"]
    assert [order.index(one.state) for one in found] == sorted(order.index(one.state) for one in found)


def test_every_means_of_the_table_says_how_it_is_known_to_be_gone_or_why_not() -> None:
    for means in load_means():
        assert bool(means.removed) != bool(means.untold), means.kind
        assert means.made or means.techniques, means.kind
