"""`vigilia demo`: a fictional incident, written and investigated."""

from __future__ import annotations

import enum
import hashlib
import shutil
from pathlib import Path
from typing import Annotated

import typer

from vigilia.cli import exit_codes
from vigilia.cli.investigate import read_profile, run_request
from vigilia.cli.talk import say
from vigilia.demo.incident import write_incident
from vigilia.demo.newsroom.incident import write_newsroom
from vigilia.engines.limits import default_workers
from vigilia.investigate.request import Request
from vigilia.model.errors import UsageError
from vigilia.model.profile import parse_watch_list
from vigilia.store.durable import replace_file
from vigilia.store.watch_list import encrypt_watch_list

__all__ = ["demo"]

# The demo's people are invented, so its passphrase may stand here; docs/demo.md tells it.
_PASSPHRASE = "only-for-the-demo"  # noqa: S105 - protects invented names only


class Scenario(enum.StrEnum):
    """Which fictional incident: at a human-rights organisation, or at a newsroom."""

    LANTERNFOLD = "lanternfold"
    NEWSROOM = "newsroom"


def demo(
    folder: Annotated[Path, typer.Option(help="Where to write the incident and its case.")] = Path("demo"),
    scenario: Annotated[
        Scenario, typer.Option(help="Which incident: at a human-rights organisation, or at a newsroom.")
    ] = Scenario.LANTERNFOLD,
    show_names: Annotated[bool, typer.Option(help="Write watched names in the report instead of their ids.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")] = False,
    clobber: Annotated[bool, typer.Option(help="Make an existing demo anew.")] = False,
) -> int:
    """Write a fictional incident as evidence files and investigate it."""
    _prepare(folder, clobber=clobber)
    say("Writing a fictional incident: every person, address and organisation in it is invented.")
    write_newsroom(folder) if scenario is Scenario.NEWSROOM else write_incident(folder)
    plain = (folder / "watchlist.toml").read_bytes()
    replace_file(folder / "watchlist.age", encrypt_watch_list(plain, _PASSPHRASE))
    profile, profile_sha256 = read_profile(folder / "org.toml")
    request = Request(
        paths=(folder / "evidence",),
        case=folder / "case",
        name=profile.organisation.name,
        time_zone=profile.organisation.time_zone,
        profile=profile,
        profile_sha256=profile_sha256,
        watch=parse_watch_list(plain.decode()),
        watch_list_sha256=hashlib.sha256(plain).hexdigest(),
        workers=default_workers(),
        show_names=show_names,
        clobber=clobber,
    )
    run_request(request, as_json=as_json)
    return exit_codes.COMPLETE


def _prepare(folder: Path, *, clobber: bool) -> None:
    marker = folder / "truth.json"
    if not folder.exists():
        folder.mkdir(parents=True)
    elif any(folder.iterdir()):
        if not marker.exists():
            raise UsageError(
                "it holds something that is not the demo", where=str(folder), hint="Choose another --folder."
            )
        if not clobber:
            raise UsageError("the demo is there already", where=str(folder), hint="Add --clobber to make it anew.")
        shutil.rmtree(folder / "evidence", ignore_errors=True)
