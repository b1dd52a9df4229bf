"""Root by sudo, other accounts by their password, and the keys that logged in: what the intruder took on the way."""

from __future__ import annotations

from scope.logons import SERVER, judged, moment, night, owner_month, windows
from scope.months import VPS, Row
from support.events import event
from vigilia.scope.scope import Scope

_KEY, _OWN = "SHA256:theirs", "SHA256:owners"


def _ssh(day: int, hour: float, action: str, address: str, key: str) -> Row:
    return event(
        vigilia__source="linux.syslog",
        event__action=action,
        event__provider="sshd",
        event__outcome="success",
        process__pid=str(700 + day),
        user__name="deploy",
        host__name="web1",
        source__ip=address,
        at=moment(day, hour),
        fields={"auth_method": "publickey", "key_fingerprint": key} if key else {"auth_method": "password"},
    )


def _sudo(day: int, hour: float, outcome: str = "success") -> Row:
    return event(
        vigilia__source="linux.syslog",
        event__action="sudo",
        event__provider="sudo",
        event__outcome=outcome,
        user__name="deploy",
        user__target__name="root",
        host__name="web1",
        process__command_line="/usr/bin/bash",
        at=moment(day, hour),
    )


def _server_month(key: str, outcome: str = "success") -> tuple[list[Row], list[Row]]:
    """The owner by day, and one night of somebody who logs in with a key and takes root."""
    own = [_ssh(day, 9, "accepted", "10.0.0.31", _OWN) for day in (0, 1, 2, 3, 4, 7, 8)]
    theirs = [_ssh(9, 2, "accepted", VPS, key), _sudo(9, 2.1, outcome)]
    return [*own, *theirs], theirs


def _titles(scope: Scope) -> str:
    return " ".join(one.what for one in scope.containment)


def test_root_taken_by_sudo_is_an_account_of_its_own_and_its_secrets_are_a_step() -> None:
    rows, theirs = _server_month(_KEY)
    scope, _ = judged(rows, theirs[:1])
    root = next(one for one in scope.intrusion.accounts if one.value == "root")
    assert root.probability >= 0.5
    assert root.event_ids == [theirs[1]["event.id"]]
    assert "by deploy on web1" in root.reasons[0].text
    assert "every key and secret that root could read" in _titles(scope)


def test_a_sudo_that_was_refused_took_nothing() -> None:
    rows, theirs = _server_month(_KEY, "failure")
    scope, _ = judged(rows, theirs[:1])
    assert "root" not in {one.value for one in scope.intrusion.accounts}


def test_a_key_that_nobody_else_uses_is_a_way_back_and_is_taken_out_instead_of_a_password() -> None:
    rows, theirs = _server_month(_KEY)
    scope, _ = judged(rows, theirs[:1])
    (key,) = [one for one in scope.intrusion.persistence if one.kind == "key"]
    assert (key.value, key.place, key.state) == (_KEY, "web1", "unknown")
    assert "No login of anybody else" in key.statement
    assert f"Take out the SSH keys that the intruder used or added: “{_KEY}” in web1" in _titles(scope)
    assert "Reset the password" not in _titles(scope)


def test_the_owners_own_key_is_said_to_be_used_otherwise() -> None:
    rows, theirs = _server_month(_OWN)
    scope, _ = judged(rows, theirs[:1])
    (key,) = [one for one in scope.intrusion.persistence if one.kind == "key"]
    assert "used otherwise" in key.statement


def test_who_came_in_with_a_password_gets_a_new_one() -> None:
    rows, theirs = _server_month("")
    scope, _ = judged(rows, theirs[:1])
    assert [one for one in scope.intrusion.persistence if one.kind == "key"] == []
    assert "Reset the password and the second sign-in methods of deploy" in _titles(scope)


def test_an_account_whose_password_was_entered_in_the_intruders_session_is_listed() -> None:
    run_as = windows(
        "4648",
        moment(9, 2.6),
        "WS7.example.org",
        "cleo",
        "0xbad",
        user__target__name="svc-archive",
        fields={"TargetServerName": SERVER},
    )
    intruding = night()
    scope, _ = judged([*owner_month(), *intruding, run_as], intruding)
    taken = next(one for one in scope.intrusion.accounts if one.value == "svc-archive")
    assert taken.event_ids == [run_as["event.id"]]
    assert "password was entered" in taken.reasons[0].text
