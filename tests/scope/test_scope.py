from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scope.months import (
    EGRESS,
    STAFF,
    VICTIM,
    VPS,
    Row,
    day_time,
    finding,
    intruder_days,
    mail,
    numbered,
    staff_month,
)
from support.events import event, events_table
from vigilia.model.matches import LEVELS, Finding
from vigilia.model.profile import KnownActivity, Organisation, Profile
from vigilia.scope.containment import load_steps
from vigilia.scope.scope import Scope, determine_scope
from vigilia.scope.weights import load_weights
from vigilia.store.event_store import EventStore


def run(rows: list[Row], findings: list[Finding], profile: Profile | None = None) -> tuple[Scope, dict[str, float]]:
    store = EventStore.from_table(events_table(rows))
    scope = determine_scope(store, findings, profile or Profile())
    table = store.rows('SELECT "event.id" AS id, probability FROM intruder_events ORDER BY id')
    return scope, {str(row["id"]): float(str(row["probability"])) for row in table}


@pytest.fixture(scope="module")
def incident() -> tuple[list[Row], list[Finding]]:
    rows = numbered(staff_month() + intruder_days(range(3, 25, 3)))
    theirs = [row for row in rows if row["source.ip"] == VPS]
    rule = [row for row in theirs if row["event.action"] == "New-InboxRule"]
    script = [row for row in theirs if row["event.action"] == "UserLoggedIn"]
    return rows, [
        finding("inbox-rule-that-hides", "high", rule, "T1564.008"),
        finding("sign-in-by-script", "high", script),
        finding("mail-read-at-night", "medium", theirs[:40]),
        finding("somebody-read-mail", "low", rows),
    ]


