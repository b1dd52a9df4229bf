"""Syslog lines of three forms, and what the messages of well-known programs say."""

from __future__ import annotations

import io

import pytest

from vigilia.readers.linux.syslog_lines import READER
from vigilia.readers.linux.syslog_messages import read_message
from vigilia.readers.linux.syslog_records import parse_syslog_line
from vigilia.readers.reader import ReadLimits


def test_the_old_form_has_no_year() -> None:
    assert parse_syslog_line(b"<38>Mar  1 12:00:00 web1 CROND[42]: (ada) CMD (/bin/true)") == {
        "priority": "38",
        "timestamp": "Mar  1 12:00:00",
        "host": "web1",
        "program": "CROND",
        "pid": "42",
        "message": "(ada) CMD (/bin/true)",
        "action": "cron",
        "event_category": "process",
        "user": "ada",
        "command": "/bin/true",
    }


def test_the_iso_form_and_rfc_5424() -> None:
    iso = parse_syslog_line(b"2026-03-01T12:00:00.5+01:00 web1 systemd[1]: Started x.")
    new = parse_syslog_line(b'<30>1 2026-03-01T12:00:00.5+01:00 web1 systemd 1 - [a@1 b="]"][c d="\\""] Started x.')
    assert iso == {
        "timestamp": "2026-03-01T12:00:00.5+01:00",
        "host": "web1",
        "program": "systemd",
        "pid": "1",
        "message": "Started x.",
    }
    assert new == iso | {"priority": "30", "structured_data": '[a@1 b="]"][c d="\\""]'}


def test_lines_without_host_or_program_are_records_too() -> None:
    without_host = parse_syslog_line(b"Feb  9 21:20:08  sshd[8317]: last message repeated 2 times")
    without_program = parse_syslog_line(b"Mar  6 04:07:28 web1 this is debug")
    without_both = parse_syslog_line(b"Mar 11 09:39:39: --- last message repeated 5 times ---")
    assert without_host is not None
    assert (without_host["program"], "host" in without_host) == ("sshd", False)
    assert without_program is not None
    assert (without_program["message"], "program" in without_program) == ("this is debug", False)
    assert without_both is not None
    assert without_both["message"] == "--- last message repeated 5 times ---"


def test_an_indented_line_goes_on_with_the_message_before_it() -> None:
    content = b"Mar  1 12:00:00 web1 app: one\n\ttwo\nMar  1 12:00:01 web1 app: three\n  four\nfive\n"
    (batch,) = READER.read(io.BytesIO(content), len(content), ReadLimits())
    assert batch.fields["message"].to_pylist() == ["one\n\ttwo", "three\n  four"]
    assert [(one.place, one.reason) for one in batch.rejects] == [("line 5", "no time at the beginning of the line")]
    assert batch.positions["length"].to_pylist() == [35, 39]


def test_a_log_full_of_indented_traces_is_still_recognised() -> None:
    content = (
        b"Mar  1 12:00:00 web1 app[7]: error\n" + b"\tat example.Main\n" * 30 + b"Mar  1 12:00:01 web1 app[7]: x\n"
    )
    assert READER.recognise(content) > 0.5


