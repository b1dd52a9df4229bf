"""Where scope follows an intruder from what a rule matched; each link has a near miss that must not link."""

from __future__ import annotations

import pytest

from scope.logons import (
    OFFICE,
    REMOTE,
    SERVER,
    SYSMON,
    WORKSTATION,
    WORKSTATION_ADDRESS,
    Rule,
    judged,
    logon,
    moment,
    night,
    outward,
    owner_month,
    visit,
    windows,
)
from scope.months import VPS, Row
from support.events import event
from vigilia.model.profile import Organisation, Profile


def test_a_match_makes_the_session_theirs_and_not_the_owners_days() -> None:
    rows = night()
    _, theirs = judged(owner_month() + rows, rows[1:2])
    assert theirs == rows


def test_no_match_no_intruder_however_late_the_hour() -> None:
    scope, theirs = judged(owner_month() + night(), [])
    assert theirs == []
    assert scope.intrusion.verdict == "none-found"


def test_a_network_logon_from_the_intruders_machine_is_followed() -> None:
    rows, onward = night(), visit(9, 2.7, SERVER, "cleo", "0xfee", "3", WORKSTATION_ADDRESS)
    _, theirs = judged(owner_month() + rows + onward, rows[1:2])
    assert theirs == rows + onward


@pytest.mark.parametrize(
    ("hour", "address"), [(5.5, WORKSTATION_ADDRESS), (2.7, "10.0.0.99")], ids=["after it ended", "from elsewhere"]
)
def test_a_network_logon_at_another_time_or_from_another_machine_is_not(hour: float, address: str) -> None:
    rows, onward = night(), visit(9, hour, SERVER, "cleo", "0xfee", "3", address)
    _, theirs = judged(owner_month() + rows + onward, rows[1:2])
    assert theirs == rows


def test_a_network_logon_while_the_owner_is_at_work_too_is_not_followed() -> None:
    rows = visit(9, 9.4, WORKSTATION, "cleo", "0xbad", "10", REMOTE)
    _, theirs = judged(owner_month() + rows, rows[1:2])
    assert [row for row in theirs if row["host.name"] == SERVER] == []


def test_a_colleagues_routine_from_the_same_machine_is_not_followed() -> None:
    """A backup job that comes from that machine every night stays the backup's, also in the intruder's night."""
    nightly = [row for day in range(20) for row in visit(day, 2.6, SERVER, "backup", f"0x3{day:03x}", "3", "10.0.0.37")]
    rows = night()
    _, theirs = judged(owner_month() + nightly + rows, rows[1:2])
    assert theirs == rows


def test_an_account_never_seen_from_there_is_followed() -> None:
    nightly = [row for day in range(20) for row in visit(day, 3, SERVER, "backup", f"0x3{day:03x}", "3", "10.0.0.21")]
    rows, once = night(), visit(9, 2.6, SERVER, "backup", "0xfee", "3", WORKSTATION_ADDRESS)
    rules: list[Rule] = [("share-read", "high", once[1:2], ""), ("odd-tool", "medium", once[1:2], "")]
    _, theirs = judged(owner_month() + nightly + rows + once, [*rows[1:2]], OFFICE)
    assert [row for row in theirs if row in nightly] == []
    _, theirs = judged(owner_month() + nightly + rows + once, [*rows[1:2]], OFFICE, rules)
    assert theirs == rows + once


def test_events_without_a_session_belong_to_the_accounts_only_open_one() -> None:
    rows = night()
    script = windows("4104", moment(9, 2.8), WORKSTATION, "cleo", script__text="dir", provider="PowerShell")
    later = windows("4104", moment(9, 9.8), WORKSTATION, "cleo", script__text="dir", provider="PowerShell")
    _, theirs = judged([*owner_month(), *rows, script, later], rows[1:2])
    assert script in theirs
    assert later not in theirs