def test_a_compromised_account_splits_into_its_owners_events_and_the_intruders(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    rows, findings = incident
    scope, events = run(rows, findings)
    theirs = {row["event.id"] for row in rows if row["source.ip"] == VPS}
    likely = {event for event, probability in events.items() if probability >= 0.5}
    assert scope.intrusion.verdict == "intrusion"
    assert likely == theirs
    assert [one.value for one in scope.intrusion.accounts if one.probability >= 0.5] == [VICTIM]
    assert [one.value for one in scope.intrusion.addresses if one.probability >= 0.5] == [VPS]
    (application,) = scope.intrusion.applications
    assert (application.value, application.events) == ("axios/1.7", len(theirs))
    assert scope.intrusion.first_seen == "2026-03-05T02:00:00.000000Z"
    assert scope.intrusion.dwell_days == pytest.approx(21.01, abs=0.02)


def test_a_second_account_used_from_the_intruders_address_is_found_without_any_match(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    rows, findings = incident
    quiet = [mail("ada@example.org", VPS, day_time(10, 3, minute), agent="axios/1.7") for minute in range(6)]
    for number, row in enumerate(quiet, 90000):
        row["vigilia.record"], row["event.id"] = number, f"{row['vigilia.item']}:{number}"
    scope, events = run(rows + quiet, findings)
    assert all(events[row["event.id"]] >= 0.5 for row in quiet)
    ada = next(one for one in scope.intrusion.accounts if one.value == "ada@example.org")
    assert any("same outside address" in reason.text for reason in ada.reasons)


def test_an_account_counts_dates_and_cites_only_what_is_more_likely_the_intruders_than_its_owners() -> None:
    """Here the owner's own visits from home are at 0.2 and more, before the intruder's first day and after the last."""
    home = "198.51.100.144"
    visits = [mail(VICTIM, home, day_time(day, 20), agent="Client=OWA") for day in (1, 8, 26)]
    rows = numbered(staff_month() + intruder_days(range(3, 25, 3)) + visits)
    theirs = [row["event.id"] for row in rows if row["source.ip"] == VPS]
    own = [row["event.id"] for row in rows if row["source.ip"] == home]
    hits = [row for row in rows if row["source.ip"] == VPS]
    seen_at_home = [row for row in rows if row["source.ip"] == home]
    scope, events = run(
        rows,
        [
            finding("inbox-rule", "critical", hits),
            finding("script", "high", hits),
            finding("odd-client", "high", seen_at_home),
            finding("odd-hour", "low", seen_at_home),
        ],
    )
    assert all(0.2 <= events[one] < 0.5 for one in own)
    account = next(one for one in scope.intrusion.accounts if one.value == VICTIM)
    assert account.events == len(theirs)
    assert (account.first_seen[:10], account.last_seen[:10]) == ("2026-03-05", "2026-03-26")
    assert set(account.event_ids) <= set(theirs)
    unsure = next(one for one in scope.intrusion.addresses if one.value == home)
    assert unsure.events == len(own)


def test_every_sentence_and_step_rests_on_events_that_exist(incident: tuple[list[Row], list[Finding]]) -> None:
    rows, findings = incident
    scope, _ = run(rows, findings)
    known = {row["event.id"] for row in rows}
    cited = [event for one in scope.statements for event in one.event_ids]
    cited += [event for one in scope.containment for event in one.event_ids]
    cited += [event for one in scope.timeline for event in one.event_ids]
    assert cited
    assert set(cited) <= known
    assert [one.id for one in scope.statements] == [f"scope-{n}" for n in range(1, len(scope.statements) + 1)]
    assert {one.question for one in scope.statements} == {"who-was-in", "what-was-theirs", "what-now"}


def test_containment_preserves_first_blocks_last_and_names_what_was_found(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    scope, _ = run(*incident)
    steps = [one.what for one in scope.containment]
    assert steps[0].startswith("Preserve the evidence")
    assert any("Revoke all sessions" in step and VICTIM in step for step in steps)
    assert any("inbox rules" in step for step in steps)
    assert VPS in steps[-1]
    assert not any("web shell" in step for step in steps)
    assert [one.order for one in scope.containment] == list(range(1, len(steps) + 1))


def test_the_answer_says_since_when_until_when_and_how_long_with_its_term_once(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    scope, _ = run(*incident)
    said = [one for one in scope.statements if one.question == "who-was-in"]
    assert said[0].text == (
        "It is almost certain (95-99 %) that somebody was in, at least from 5 March to 26 March 2026: 21 days."
        " They may still have access: no record says that every way back is closed."
    )
    limits = [one for one in said if one.weight == "caveat"]
    assert limits[0].text == "The records begin on 2 March 2026; the intruder may have been in before that."
    assert limits[1].text.startswith("Examined were Microsoft 365 audit records (from 2 March to 27 March 2026).")
    assert len(limits) == 2


def test_what_was_theirs_reads_as_sentences(incident: tuple[list[Row], list[Finding]]) -> None:
    scope, _ = run(*incident)
    said = [one for one in scope.statements if one.question == "what-was-theirs"]
    account = next(one.text for one in said if f"the account {VICTIM}" in one.text)
    assert account.startswith("It is almost certain (95-99 %) that the intruder used the account cleo@example.org: ")
    assert ", because " in account
    assert said[-1].text.startswith("A person whose account is listed is most likely a victim: ")


def test_every_statement_rests_on_records(incident: tuple[list[Row], list[Finding]]) -> None:
    """Only the reminder about victims rests on none: it is no claim about this evidence."""
    scope, _ = run(*incident)
    assert [one.text[:10] for one in scope.statements if not one.event_ids] == ["A person w"]


def test_services_have_no_password_to_reset_but_secrets_to_replace() -> None:
    rows = numbered(staff_month() + intruder_days(range(3, 25, 3)) + intruder_days(range(4, 20, 3), "www-data"))
    theirs = [row for row in rows if row["source.ip"] == VPS]
    scope, _ = run(rows, [finding("inbox-rule-that-hides", "critical", theirs), finding("script", "high", theirs)])
    steps = [one.what for one in scope.containment]
    assert f"Reset the password and the second sign-in methods of {VICTIM}" in steps
    assert "Replace every key and secret that www-data could read" in steps


def test_a_noisy_month_without_an_intruder_ends_in_none_found() -> None:
    """Rules that fire on everybody, on routine and at low levels do not make an intrusion."""
    rows = numbered(staff_month())
    backup = [row for row in rows if row["user.name"] == STAFF[0] and row["source.ip"] == EGRESS]
    travel = [row for row in rows if row["source.ip"] == "198.51.100.23"]
    scope, events = run(
        rows,
        [
            finding("everything", "medium", rows),
            finding("mass-access", "high", backup),
            finding("each-morning", "high", rows[::6]),
            finding("new-place", "medium", travel),
            finding("odd-client", "low", travel[:3]),
        ],
    )
    assert scope.intrusion.verdict == "none-found"
    assert not [one for one, probability in events.items() if probability >= 0.5]
    text = " ".join(one.text for one in scope.statements)
    assert "No account, address or machine is more likely than not the intruder’s in these records." in text
    assert "victim" not in text
    assert "does not mean that nobody was in" in text
    assert "Have somebody look at these all the same: “mass access” (high" in text
    assert "Microsoft 365 audit records" in text
    assert "you are safe" not in text.lower()
    assert scope.containment == []


def test_serious_findings_that_are_not_the_intruders_are_named_beside_an_intrusion(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    rows, findings = incident
    cleared = [row for row in rows if row["user.name"] == STAFF[0]][:1]
    scope, _ = run(rows, [*findings, finding("log-cleared", "high", cleared), finding("odd", "medium", cleared)])
    assert scope.intrusion.verdict == "intrusion"
    said = next(one for one in scope.statements if one.text.startswith("Have somebody look"))
    assert said.text == "Have somebody look at these too: “log cleared” (high, once)."
    assert (said.question, said.weight) == ("who-was-in", "caveat")
    assert said.event_ids == [row["event.id"] for row in cleared]


def test_of_a_finding_that_is_partly_the_intruders_only_the_rest_is_named(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    rows, findings = incident
    theirs = [row for row in rows if row["source.ip"] == VPS][:4]
    others = [row for row in rows if row["user.name"] == STAFF[0]][:2]
    scope, _ = run(rows, [*findings, finding("log-cleared", "critical", [*theirs, *others])])
    said = next(one for one in scope.statements if one.text.startswith("Have somebody look"))
    assert said.text == "Have somebody look at these too: “log cleared” (critical, 2 times)."
    assert said.event_ids == [row["event.id"] for row in others]


def test_serious_findings_without_an_intruder_give_one_thing_to_check_tonight() -> None:
    rows = numbered(staff_month())
    once = [row for row in rows if row["user.name"] == STAFF[0]][:1]
    scope, _ = run(rows, [finding("log-cleared", "high", once)])
    assert scope.intrusion.verdict == "none-found"
    said = next(one for one in scope.statements if one.question == "what-now")
    assert (said.weight, said.text) == ("headline", "One thing to check tonight: “log cleared” (high, once).")
    assert said.event_ids == [once[0]["event.id"]]


def test_nothing_at_all_says_so() -> None:
    scope, events = run([], [])
    assert scope.intrusion.verdict == "none-found"
    assert events == {}
    assert scope.statements[0].text == (
        "No record could be read, so nothing can be said. Give the folder that holds the logs."
    )
    assert [one.weight for one in scope.statements] == ["headline"] * 3


def test_failed_attempts_from_outside_are_not_being_in() -> None:
    tries = [
        mail(name, VPS, day_time(4, 1, n), action="UserLoginFailed", outcome="failure") for n, name in enumerate(STAFF)
    ]
    rows = numbered(staff_month() + tries)
    failed = [row for row in rows if row["source.ip"] == VPS]
    scope, _ = run(rows, [finding("password-spray", "high", failed), finding("many-failures", "medium", failed)])
    assert scope.intrusion.verdict == "none-found"


def test_declared_travel_weighs_against_suspicion() -> None:
    trip = intruder_days([10, 11], account="ben@example.org")
    rows = numbered(staff_month() + trip)
    hits = [row for row in rows if row["source.ip"] == VPS]
    findings = [finding("new-country", "high", hits), finding("odd-client", "medium", hits)]
    known = KnownActivity(
        what="conference", who=["ben@example.org"], from_=dt.date(2026, 3, 11), to=dt.date(2026, 3, 14)
    )
    plain, _ = run(rows, findings)
    declared, _ = run(rows, findings, Profile(known_activity=[known]))
    assert declared.intrusion.verdict == "none-found"
    assert declared.intrusion.probability < plain.intrusion.probability


def test_an_intruder_on_the_offices_own_address_taints_a_session_not_the_staff() -> None:
    rows = numbered(staff_month() + intruder_days([12], address=EGRESS))
    theirs = [row for row in rows if row["session.id"] == "stolen-0"]
    findings = [
        finding("inbox-rule-that-hides", "critical", theirs[-1:]),
        finding("script-client", "critical", theirs[:1]),
        finding("mail-read-at-night", "high", theirs),
    ]
    scope, events = run(rows, findings, Profile(organisation=Organisation(egress=[EGRESS])))
    assert {one for one, probability in events.items() if probability >= 0.2} == {row["event.id"] for row in theirs}
    assert scope.intrusion.addresses == []


def test_audit_records_of_one_call_and_session_share_account_and_address() -> None:
    def audit(record: int, action: str, at: str, **columns: str) -> Row:
        fields = {"type": action, "audit_id": f"1:{record // 2}"}
        return event(record, vigilia__source="linux.auditd", event__action=action, at=at, fields=fields, **columns)

    rows = [
        audit(2, "USER_LOGIN", day_time(1, 2), user__name="deploy", source__ip=VPS, session__id="web1:ses7"),
        audit(4, "SYSCALL", day_time(1, 2, 1), user__name="1001", session__id="web1:ses7", host__name="web1"),
        audit(5, "EXECVE", day_time(1, 2, 1), process__command_line="tar czf /tmp/.x /srv", host__name="web1"),
        audit(8, "EXECVE", day_time(1, 9, 1), process__command_line="ls", host__name="web1"),
    ]
    findings = [finding("staging", "critical", rows[2:3]), finding("login-from-afar", "critical", rows[:1])]
    scope, events = run(rows, findings)
    assert {one for one, probability in events.items() if probability >= 0.5} == {row["event.id"] for row in rows[:3]}
    assert [one.value for one in scope.intrusion.accounts] == ["deploy"]
    assert [one.value for one in scope.intrusion.sessions] == ["web1:ses7"]


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_and_findings_changes_nothing(shuffle: object) -> None:
    rows = numbered(staff_month(10) + intruder_days([3, 5]))
    theirs = [row for row in rows if row["source.ip"] == VPS]
    findings = [finding("b-rule", "high", theirs), finding("a-rule", "high", theirs[:3]), finding("c", "low", rows)]
    expected = run(rows, findings)
    shuffle.shuffle(rows)  # type: ignore[attr-defined] # hypothesis's random.Random
    shuffle.shuffle(findings)  # type: ignore[attr-defined] # the same
    assert run(rows, findings) == expected


def test_an_account_of_the_same_name_elsewhere_is_judged_apart_but_not_alone(
    incident: tuple[list[Row], list[Finding]],
) -> None:
    rows, findings = incident

    def with_console(name: str) -> float:
        extra = event(
            95000,
            vigilia__source="windows",
            at=day_time(9, 11),
            user__name=name,
            host__name="ws1",
            session__id="ws1:0x51",
        )
        odd = [finding("odd-script", "high", [extra]), finding("odd-archive", "medium", [extra])]
        _, events = run([*rows, extra], [*findings, *odd])
        return events.get(extra["event.id"], 0.0)

    assert with_console("cleo") > 1.5 * with_console("gus")
    assert with_console("cleo") < 0.5


def test_the_table_of_steps_is_complete_and_starts_with_the_evidence() -> None:
    steps = load_steps()
    assert steps[0].id == "preserve"
    assert len({step.id for step in steps}) == len(steps)
    assert all(step.what and step.why and step.how for step in steps)


def test_every_weight_says_why() -> None:
    weights = load_weights()
    assert all(one.why for one in weights.weights.values())
    assert {f"level-{level}" for level in LEVELS} <= weights.weights.keys()