@pytest.mark.parametrize(
    ("program", "message", "expected"),
    [
        (
            "sshd",
            "Failed password for invalid user test from 203.0.113.9 port 29160 ssh2",
            "failed failure user=test source_ip=203.0.113.9 source_port=29160 auth_method=password",
        ),
        (
            "sshd-session",
            "Accepted publickey for ada from 2001:db8::9 port 1 ssh2: RSA SHA256:abc",
            "accepted success user=ada source_ip=2001:db8::9 source_port=1 auth_method=publickey"
            " key_type=RSA key_fingerprint=SHA256:abc",
        ),
        (
            "sshd",
            "message repeated 3 times: [ Failed password for root from 203.0.113.9 port 5 ssh2]",
            "failed failure user=root source_ip=203.0.113.9 source_port=5 auth_method=password repeated=3",
        ),
        ("sshd", "Invalid user test from 203.0.113.9", "invalid-user failure user=test source_ip=203.0.113.9"),
        (
            "sshd",
            "Disconnected from authenticating user root 203.0.113.9 port 5 [preauth]",
            "disconnected - user=root source_ip=203.0.113.9 source_port=5",
        ),
        (
            "sudo",
            "     ada : TTY=pts/0 ; PWD=/home/ada ; USER=root ; COMMAND=/bin/sh -c a ; COMMAND=b",
            "sudo success user=ada target_user=root command=/bin/sh¬-c¬a¬;¬COMMAND=b tty=pts/0 cwd=/home/ada",
        ),
        (
            "sudo",
            "ada : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
            "sudo failure user=ada target_user=root command=/bin/ls reason=user¬NOT¬in¬sudoers tty=pts/0 cwd=/",
        ),
        (
            "sudo",
            "pam_unix(sudo:session): session opened for user root(uid=0) by ada(uid=1000)",
            "session-opened success user=ada target_user=root",
        ),
        ("sshd", "pam_unix(sshd:session): session opened for user ada by (uid=0)", "session-opened success user=ada"),
        (
            "sshd",
            "pam_unix(sshd:auth): authentication failure; uid=0 tty=ssh ruser= rhost=203.0.113.9  user=root",
            "authentication-failure failure user=root source_ip=203.0.113.9",
        ),
        (
            "su",
            "pam_unix(su:auth): authentication failure; logname=ada uid=1 euid=0 tty=pts/0 ruser=ada rhost=  user=root",
            "authentication-failure failure user=ada target_user=root",
        ),
        ("sshd", "Received disconnect from 203.0.113.9: 11: [preauth]", "disconnected - source_ip=203.0.113.9"),
        ("su", "(to root) ada on pts/0", "su success user=ada target_user=root tty=pts/0"),
        ("su", "FAILED SU (to root) ada on pts/0", "su failure user=ada target_user=root"),
        (
            "useradd",
            "new user: name=eve, UID=1001, GID=1001, home=/home/eve",
            "user-added success target_user=eve target_uid=1001 home=/home/eve",
        ),
        ("usermod", "add 'eve' to group 'sudo'", "group-member-added success target_user=eve group=sudo"),
        ("passwd", "pam_unix(passwd:chauthtok): password changed for ada", "password-changed success target_user=ada"),
        ("systemd-logind", "New session 3 of user ada.", "session-new success user=ada session=3"),
        ("crontab", "(ada) REPLACE (ada)", "crontab-replaced - user=ada target_user=ada"),
    ],
)
def test_messages_of_known_form(program: str, message: str, expected: str) -> None:
    action, outcome, *pairs = expected.split(" ")
    fields = dict(pair.replace("¬", " ").split("=", 1) for pair in pairs) | {"action": action}
    found = read_message(program, message)
    assert found.pop("event_category")
    assert found == fields | ({} if outcome == "-" else {"outcome": outcome})


def test_a_user_name_cannot_forge_the_address() -> None:
    """What the client sends as its name stands before the address that sshd itself writes."""
    forged = "root from 192.0.2.1 port 22 ssh2"
    found = read_message("sshd", f"Failed password for invalid user {forged} from 203.0.113.9 port 5 ssh2")
    assert (found["source_ip"], found["user"]) == ("203.0.113.9", forged)


def test_another_program_cannot_speak_for_sshd() -> None:
    assert read_message("logger", "Accepted password for root from 203.0.113.9 port 5 ssh2") == {}


@pytest.mark.parametrize("line", [b"", b"hello", b"Mar 1", b"2026-03-01 no clock", b"MMM 22 07:54:32 h x: y"])
def test_lines_without_a_time_are_no_records(line: bytes) -> None:
    assert parse_syslog_line(line) is None
