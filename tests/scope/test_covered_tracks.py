"""Removing traces never pays: the verdict over what is left is not lower than over what was there."""

from __future__ import annotations

import msgspec
import pytest

from scope.logons import OFFICE, SERVER, SYSMON, Rule, judged, moment, owner_month, visit, windows
from scope.months import Row
from vigilia.model.profile import KnownActivity, Profile
from vigilia.scope.scope import Scope

_CONSOLE = "10.0.0.21"


def _worked(day: int, hour: float, session: str, account: str = "adm-eve") -> list[Row]:
    """Somebody at the server by remote desktop: Sysmon and the Security log each record what they do."""
    logged_on, program, logged_off = visit(day, hour, SERVER, account, session, "10", _CONSOLE)
    packed = windows("1", moment(day, hour + 0.5), SERVER, account, session, provider=SYSMON,
                     process__command_line="rar.exe a -hpx -v90m x.rar E:\\Intake")  # fmt: skip
    sent = windows("1", moment(day, hour + 0.7), SERVER, account, session, provider=SYSMON,
                   process__command_line="megacmd.exe put x.rar")  # fmt: skip
    return [logged_on, program, packed, sent, logged_off]


def _cleared(day: int, hour: float, session: str, account: str = "adm-eve") -> Row:
    return windows("1102", moment(day, hour), SERVER, account, session)


def _rules(work: list[Row], clearing: list[Row]) -> list[Rule]:
    found: list[Rule] = [
        ("archive-in-parts", "medium", work[2:3], "T1560.001"),
        ("copied-to-storage", "medium", work[3:4], "T1567.002"),
    ]
    if clearing:
        found.append(("log-cleared", "high", clearing, "T1070.001"))
    return found


def _without_security_log(rows: list[Row], before: str) -> list[Row]:
    return [
        row
        for row in rows
        if row["host.name"] != SERVER or row["event.provider"] != "Security" or row["@timestamp"] >= before
    ]


@pytest.mark.parametrize("account", ["adm-eve", "adm-fay"], ids=["the same account", "another account"])
def test_clearing_the_log_does_not_lower_the_verdict(account: str) -> None:
    work, clearing = _worked(9, 11, "0xbad1"), _cleared(11, 14, "0xbad2", account)
    begun = visit(11, 13.9, SERVER, account, "0xbad2", "10", _CONSOLE)[:1]
    whole = [*owner_month(), *work, *begun, clearing]
    left = _without_security_log(whole, clearing["@timestamp"])
    told = [judged(rows, [], OFFICE, _rules(work, [clearing]))[0].intrusion.probability for rows in (whole, left)]
    assert told[1] >= min(told[0], 0.8)


def test_what_rules_matched_before_the_clearing_is_the_intruders() -> None:
    work, clearing = _worked(9, 11, "0xbad1"), _cleared(11, 14, "0xbad2")
    left = _without_security_log([*owner_month(), *work, clearing], clearing["@timestamp"])
    scope, theirs = judged(left, [], OFFICE, _rules(work, [clearing]))
    assert scope.intrusion.verdict == "intrusion"
    assert theirs == [*work[2:4], clearing]
    reasons = {reason.text for one in scope.intrusion.sessions for reason in one.reasons}
    assert any("cleared afterwards" in text for text in reasons)


@pytest.mark.parametrize("day", [30, 8], ids=["three weeks later", "before"])
def test_matches_at_another_time_are_not_covered(day: int) -> None:
    work, clearing = _worked(9, 11, "0xbad1"), _cleared(day, 14, "0xbad2")
    _, theirs = judged([*owner_month(), *work, clearing], [], OFFICE, _rules(work, [clearing]))
    assert not [row for row in theirs if row in work]


def test_without_a_clearing_the_same_work_is_nobodys_fault() -> None:
    work = _worked(9, 11, "0xbad1")
    scope, _ = judged([*owner_month(), *work], [], OFFICE, _rules(work, []))
    assert scope.intrusion.verdict == "none-found"


def test_a_colleagues_quiet_session_before_the_clearing_stays_the_colleagues() -> None:
    work, clearing = _worked(9, 11, "0xbad1"), _cleared(11, 14, "0xbad2")
    colleague = _worked(10, 10, "0xca1", "dan")
    left = _without_security_log([*owner_month(), *work, *colleague, clearing], clearing["@timestamp"])
    _, theirs = judged(left, [], OFFICE, _rules(work, [clearing]))
    assert not [row for row in theirs if row["user.name"] == "dan"]


def _ticket(**other: object) -> Profile:
    stated = {
        "what": "change 7",
        "who": ["OFFICE\\adm-eve"],
        "where": ["FS1"],
        "from": "2026-03-13",
        "to": "2026-03-13",
    }
    return msgspec.structs.replace(OFFICE, known_activity=[msgspec.convert(stated | other, KnownActivity)])


def _told(profile: Profile) -> Scope:
    """An administrator's sessions on six days; on the last, other rules match too, and it clears the log."""
    rows = [
        row for day in (2, 3, 4, 7, 8, 11) for row in visit(day, 14, SERVER, "adm-eve", f"0xe{day:x}", "10", _CONSOLE)
    ]
    clearing = _cleared(11, 14.6, "0xeb")
    rules: list[Rule] = [(name, "high", [clearing], "T1059") for name in ("one", "two", "three")]
    return judged([*owner_month(), *rows, clearing], [], profile, rules)[0]


def test_a_ticket_excuses_one_session_of_the_account_and_the_report_names_it() -> None:
    assert _told(OFFICE).intrusion.verdict != "none-found"
    excused = _told(_ticket())
    assert excused.intrusion.verdict == "none-found"
    assert any("change 7" in f"{statement}" for statement in excused.statements)


@pytest.mark.parametrize(
    "other",
    [{"who": ["adm-fay"]}, {"where": ["WS7"]}, {"from": "2026-03-14", "to": "2026-03-15"}, {"who": []}],
    ids=["another account", "another machine", "another day", "nobody named"],
)
def test_a_ticket_excuses_nothing_else(other: dict[str, object]) -> None:
    assert _told(_ticket(**other)).intrusion.probability == _told(OFFICE).intrusion.probability


def test_a_log_that_was_cleared_from_the_usual_place_accuses_nobody_by_itself() -> None:
    rows = [row for day in (2, 3, 4, 7, 8) for row in visit(day, 14, SERVER, "adm-eve", f"0xe{day:x}", "10", _CONSOLE)]
    command = windows("4688", moment(11, 14), SERVER, "adm-eve", "0xeb", process__command_line="wevtutil cl Security")
    clearing = _cleared(11, 14.1, "0xeb")
    rules: list[Rule] = [
        ("command-that-clears", "high", [command], "T1070.001"),
        ("log-cleared", "high", [clearing], "T1070.001"),
    ]
    scope, _ = judged([*owner_month(), *rows, command, clearing], [], OFFICE, rules)
    assert scope.intrusion.verdict != "intrusion"
    assert not any("password" in step.what for step in scope.containment)
    assert "log-cleared" in " ".join(f"{statement}" for statement in scope.statements).lower().replace(" ", "-")


def test_a_ticket_does_not_excuse_what_covers_other_matches_of_the_account() -> None:
    work, clearing = _worked(9, 11, "0xbad1"), _cleared(11, 14, "0xbad2")
    rows, rules = [*owner_month(), *work, clearing], _rules(work, [clearing])
    plain = judged(rows, [], OFFICE, rules)[0].intrusion
    stated = judged(rows, [], _ticket(), rules)[0].intrusion
    assert (stated.verdict, stated.probability) == (plain.verdict, plain.probability)
