"""`vigilia map`: what a log that nobody described may hold, confirmed by a person and saved for next time."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.saved_sources import own_folder
from vigilia.cli.talk import answer, answer_json, say
from vigilia.investigate.mapping import look_at, save_source
from vigilia.model.errors import UsageError
from vigilia.model.time_zones import load_zone
from vigilia.normalize.own_source import ConfirmedSource, own_name
from vigilia.normalize.proposal import ROLES, Proposal, RoleName, role_label
from vigilia.normalize.times import DayOrder

__all__ = ["map_file"]

_NONE = "-"
_WIDEST = 28


def map_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A table (CSV) or JSON records.")],
    name: Annotated[str, typer.Option(help="What to call this source; by default the file's name.")] = "",
    sources: Annotated[Path | None, typer.Option(help="Folder to save it in; by default the user's own.")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help='Which column is what, as "time=Created at"; "-" for none; repeatable.')
    ] = None,
    zone: Annotated[str, typer.Option(help="IANA zone of its times, if they do not tell it and you know it.")] = "",
    day_first: Annotated[
        bool | None, typer.Option("--day-first/--month-first", help="What 3/4/2026 means in this file.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the proposal without asking.")] = False,
    clobber: Annotated[bool, typer.Option(help="Replace a saved source of the same name.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the proposal as JSON and save nothing.")] = False,
) -> int:
    """Propose which column is time, actor, address, action and object; save what you confirm."""
    look = look_at(file)
    if look.proposal is None:
        raise UsageError(
            f"it is read already, as {look.known}", where=str(file), hint="Hand it to vigilia investigate as it is."
        )
    proposal = look.proposal
    if as_json:
        answer_json(msgspec.to_builtins(proposal))
        return exit_codes.COMPLETE
    if zone:
        load_zone(zone)
    _show(proposal)
    asks = not yes and sys.stdin.isatty()
    roles = _roles(proposal, _given(column or [], proposal), asks=asks)
    source = ConfirmedSource(
        name=own_name(name or file.stem),
        title=name or file.stem,
        shape=proposal.shape,
        signs=_signs(proposal),
        roles=roles,
        confirmed_on=dt.datetime.now(dt.UTC).date(),
        zone=zone,
        order=_order(proposal, day_first, asks=asks),
    )
    if not asks and not yes:
        say("Nothing is saved: there is no terminal to confirm on. Add --yes, and --column where a proposal is wrong.")
        return exit_codes.COMPLETE
    saved = save_source(source, sources or own_folder(), clobber=clobber)
    say(f"Saved: {saved}. Files like this one are read from now on. Columns without a role are kept too.")
    return exit_codes.COMPLETE


def _show(proposal: Proposal) -> None:
    """Print each column with its proposed role and examples."""
    answer(f"{proposal.records} records were looked at.")
    widest = min(_WIDEST, max(len(column.name) for column in proposal.columns))
    for column in proposal.columns:
        role = role_label(column.role) if column.role else ""
        answer(f"  {column.name:<{widest}}  {role:<28}  {' | '.join(column.examples)}")
    if proposal.times_unread:
        say(f"{proposal.times_unread} of the proposed times cannot be read.")
    if proposal.column("time") and not proposal.zone_told:
        say("The times do not tell their zone: say it with --zone, or the case's time zone is assumed and marked.")


def _given(options: list[str], proposal: Proposal) -> dict[RoleName, str]:
    """Read `role=column` options.

    Raises:
        UsageError: there is no such role or column.
    """
    names = {column.name for column in proposal.columns} | {_NONE}
    given: dict[RoleName, str] = {}
    for option in options:
        role, equals, column = option.partition("=")
        known = next((one for one in ROLES if one == role.strip()), None)
        if not equals or known is None:
            raise UsageError(f"{option!r} is not role=column", hint=f"Roles: {', '.join(ROLES)}.")
        if column.strip() not in names:
            raise UsageError(f"there is no column {column.strip()!r}", hint="Columns are listed above.")
        given[known] = column.strip()
    return given


def _roles(proposal: Proposal, given: dict[RoleName, str], *, asks: bool) -> dict[RoleName, str]:
    """Return role → column as confirmed; roles without a column are left out."""
    roles: dict[RoleName, str] = {}
    for role in ROLES:
        column = given.get(role) or proposal.column(role) or _NONE
        if asks and role not in given:
            column = _ask(role, column, [one.name for one in proposal.columns])
        if column != _NONE:
            roles[role] = column
    return roles


def _ask(role: RoleName, proposed: str, columns: list[str]) -> str:
    while True:
        told = str(typer.prompt(f"{role_label(role).capitalize()} ({_NONE} for none)", default=proposed, err=True))
        if told == _NONE or told in columns:
            return told
        say("There is no column of that name; the names are listed above, and upper case matters.")


def _order(proposal: Proposal, day_first: bool | None, *, asks: bool) -> DayOrder:
    """Return what a person says that 3/4/2026 means, or else what the file itself settles."""
    if day_first is None and proposal.order_open and asks:
        day_first = typer.confirm("Does 3/4/2026 mean the third of April in this file?", err=True)
    if day_first is None:
        if proposal.order_open:
            say("Dates such as 3/4/2026 could mean two days and get no time: say --day-first or --month-first.")
        return proposal.order
    return "day" if day_first else "month"


def _signs(proposal: Proposal) -> list[str]:
    """Return by which columns such a file is known again: all of a table, those of every record of JSON."""
    if proposal.shape == "csv":
        return [column.name for column in proposal.columns]
    everywhere = [column.name for column in proposal.columns if column.filled == proposal.records]
    return everywhere or [column.name for column in proposal.columns]
