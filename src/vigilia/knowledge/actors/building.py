"""The table of actors, built from files that somebody fetched."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec

from vigilia.knowledge.actors.distillation import distil_actors
from vigilia.knowledge.actors.galaxies import GALAXIES, Galaxy, read_galaxy
from vigilia.knowledge.actors.stix import Bundle, read_bundle
from vigilia.knowledge.actors.table import ActorTable, TableSource
from vigilia.knowledge.shipped_table import read_table
from vigilia.model.errors import KnowledgeError

__all__ = ["build_actor_table", "fetched_files", "is_attack"]

_ATTACK_COLLECTION = "x-mitre-collection"
_ATTACK_GROUP = re.compile(r"G\d{4}")
_SUFFIXES = ("", ".gz")


class _Origin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    url: str
    licence: str
    notice: str


class _Origins(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    fetch: dict[str, str]
    attack: _Origin
    own: _Origin
    misp: _Origin
    tidal: _Origin
    microsoft: _Origin


def build_actor_table(bundle: Path, galaxies: Path | None = None, *, version: str = "") -> ActorTable:
    """Distil a STIX bundle, with the labels of MISP galaxy clusters where their folder is given.

    Args:
        bundle: ATT&CK's, or an organisation's own; JSON or gzip.
        galaxies: folder with the cluster files of `GALAXIES`, JSON or gzip; those that are not there give no labels.
        version: of the bundle; empty: as its collection states it.

    Raises:
        KnowledgeError: a file is not what it should be, is too large, or cannot be read.
    """
    read = read_bundle(bundle)
    labelled = [] if galaxies is None else _galaxies(galaxies)
    version = version or next((one.version for one in read.objects if one.type == _ATTACK_COLLECTION), "")
    sources = _sources(read, labelled, version)
    uncited = "" if is_attack(read) else bundle.name
    return distil_actors(read, labelled, sources, version=version or read.date, uncited=uncited)


def is_attack(bundle: Bundle) -> bool:
    """Is it ATT&CK's, and not an organisation's own, which may well name ATT&CK's techniques?"""
    return any(one.type == _ATTACK_COLLECTION for one in bundle.objects) or any(
        _ATTACK_GROUP.fullmatch(one.attack_id) for one in bundle.objects if one.type == "intrusion-set"
    )


def fetched_files() -> dict[str, str]:
    """Return name of a file → where its publisher keeps the newest; the first is ATT&CK's bundle."""
    return _origins().fetch


def _galaxies(folder: Path) -> list[Galaxy]:
    found = []
    for source, name in GALAXIES.items():
        path = next(
            (folder / f"{name}{suffix}" for suffix in _SUFFIXES if (folder / f"{name}{suffix}").is_file()), None
        )
        if path is not None:
            found.append(read_galaxy(source, path))
    if not found:
        raise KnowledgeError("holds none of the cluster files " + ", ".join(GALAXIES.values()), where=str(folder))
    return found


def _sources(bundle: Bundle, galaxies: list[Galaxy], version: str) -> list[TableSource]:
    origins = _origins()
    first = _source(origins.attack if is_attack(bundle) else origins.own, bundle.sha256, version, bundle.date)
    return [first, *(_source(getattr(origins, one.source), one.sha256, one.version, "") for one in galaxies)]


def _source(origin: _Origin, sha256: str, version: str, date: str) -> TableSource:
    return TableSource(
        name=origin.name,
        url=origin.url,
        version=version,
        date=date,
        licence=origin.licence,
        notice=origin.notice,
        sha256=sha256,
    )


@lru_cache(maxsize=1)
def _origins() -> _Origins:
    return read_table("vigilia.knowledge.actors", "sources.toml", _Origins)
