"""What MISP galaxies say of actors: country, motive, kinds of victims, other names.

Clusters are linked to ATT&CK groups by the group's id among their synonyms, else by names that no two groups share.
Format: https://www.misp-standard.org/rfc/misp-standard-galaxy-format.html
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from vigilia.knowledge.actors.json_text import decode_json
from vigilia.knowledge.actors.stix import read_plain
from vigilia.knowledge.shipped_table import read_table
from vigilia.model.errors import KnowledgeError

__all__ = ["GALAXIES", "ActorLabels", "Galaxy", "labels_of", "read_galaxy"]

GALAXIES: Final = {
    "misp": "threat-actor.json",
    "tidal": "tidal-groups.json",
    "microsoft": "microsoft-activity-group.json",
}
"""Source of a label → its cluster file in the MISP galaxy repository."""

_Words = list[str] | str


class _Meta(msgspec.Struct, frozen=True):
    synonyms: list[str] = []
    country: _Words = []
    group_attack_id: str = ""
    observed_motivations: list[str] = []
    incident_type: _Words = msgspec.field(default=[], name="cfr-type-of-incident")
    motive: _Words = []
    target_categories: list[str] = []
    targeted_sector: list[str] = msgspec.field(default=[], name="targeted-sector")


class _Cluster(msgspec.Struct, frozen=True):
    value: str
    meta: _Meta = _Meta()

    @property
    def names(self) -> list[str]:
        return [self.value, *self.meta.synonyms]


class _Content(msgspec.Struct, frozen=True):
    values: list[_Cluster]
    version: int = 0


class Galaxy(msgspec.Struct, frozen=True):
    """One cluster file; `source` is a key of `GALAXIES`, `sha256` that of the unpacked bytes."""

    source: str
    clusters: list[_Cluster]
    version: str
    sha256: str


class ActorLabels(msgspec.Struct, frozen=True):
    """What the galaxies say of one actor: country code → sources, motive → sources, kinds of victims, other names."""

    countries: dict[str, list[str]]
    motives: dict[str, list[str]]
    targets: list[str]
    aliases: list[str]


class _Vocabulary(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    reason: str
    sources: dict[str, str]
    motives: dict[str, list[str]]


def read_galaxy(source: str, path: Path) -> Galaxy:
    """Read a cluster file, JSON or JSON in gzip.

    Raises:
        KnowledgeError: it is no such file, or too large.
    """
    raw = read_plain(path)
    try:
        content = decode_json(raw, _Content)
    except msgspec.DecodeError as error:
        raise KnowledgeError(f"not a MISP galaxy cluster: {error}", where=path.name) from error
    return Galaxy(source, content.values, str(content.version), hashlib.sha256(raw).hexdigest())


def labels_of(names: Mapping[str, Iterable[str]], galaxies: Iterable[Galaxy]) -> dict[str, ActorLabels]:
    """Return what the galaxies say of each actor (id → its names) that one of their clusters speaks of."""
    by_name = _by_name(names)
    found: dict[str, list[tuple[str, _Cluster]]] = defaultdict(list)
    for galaxy in galaxies:
        for cluster in galaxy.clusters:
            for actor in _actors_of(cluster, names, by_name):
                found[actor].append((galaxy.source, cluster))
    return {actor: _labels(found[actor]) for actor in sorted(found)}


def _by_name(names: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return name in lower case → actor, without the names that several actors have."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for actor, own in names.items():
        for name in own:
            bearers[name.casefold()].add(actor)
    return {name: min(actors) for name, actors in bearers.items() if len(actors) == 1}


def _actors_of(cluster: _Cluster, names: Mapping[str, Iterable[str]], by_name: Mapping[str, str]) -> list[str]:
    ids = {one for one in (cluster.meta.group_attack_id, *cluster.meta.synonyms) if one in names}
    return sorted(ids or {by_name[one.casefold()] for one in cluster.names if one.casefold() in by_name})


def _labels(said: list[tuple[str, _Cluster]]) -> ActorLabels:
    known = _vocabulary().motives
    countries: dict[str, set[str]] = defaultdict(set)
    motives: dict[str, set[str]] = defaultdict(set)
    for source, cluster in said:
        meta = cluster.meta
        for country in _listed(meta.country):
            countries[country.upper()].add(source)
        for word in (*meta.observed_motivations, *_listed(meta.incident_type), *_listed(meta.motive)):
            for motive in known.get(word, ()):
                motives[motive].add(source)
    return ActorLabels(
        countries=_sorted(countries),
        motives=_sorted(motives),
        targets=sorted({word for _, one in said for word in (*one.meta.target_categories, *one.meta.targeted_sector)}),
        aliases=sorted({name for _, one in said for name in one.names}),
    )


def _sorted(labels: Mapping[str, set[str]]) -> dict[str, list[str]]:
    return {label: sorted(labels[label]) for label in sorted(labels)}


def _listed(words: _Words) -> list[str]:
    return [words] if isinstance(words, str) else words


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    return read_table("vigilia.knowledge.actors", "labels.toml", _Vocabulary)
