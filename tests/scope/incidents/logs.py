"""The logs of one generated month while they are written, and the files that they become."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vigilia.demo.chance import Chance
from vigilia.demo.evidence_files import write_log
from vigilia.demo.linux_record import AuditTrail, LinuxSession, auth_line
from vigilia.demo.m365_record import CSV_HEADER
from vigilia.demo.record import LogFile, Record, in_time_order
from vigilia.demo.windows_record import Recorder, WindowsEvent, as_winlogbeat

__all__ = ["Login", "Logs"]


@dataclass(frozen=True, slots=True)
class Login:
    """One SSH login and its audit session."""

    account: str
    session: LinuxSession

    @property
    def intruder(self) -> bool:
        """Whether it is the intruder's."""
        return self.session.intruder


@dataclass
class Logs:
    """Records by log, in no order yet."""

    chance: Chance
    cloud: list[Record] = field(default_factory=list)
    windows: list[WindowsEvent] = field(default_factory=list)
    auth: list[Record] = field(default_factory=list)
    web: list[Record] = field(default_factory=list)
    audit: list[tuple[dt.datetime, Callable[[AuditTrail], Iterable[Record]]]] = field(default_factory=list)
    sessions: int = 11

    def log_in(
        self, at: dt.datetime, account: str, user: int, address: str, *, way: str = "publickey", intruder: bool = False
    ) -> Login:
        """Log an SSH login in both logs; the session closes half an hour to two hours later."""
        self.sessions += 1
        pid = self.chance.whole(2000, 32000)
        session = LinuxSession(user, user, self.sessions, "pts0", f"/home/{account}", intruder)
        accepted = f"Accepted {way} for {account} from {address} port {self.chance.whole(30000, 65000)} ssh2"
        opened = f"pam_unix(sshd:session): session opened for user {account}(uid={user}) by (uid=0)"
        closed = f"pam_unix(sshd:session): session closed for user {account}"
        left = self.chance.later(at, 1800, 7200)
        self.auth += [
            auth_line(at, "sshd", pid, accepted, intruder=intruder),
            auth_line(at, "sshd", pid, opened, intruder=intruder),
            auth_line(left, "sshd", pid, closed, intruder=intruder),
        ]
        self.audit.append((at, lambda trail: [trail.login(at, session, address, account, pid)]))
        return Login(account, session)

    def run(self, at: dt.datetime, session: LinuxSession, command: str) -> None:
        """Log a program start in the audit log."""
        pid = self.chance.whole(2000, 32000)
        self.audit.append((at, lambda trail: trail.command(at, session, command, pid)))

    def guess(self, at: dt.datetime, address: str, account: str, *, intruder: bool = False) -> None:
        """Log a wrong password."""
        text = f"Failed password for {account} from {address} port {self.chance.whole(30000, 65000)} ssh2"
        self.auth.append(auth_line(at, "sshd", self.chance.whole(2000, 32000), text, intruder=intruder))

    def files(self) -> Iterator[LogFile]:
        """Yield the files, those with records only."""
        ends = max(self._times()) + dt.timedelta(hours=6)
        if self.cloud:
            header = f"\ufeff{CSV_HEADER}"
            records = in_time_order(self.cloud)
            yield LogFile("m365/AuditLog.csv", "m365.audit", records, ends, header=header, newline="\r\n")
        for computer in sorted({event.computer for event in self.windows}):
            mine = sorted((one for one in self.windows if one.computer == computer), key=lambda event: event.at)
            recorder = Recorder()
            records = [as_winlogbeat(event, recorder.number(event.channel)) for event in mine]
            yield LogFile(f"{computer.split('.')[0]}/winlogbeat.ndjson", "windows", records, ends)
        if self.auth:
            yield LogFile("web01/auth.log", "linux.syslog", in_time_order(self.auth), ends)
        if self.web:
            yield LogFile("web01/access.log", "web.access", in_time_order(self.web), ends)
        if self.audit:
            trail = AuditTrail(418_220)
            ordered = sorted(self.audit, key=lambda entry: entry[0])
            yield LogFile("web01/audit.log", "linux.auditd", [one for _, tell in ordered for one in tell(trail)], ends)

    def write(self, folder: Path) -> dict[str, list[int]]:
        """Write the files below a folder; return path → places, from 0, of the intruder's records in the file."""
        theirs: dict[str, list[int]] = {}
        for file in self.files():
            write_log(folder, file)
            theirs[file.path] = [place for place, record in enumerate(file.records) if record.intruder]
        return theirs

    def _times(self) -> Iterator[dt.datetime]:
        for record in (*self.cloud, *self.auth, *self.web):
            yield record.at
        for event in self.windows:
            yield event.at
        for at, _ in self.audit:
            yield at


def from_address(event: WindowsEvent, address: str) -> WindowsEvent:
    """Return a Sysmon connection event as a machine with this address records it."""
    return dataclasses.replace(event, fields=event.fields | {"SourceIp": address})