def test_an_event_without_a_session_while_two_are_open_belongs_to_neither() -> None:
    rows = visit(9, 9.4, WORKSTATION, "cleo", "0xbad", "10", REMOTE)
    script = windows("4104", moment(9, 9.9), WORKSTATION, "cleo", script__text="dir", provider="PowerShell")
    _, theirs = judged([*owner_month(), *rows, script], rows[1:2])
    assert script not in theirs


def test_the_address_of_an_own_connection_is_not_where_the_actor_is() -> None:
    rows = night()
    beacon = outward(9, 2.9)
    scope, theirs = judged([*owner_month(), *rows, beacon], rows[1:2])
    assert beacon in theirs
    assert scope.intrusion.addresses == []


def _started(at: str, guid: str, parent: str, session: str | None = None, account: str | None = "SYSTEM") -> Row:
    return windows(
        "1",
        at,
        WORKSTATION,
        account,
        session,
        provider=SYSMON,
        process__entity_id=guid,
        process__parent__entity_id=parent,
        process__command_line="x.exe",
    )


def test_what_a_matched_system_program_starts_is_theirs_and_its_siblings_are_not() -> None:
    service = _started(moment(9, 2.1), "{a}", "{services}", "0x3e7")
    child, grandchild = _started(moment(9, 2.2), "{b}", "{a}", "0x3e7"), _started(moment(9, 2.3), "{c}", "{b}", "0x3e7")
    sibling = _started(moment(9, 2.2), "{d}", "{services}", "0x3e7")
    _, theirs = judged([*owner_month(), service, child, grandchild, sibling], [service])
    assert theirs == [service, child, grandchild]


def test_a_program_started_in_another_session_leads_there() -> None:
    rows = [*night(), _started(moment(9, 2.2), "{p}", "{q}", "0xbad", "cleo")]
    child = _started(moment(9, 2.3), "{r}", "{p}", "0xadd", "admin")
    other = _started(moment(9, 2.3), "{s}", "{t}", "0xaff", "admin")
    _, theirs = judged([*owner_month(), *rows, child, other], rows[1:2])
    assert child in theirs
    assert other not in theirs


def test_credentials_entered_in_their_session_lead_to_the_logon_with_them() -> None:
    rows = night()
    used = windows(
        "4648",
        moment(9, 2.2),
        WORKSTATION,
        "cleo",
        "0xbad",
        user__target__name="admin",
        fields={"TargetServerName": "fs1.example.org"},
    )
    entered, later = logon(9, 2.205, SERVER, "admin", "0xadd", "3"), logon(9, 2.5, SERVER, "admin", "0xaff", "3")
    _, theirs = judged([*owner_month(), *rows, used, entered, later], rows[1:2])
    assert entered in theirs
    assert later not in theirs


def test_removed_traces_count_on_a_machine_where_the_intruder_was() -> None:
    routine = [row for day in range(20) for row in visit(day, 3, SERVER, "backup", f"0x3{day:03x}", "3", "10.0.0.21")]
    rows, onward = night(), visit(9, 2.7, SERVER, "cleo", "0xfee", "3", WORKSTATION_ADDRESS)
    cleared = windows("1102", moment(7, 3.4), SERVER, "backup", "0xc1ea")
    profile = Profile(organisation=Organisation(working_hours="09:00-17:30", service_accounts=["backup"]))
    rule: list[Rule] = [("log-cleared", "high", [cleared], "T1070.001")]
    _, theirs = judged([*owner_month(), *routine, *rows, *onward, cleared], rows[1:2], profile, rule)
    assert cleared in theirs
    assert [row for row in theirs if row in routine] == []
    scope, theirs = judged([*owner_month(), *routine, cleared], [], profile, rule)
    assert scope.intrusion.verdict == "none-found"


