"""What programs say: names that imitate the rest of a message do not change who it came from."""

from __future__ import annotations

import tomllib

import pytest
import re2

from vigilia.knowledge.shipped_table import read_text
from vigilia.readers.linux.syslog_messages import read_message

_EVIL = "203.0.113.9"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("sshd", f"Accepted publickey for x from 192.0.2.1 port 2 ssh2: RSA K from {_EVIL} port 5 ssh2: RSA SHA256:a"),
        ("sshd", f"Invalid user x from 192.0.2.1 port 2 from {_EVIL} port 5"),
        ("dropbear", f"Bad password attempt for 'x' from 192.0.2.1:2' from {_EVIL}:5"),
        ("dovecot", f"imap-login: Disconnected (auth failed, 1 attempts): user=<x, rip=192.0.2.1>, rip={_EVIL}, lip=1"),
        (
            "screensharingd",
            f"Authentication: FAILED :: User Name: x :: Viewer Address: 192.0.2.1 :: Viewer Address: {_EVIL}",
        ),
        ("vsftpd", f'[x] OK LOGIN: Client "192.0.2.1"] OK LOGIN: Client "{_EVIL}"'),
    ],
)
def test_a_name_cannot_forge_the_address(program: str, message: str) -> None:
    assert read_message(program, message)["source_ip"] == _EVIL


@pytest.mark.parametrize(
    ("program", "message", "expected"),
    [
        ("internal-sftp", 'opendir "/srv/members"', "sftp-list file=/srv/members"),
        ("sftp-server", 'rename old "/a" new "/b"', "sftp-rename file=/a target_file=/b"),
        ("rsyncd", "rsync on members/ from backup@pc2 (203.0.113.9)", "rsync-session file=members/ user=backup"),
        ("rsync", "auth failed on module members from pc2 (203.0.113.9) for eve: no secret", "rsync-login user=eve"),
        ("smbd_audit", "ada|192.0.2.8|pc1|members|unlinkat|fail (Permission denied)|x.csv", "unlinkat file=x.csv"),
        (
            "postfix/smtpd",
            "warning: x[203.0.113.9]: SASL LOGIN authentication failed: abc",
            "smtp-login auth_method=LOGIN",
        ),
        ("su", "+ /dev/pts/0 ada:root", "su user=ada target_user=root"),
        ("login", "ROOT LOGIN ON tty1", "console-login tty=tty1"),
        ("passwd", "password for 'ada' changed by 'root'", "password-changed target_user=ada user=root"),
        ("pkexec", "ada: Executing command [USER=root] [TTY=x] [CWD=/] [COMMAND=/bin/sh -i]", "pkexec user=ada tty=x"),
        ("crond", "(root) RELOAD (crontabs/root)", "crontab-reloaded file=crontabs/root"),
        ("/usr/sbin/cron", "(root) CMD (/bin/true)", "cron command=/bin/true"),
        ("kernel", "[1.5] usb 1-1: New USB device found, idVendor=0951, idProduct=1666", "usb-connected port=1-1"),
        ("sshd", "User eve from pc2 not allowed because not listed in AllowUsers", "not-allowed user=eve"),
        ("sshd", "error: PAM: Authentication failure for eve from 203.0.113.9", "authentication-failure user=eve"),
    ],
)
def test_messages_of_known_form(program: str, message: str, expected: str) -> None:
    action, *pairs = expected.split(" ")
    found = read_message(program, message)
    assert found["action"] == action
    assert dict(pair.split("=", 1) for pair in pairs).items() <= found.items()


def test_every_group_of_every_pattern_has_a_name() -> None:
    """The fields are read from the groups by number."""
    table = tomllib.loads(read_text("vigilia.readers.linux", "messages.toml"))
    patterns = [*table["fragments"].values(), *(message["pattern"] for message in table["message"])]
    assert len(patterns) > 80
    for pattern in patterns:
        compiled = re2.compile(pattern)
        assert compiled.groups == len(compiled.groupindex), pattern
