"""Remote desktops: how long the intruder sat there, also where the logon's record is lost; never a colleague's."""

from __future__ import annotations

from scope.logons import REMOTE, SERVER, Rule, judged, logon, moment, owner_month, visit, windows
from scope.months import VPS, Row

TERMINAL = "TS1.example.org"
TERMINAL_ADDRESS = "10.0.0.14"
HOME = "10.9.0.8"
_MANAGER = "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
_SESSIONS = "Microsoft-Windows-TerminalServices-LocalSessionManager"


def desktop(account: str, address: str, begin: float, end: float, host: str = TERMINAL, day: int = 9) -> list[Row]:
    """Connected, logged on, disconnected: what Terminal Services records."""
    return [
        windows("1149", moment(day, begin), host, account, provider=_MANAGER, source__ip=address),
        windows("21", moment(day, begin + 0.001), host, account, provider=_SESSIONS, source__ip=address),
        windows("24", moment(day, end), host, account, provider=_SESSIONS, source__ip=address),
    ]


def program(account: str, session: str, hour: float, host: str = TERMINAL, day: int = 9) -> Row:
    return windows("4688", moment(day, hour), host, account, session, process__command_line="findstr.exe")


def reads(account: str, session: str, hour: float, address: str = TERMINAL_ADDRESS) -> list[Row]:
    """A logon at the file server and two files read there over the share."""
    return [
        logon(9, hour, SERVER, account, session, "3", address),
        *(
            windows("5145", moment(9, hour + more), SERVER, account, session, source__ip=address)
            for more in (0.01, 0.02)
        ),
    ]


def entered(account: str, other: str, session: str, hour: float) -> Row:
    """Another account's password, entered on the terminal server for the file server: so its address is known."""
    fields = {"TargetServerName": SERVER}
    return windows("4648", moment(9, hour), TERMINAL, account, session, user__target__name=other, fields=fields)


def _intruders_desktop() -> list[Row]:
    return [*desktop("cleo", REMOTE, 2, 3), logon(9, 2.0005, TERMINAL, "cleo", "0xbad", "10", REMOTE)]


def _pivot() -> list[Row]:
    """The intruder enters an administrator's password on the terminal server and comes to the file server with it."""
    came = [*desktop("admin", TERMINAL_ADDRESS, 2.205, 2.4, SERVER), program("admin", "0xad", 2.3, SERVER)]
    return [entered("cleo", "admin", "0xbad", 2.2), *came]


def test_a_desktop_lasts_until_it_is_disconnected_and_what_comes_from_there_meanwhile_is_theirs() -> None:
    seed, onward = program("cleo", "0xbad", 2.1), reads("cleo", "0xfee", 2.8)
    rows = [*_intruders_desktop(), seed, *_pivot(), *onward]
    _, theirs = judged(owner_month() + rows, [seed])
    assert [row for row in rows if row not in theirs] == []
    assert len(theirs) == len(rows)


def test_reads_after_the_desktop_was_disconnected_are_not() -> None:
    seed, onward = program("cleo", "0xbad", 2.1), reads("cleo", "0xfee", 5.8)
    _, theirs = judged([*owner_month(), *_intruders_desktop(), seed, *_pivot(), *onward], [seed])
    assert [row for row in onward if row in theirs] == []


def test_colleagues_on_the_same_terminal_server_at_the_same_time_are_not() -> None:
    seed = program("cleo", "0xbad", 2.1)
    colleague = [*desktop("dara", HOME, 1.9, 3.1), *reads("dara", "0xdad", 2.7), program("dara", "0xd0d", 2.5)]
    for day in range(1, 9):
        colleague += desktop("dara", HOME, 1.9, 3.1, day=day)
        colleague += visit(day, 2.5, SERVER, "dara", f"0x3{day:03x}", "3", TERMINAL_ADDRESS)
    _, theirs = judged([*owner_month(), *_intruders_desktop(), seed, *_pivot(), *colleague], [seed])
    assert [row for row in colleague if row in theirs] == []


def test_a_program_whose_logon_is_lost_lends_what_it_shows_to_the_desktop_on_which_it_ran() -> None:
    seed, rows = program("cleo", "0xbad", 2.1), desktop("cleo", VPS, 2, 3)
    scope, theirs = judged([*owner_month(), *rows, seed], [seed])
    assert theirs == [*rows, seed]
    assert VPS in [one.value for one in scope.intrusion.addresses]


def test_a_program_that_began_before_the_desktop_is_not_on_it() -> None:
    rows = desktop("cleo", REMOTE, 2, 3)
    early, seed = program("cleo", "0xa1d", 1.5), program("cleo", "0xa1d", 2.1)
    _, theirs = judged([*owner_month(), *rows, early, seed], [seed])
    assert [row for row in rows if row in theirs] == []


def test_two_desktops_of_one_account_do_not_share_what_was_done_in_a_session_of_unknown_beginning() -> None:
    first, second = desktop("cleo", HOME, 2, 2.5), desktop("cleo", REMOTE, 2.6, 3)
    lasting = [program("cleo", "0xbad", 2.2), program("cleo", "0xbad", 2.8)]
    rule: Rule = ("read", "high", lasting[1:], "T1005")
    _, theirs = judged([*owner_month(), *first, *second, *lasting], [], extra=[rule])
    assert [row for row in first if row in theirs] == []