def test_failed_logons_are_no_session_of_the_intruders() -> None:
    tries = [
        windows("4625", moment(9, 2 + n / 100), SERVER, name, source__ip="10.0.0.77")
        for n, name in enumerate(("cleo", "ada", "ben", "dan"))
    ]
    scope, theirs = judged(owner_month() + tries, tries)
    assert theirs == []
    assert scope.intrusion.verdict != "intrusion"


def test_host_names_with_and_without_domain_are_one_machine() -> None:
    rows = night()
    short = windows("4688", moment(9, 2.9), "WS7", "cleo", "0xbad", process__command_line="whoami")
    _, theirs = judged([*owner_month(), *rows, short], rows[1:2])
    assert short in theirs


def _ssh(pid: int, at: str, action: str, **columns: object) -> Row:
    return event(
        vigilia__source="linux.syslog",
        event__action=action,
        event__provider="sshd",
        process__pid=str(pid),
        user__name="deploy",
        host__name="web1",
        at=at,
        **columns,
    )


def _sudo(at: str) -> Row:
    return event(
        vigilia__source="linux.syslog",
        event__action="sudo",
        event__provider="sudo",
        user__name="deploy",
        host__name="web1",
        process__command_line="cat /etc/shadow",
        at=at,
    )


def test_an_ssh_connection_lends_its_address_to_its_lines_and_to_sudo_within_it() -> None:
    theirs = [
        _ssh(700, moment(1, 2), "accepted", source__ip=VPS),
        _ssh(700, moment(1, 2), "session-opened"),
        _sudo(moment(1, 2.2)),
        _ssh(700, moment(1, 3), "session-closed"),
    ]
    own = [
        _ssh(700, moment(1, 9), "accepted", source__ip="10.0.0.31"),
        _ssh(700, moment(1, 9), "session-opened"),
        _sudo(moment(1, 9.2)),
        _ssh(700, moment(1, 10), "session-closed"),
        _sudo(moment(1, 12)),
    ]
    _, found = judged([*theirs, *own], theirs[2:3])
    assert found == theirs


def _web(at: str, path: str, address: str = VPS) -> Row:
    return event(
        vigilia__source="web.access",
        event__action="GET",
        url__original=path,
        source__ip=address,
        http__response__status_code=200,
        at=at,
    )


def _command(serial: int, at: str, command: str) -> Row:
    fields = {"type": "EXECVE", "audit_id": f"1:{serial}", "syscall.uid": "33"}
    return event(
        vigilia__source="linux.auditd", event__action="EXECVE", process__command_line=command, fields=fields, at=at
    )


def test_a_command_of_the_web_server_in_the_second_of_a_web_shell_request_is_theirs() -> None:
    requests = [_web(moment(day, 2), "/uploads/a.php?x=id") for day in (1, 2, 3)]
    commands = [_command(day, moment(day, 2), "id") for day in (1, 2, 3)]
    jobs = [_command(10 + day, moment(day, 4), "php cron.php") for day in range(8)]
    visitor = [_web(moment(day, 4), "/index.html", "198.51.100.4") for day in range(8)]
    rules: list[Rule] = [("upload-script", "high", requests, ""), ("web-account-command", "high", commands[:1], "")]
    scope, theirs = judged([*requests, *commands, *jobs, *visitor], [], OFFICE, rules)
    assert theirs == requests + commands
    assert "www-data" in [one.value for one in scope.intrusion.accounts]


def test_a_timeline_reads_in_steps_with_tactics() -> None:
    rows, onward = night(), visit(9, 2.7, SERVER, "cleo", "0xfee", "3", WORKSTATION_ADDRESS)
    scope, _ = judged(owner_month() + rows + onward, rows[1:2])
    tactics = {one.tactic for one in scope.timeline}
    assert "lateral-movement" in tactics
    assert len(scope.timeline) <= 40
    assert sum(one.events for one in scope.timeline) == len(rows + onward)
    assert not any("(s)" in one.text for one in scope.timeline)
    assert "Signing in and out" in tactics
    assert "" not in tactics
