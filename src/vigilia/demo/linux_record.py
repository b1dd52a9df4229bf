"""Lines of web01: auth.log, in local time without year or zone as rsyslog writes them, and the audit daemon's."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from vigilia.demo.dates import server_time
from vigilia.demo.record import Record, Search

__all__ = ["AuditTrail", "LinuxSession", "auth_line", "hexed"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNSET = 4294967295


def auth_line(at: dt.datetime, program: str, pid: int, message: str, *, intruder: bool = False) -> Record:
    """Return one line of auth.log; a pid of 0 is left out, as sudo does."""
    tag = f"{program}[{pid}]" if pid else program
    local = server_time(at)
    stamp = f"{_MONTHS[local.month - 1]} {local.day:2d} {local:%H:%M:%S}"
    return Record(at, f"{stamp} web01 {tag}: {message}", intruder)


def hexed(argument: str) -> str:
    """Return an argument as the audit daemon writes it: quoted, or hexadecimal where it holds other characters."""
    plain = argument.isascii() and argument.isprintable() and not set(argument) & {'"', " "}
    return f'"{argument}"' if plain else argument.encode().hex().upper()


@dataclass(frozen=True, slots=True)
class LinuxSession:
    """Who runs commands: login uid, user id, audit session and terminal."""

    login: int
    user: int
    number: int
    terminal: str
    folder: str
    intruder: bool = False

    @classmethod
    def of_service(cls, user: int, folder: str, *, intruder: bool = False) -> LinuxSession:
        """Return the session of a service, which never logged in."""
        return cls(_UNSET, user, _UNSET, "(none)", folder, intruder)


class AuditTrail:
    """Numbers audit events and writes their lines."""

    def __init__(self, serial: int) -> None:
        self._serial = serial

    def command(
        self, at: dt.datetime, session: LinuxSession, command: str, pid: int, search: Search | None = None
    ) -> Iterator[Record]:
        """Yield SYSCALL, EXECVE, CWD and PROCTITLE for one program start; the search is on EXECVE."""
        arguments = shlex.split(command)
        program = arguments[0].rsplit("/", 1)[-1]
        stamp = self._stamp(at)
        who = (
            f"ppid={pid - 7} pid={pid} auid={session.login} uid={session.user} gid={session.user} euid={session.user} "
            f"suid={session.user} fsuid={session.user} egid={session.user} sgid={session.user} fsgid={session.user} "
            f'tty={session.terminal} ses={session.number} comm="{program[:15]}" exe="/usr/bin/{program}"'
        )
        listed = " ".join(f"a{number}={hexed(argument)}" for number, argument in enumerate(arguments))
        title = "\0".join(arguments).encode().hex().upper()
        lines = (
            f"type=SYSCALL msg={stamp}: arch=c000003e syscall=59 success=yes exit=0 a0=55d1c8a3 a1=55d1c8f0 "
            f'a2=55d1c7e0 a3=8 items=2 {who} subj=unconfined key="exec"',
            f"type=EXECVE msg={stamp}: argc={len(arguments)} {listed}",
            f'type=CWD msg={stamp}: cwd="{session.folder}"',
            f"type=PROCTITLE msg={stamp}: proctitle={title}",
        )
        for number, line in enumerate(lines):
            yield Record(at, line, session.intruder, search if number == 1 else None, stamp[6:-1])

    def login(self, at: dt.datetime, session: LinuxSession, address: str, account: str, pid: int) -> Record:
        """Return USER_LOGIN of a session that succeeded."""
        stamp = self._stamp(at)
        line = (
            f"type=USER_LOGIN msg={stamp}: pid={pid} uid=0 auid={session.login} ses={session.number} subj=unconfined "
            f'msg=\'op=login id={session.login} exe="/usr/sbin/sshd" hostname={address} addr={address} '
            f'terminal=/dev/{session.terminal} res=success\' UID="root" AUID="{account}" ID="{account}"'
        )
        return Record(at, line, session.intruder, None, stamp[6:-1])

    def refused(self, at: dt.datetime, address: str, pid: int) -> Record:
        """Return USER_LOGIN of an attempt that failed."""
        stamp = self._stamp(at)
        line = (
            f"type=USER_LOGIN msg={stamp}: pid={pid} uid=0 auid={_UNSET} ses={_UNSET} subj=unconfined "
            f'msg=\'op=login acct="(unknown)" exe="/usr/sbin/sshd" hostname=? addr={address} terminal=ssh res=failed\''
        )
        return Record(at, line)

    def _stamp(self, at: dt.datetime) -> str:
        self._serial += 1
        return f"audit({int(at.timestamp())}.{at.microsecond // 1000:03d}:{self._serial})"
