"""`vigilia knowledge`: which facts this installation rests on, and how they are renewed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from vigilia.cli import exit_codes
from vigilia.cli.talk import answer, answer_json, say
from vigilia.knowledge.actors.building import build_actor_table, fetched_files
from vigilia.knowledge.actors.merging import merge
from vigilia.knowledge.actors.stix import KNOWLEDGE_BYTES_AT_MOST
from vigilia.knowledge.actors.table import ActorTable, actor_table, check_size, encode, read_table
from vigilia.knowledge.inventory import knowledge_sha256, knowledge_tables
from vigilia.model.errors import UsageError
from vigilia.model.wording import counted
from vigilia.store.durable import replace_file

__all__ = ["build", "import_file", "list_tables", "own_actors", "update"]

_OWN = "actors.json.xz"
Galaxies = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder with MISP galaxy's clusters: countries, motives and names of actors."),
]
Clobber = Annotated[bool, typer.Option("--clobber", help="Replace the file if there is one.")]


def list_tables(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> int:
    """List the tables of facts, with version, date and hash, and where known actors come from."""
    tables = knowledge_tables()
    used = own_actors() or actor_table()
    if as_json:
        answer_json(
            {
                "sha256": knowledge_sha256(tables),
                "tables": msgspec.to_builtins(tables),
                "actors": {
                    "own": str(own_path()) if own_path().exists() else "",
                    "sources": msgspec.to_builtins(used.sources),
                },
            }
        )
        return exit_codes.COMPLETE
    for table in tables:
        answer(f"{table.name:<52} {table.version:<6} {table.date:<11} {table.sha256[:16]}")
    answer()
    if own_path().exists():
        answer(f"{own_path()} is used in place of the table of actors that ships; remove it to undo the import.")
    answer(f"{counted(len(used.actors), 'known actor')}, {counted(len(used.reports), 'report')} about them, from:")
    for source in used.sources:
        answer(f"  {' '.join(one for one in (source.name, source.version, source.date) if one)} ({source.licence})")
        if source.notice:
            answer(f"    {source.notice}")
    return exit_codes.COMPLETE


def build(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="STIX bundle of ATT&CK, JSON or gzip.")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to write the table (actors.json.xz).")],
    galaxies: Galaxies = None,
    version: Annotated[str, typer.Option(metavar="VERSION", help="Of the bundle, where it does not state it.")] = "",
    clobber: Clobber = False,
) -> int:
    """Distil the table of known actors that ships with the package: the same files give the same bytes."""
    table = build_actor_table(bundle, galaxies, version=version)
    _write(to, table, clobber=clobber)
    return exit_codes.COMPLETE


def import_file(
    bundle: Annotated[
        Path, typer.Argument(metavar="FILE", help="A newer bundle of ATT&CK, or your organisation's own STIX 2.1.")
    ],
    galaxies: Galaxies = None,
) -> int:
    """Add knowledge of actors to what ships with the package, for this user."""
    added = build_actor_table(bundle, galaxies)
    table = merge(own_actors() or actor_table(), added)
    own_path().parent.mkdir(parents=True, exist_ok=True)
    _write(own_path(), table, clobber=True)
    uses = sum(len(one.uses) for one in added.actors.values())
    say(
        f"Taken over: {counted(len(added.actors), 'actor')} and {counted(uses, 'relation')} to techniques and software."
    )
    return exit_codes.COMPLETE


def update(
    online: Annotated[
        bool, typer.Option("--online", help="Open connections to the publishers; without it nothing is fetched.")
    ] = False,
) -> int:
    """Fetch the newest ATT&CK bundle and MISP galaxy clusters, and use them in place of what ships."""
    if not online:
        raise UsageError(
            "nothing is fetched unless you ask for it",
            where="vigilia knowledge update",
            hint="Give --online, or fetch the files elsewhere and use `vigilia knowledge import`.",
        )
    from vigilia.knowledge.online import fetch  # the only place; nothing else may load what opens connections

    folder = own_path().parent / "fetched"
    contents = {}
    for name, address in fetched_files().items():
        say(f"Fetching {address}")
        contents[name] = fetch(address, KNOWLEDGE_BYTES_AT_MOST)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        replace_file(folder / name, content)
    return import_file(folder / next(iter(contents)), folder)


def own_path() -> Path:
    """Return where this user's table of actors is kept; it need not exist."""
    return Path(typer.get_app_dir("vigilia")) / "knowledge" / _OWN


def own_actors() -> ActorTable | None:
    """Return this user's table of actors, or None where nothing was imported.

    Says so where there is one: results depend on it.
    """
    if not own_path().exists():
        return None
    table = read_table(own_path())
    say(f"Knowledge of actors that you imported is used: {table.version}, {table.date}.")
    return table


def _write(path: Path, table: ActorTable, *, clobber: bool) -> None:
    if path.exists() and not clobber:
        raise UsageError("there is a file already", where=str(path), hint="--clobber replaces it.")
    check_size(table, path.name)
    packed = encode(table)
    replace_file(path, packed)
    say(f"{path}: {counted(len(table.actors), 'actor')}, {len(packed)} bytes, of {table.date}.")
