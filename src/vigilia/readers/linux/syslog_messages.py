"""What the messages of sshd, sudo, su, cron, PAM, the account tools and logind say: action, user, address, command.

Names and commands in these messages come from whoever knocks at the door. Where a name could imitate the rest of the
message, the pattern takes the last address, which the program itself wrote.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import re2

__all__ = ["read_message"]

_MESSAGE_CHARACTERS: Final = 8192
_REPEATED: Final = re2.compile(r"^message repeated (\d{1,9}) times: \[ ?(.*)\]$")


class _Verb(NamedTuple):
    """A form of message: which programs write it, what it means, and a pattern whose groups are field names.

    Every message of the form holds `word`: looking for it is many times faster than the pattern.
    """

    programs: frozenset[str]
    action: str
    outcome: str
    word: str
    pattern: re2._Regexp


def _verb(programs: str, action: str, outcome: str, word: str, pattern: str) -> _Verb:
    return _Verb(frozenset(programs.split()), action, outcome, word, re2.compile(f"(?s){pattern}"))


_SSHD: Final = "sshd sshd-session sshd-auth"
_CRON: Final = "cron crond CRON CROND crontab /usr/sbin/cron"
_FROM: Final = r" from (?P<source_ip>\S+) port (?P<source_port>\d+)"
_LEAVING: Final = r"(?:Disconnected from|Received disconnect from|Connection closed by|Connection reset by)"
_NAME: Final = r"[^ (]+"
_BY_ROOT_TOOL: Final = r"(?:su|su-l|sudo|sudo-i|runuser|runuser-l)"

# Sources: OpenSSH auth.c, sudo's log format, Linux-PAM's pam_unix, Vixie cron, shadow-utils, systemd-logind.
_VERBS: Final = (
    _verb(_SSHD, "accepted", "success", "Accepted ", rf"^Accepted (?P<auth_method>\S+) for (?P<user>.*){_FROM}"),
    _verb(
        _SSHD,
        "failed",
        "failure",
        "Failed ",
        rf"^Failed (?P<auth_method>\S+) for (?:invalid user )?(?P<user>.*){_FROM}",
    ),
    _verb(
        _SSHD,
        "invalid-user",
        "failure",
        " user ",
        r"^(?:Invalid|Illegal) user (?P<user>.*) from (?P<source_ip>\S+?)(?: port (?P<source_port>\d+))?$",
    ),
    _verb(
        _SSHD,
        "failed",
        "failure",
        "maximum authentication",
        rf"^error: maximum authentication attempts exceeded for (?:invalid user )?(?P<user>.*){_FROM}",
    ),
    _verb(
        _SSHD,
        "disconnected",
        "",
        " port ",
        rf"^{_LEAVING} (?:invalid |authenticating )?(?:user (?P<user>.*) )?"
        r"(?P<source_ip>\S+) port (?P<source_port>\d+)",
    ),
    _verb(_SSHD, "disconnected", "", " ", rf"^{_LEAVING} (?P<source_ip>[0-9A-Fa-f.:]*[0-9A-Fa-f])(?:: |$| \[)"),
    _verb(_SSHD, "connection", "", "Connection from", r"^Connection from (?P<source_ip>\S+) port (?P<source_port>\d+)"),
    _verb(
        _SSHD,
        "authentication-failure",
        "failure",
        "more authentication",
        r"^PAM \d+ more authentication failures?;.* rhost=(?P<source_ip>\S*)(?: +user=(?P<user>\S+))?",
    ),
    _verb(
        "sudo",
        "sudo",
        "failure",
        "COMMAND=",
        r"^ *(?P<user>\S+) : (?P<reason>[^;=]+) ; TTY=[^;]* ; PWD=.*? ;"
        r" USER=(?P<target_user>\S+) ; .*?COMMAND=(?P<command>.*)$",
    ),
    _verb(
        "sudo",
        "sudo",
        "success",
        "COMMAND=",
        r"^ *(?P<user>\S+) : (?:[A-Z]+=[^;]* ; )*?PWD=.*? ; USER=(?P<target_user>\S+) ; .*?COMMAND=(?P<command>.*)$",
    ),
    _verb("su", "su", "success", "Successful su", r"^Successful su for (?P<target_user>\S+) by (?P<user>\S+)"),
    _verb(
        "su", "su", "failure", "FAILED ", r"^FAILED (?:su for|SU \(to) (?P<target_user>[^ )]+)(?: by|\)) (?P<user>\S+)"
    ),
    _verb("su", "su", "success", "(to ", r"^\(to (?P<target_user>[^)]+)\) (?P<user>\S+) on "),
    _verb(_CRON, "cron", "", "CMD (", r"^\((?P<user>[^)]+)\) CMD \((?P<command>.*)\)$"),
    _verb(_CRON, "crontab-replaced", "", "REPLACE (", r"^\((?P<user>[^)]+)\) REPLACE \((?P<target_user>[^)]+)\)"),
    _verb(_CRON, "crontab-edited", "", "EDIT (", r"^\((?P<user>[^)]+)\) (?:BEGIN|END) EDIT \((?P<target_user>[^)]+)\)"),
    _verb(_CRON, "crontab-deleted", "", "DELETE (", r"^\((?P<user>[^)]+)\) DELETE \((?P<target_user>[^)]+)\)"),
    _verb(_CRON, "crontab-listed", "", "LIST (", r"^\((?P<user>[^)]+)\) LIST \((?P<target_user>[^)]+)\)"),
    _verb("useradd adduser", "user-added", "success", "new user", r"^new user: name=(?P<target_user>[^,]+)"),
    _verb(
        "useradd adduser groupadd",
        "group-added",
        "success",
        "group",
        r"^(?:new group: name=|group added to [^:]*: name=)(?P<group>[^,]+)",
    ),
    _verb("userdel", "user-deleted", "success", "delete user", r"^delete user '(?P<target_user>[^']+)'"),
    _verb(
        "groupdel userdel",
        "group-deleted",
        "success",
        "removed",
        r"^(?:removed group|group) '(?P<group>[^']+)' (?:removed|owned)",
    ),
    _verb(
        "usermod useradd",
        "group-member-added",
        "success",
        "to ",
        r"^add '(?P<target_user>[^']+)' to (?:shadow )?group '(?P<group>[^']+)'",
    ),
    _verb("usermod", "user-changed", "success", "change user", r"^change user '(?P<target_user>[^']+)'"),
    _verb(
        "gpasswd",
        "group-member-added",
        "success",
        "added by",
        r"^user (?P<target_user>\S+) added by (?P<user>\S+) to group (?P<group>\S+)",
    ),
    _verb(
        "gpasswd",
        "group-member-removed",
        "success",
        "removed by",
        r"^user (?P<target_user>\S+) removed by (?P<user>\S+) from group (?P<group>\S+)",
    ),
    _verb("chfn", "user-changed", "success", "changed user", r"^changed user '(?P<target_user>[^']+)'"),
    _verb(
        "systemd-logind",
        "session-new",
        "success",
        "New session",
        r"^New session '?(?P<session>[^ ']+)'? of user '?(?P<user>[^ ']+?)'?(?: with .*)?\.$",
    ),
    _verb("systemd-logind", "session-removed", "", "Removed session", r"^Removed session '?(?P<session>[^ ']+?)'?\.$"),
    # PAM, whichever program speaks for it.
    _verb(
        "",
        "password-changed",
        "success",
        "password changed",
        r"^pam_\w+\(\w+:chauthtok\): password changed for (?P<target_user>\S+)",
    ),
    _verb(
        "",
        "session-opened",
        "success",
        "session opened",
        rf"^pam_\w+\({_BY_ROOT_TOOL}:session\): session opened for user"
        rf" (?P<target_user>{_NAME})(?:\(uid=\d+\))? by (?P<user>[^ (]*)\(uid=",
    ),
    _verb(
        "",
        "session-closed",
        "",
        "session closed",
        rf"^pam_\w+\({_BY_ROOT_TOOL}:session\): session closed for user (?P<target_user>{_NAME})",
    ),
    _verb(
        "",
        "session-opened",
        "success",
        "session opened",
        rf"^pam_\w+\([^)]*:session\): session opened for user (?P<user>{_NAME})",
    ),
    _verb(
        "",
        "session-closed",
        "",
        "session closed",
        rf"^pam_\w+\([^)]*:session\): session closed for user (?P<user>{_NAME})",
    ),
    _verb(
        "",
        "authentication-failure",
        "failure",
        "authentication failure;",
        rf"^pam_\w+\({_BY_ROOT_TOOL}:auth\): authentication failure; .*ruser=(?P<user>\S*)"
        rf" rhost=(?P<source_ip>\S*)(?: +user=(?P<target_user>\S+))?",
    ),
    _verb(
        "",
        "authentication-failure",
        "failure",
        "authentication failure;",
        r"^pam_\w+\([^)]*:auth\): authentication failure; .*rhost=(?P<source_ip>\S*)(?: +user=(?P<user>\S+))?",
    ),
)


def _by_program() -> dict[str, tuple[_Verb, ...]]:
    """Return for each program its forms of message, those of PAM last."""
    names = sorted({name for verb in _VERBS for name in verb.programs})
    common = tuple(verb for verb in _VERBS if not verb.programs)
    return {name: (*(verb for verb in _VERBS if name in verb.programs), *common) for name in names} | {"": common}


_FORMS: Final = _by_program()


def read_message(program: str, message: str) -> dict[str, str]:
    """Return what a message says: action, outcome, user, target_user, source_ip, source_port, auth_method, command …

    Only messages of known form give anything. `repeated` says how often syslog folded the message.
    """
    text = message[:_MESSAGE_CHARACTERS]
    found: dict[str, str] = {}
    repeated = _REPEATED.match(text) if text.startswith("message repeated ") else None
    if repeated is not None:
        found["repeated"], text = repeated.groups()
    for verb in _FORMS.get(program, _FORMS[""]):
        match = verb.pattern.match(text) if verb.word in text else None
        if match is not None:
            told = {name: value for name, value in match.groupdict().items() if value}
            return found | told | {"action": verb.action} | ({"outcome": verb.outcome} if verb.outcome else {})
    return found
