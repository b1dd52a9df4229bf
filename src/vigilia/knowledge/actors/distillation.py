"""From a STIX bundle and galaxies to the table of actors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from vigilia.knowledge.actors.citation_dates import published
from vigilia.knowledge.actors.galaxies import ActorLabels, Galaxy, labels_of
from vigilia.knowledge.actors.stix import Bundle, StixObject
from vigilia.knowledge.actors.table import Actor, ActorTable, Operation, Report, Software, TableSource
from vigilia.model.errors import KnowledgeError

__all__ = ["distil_actors"]

_SOFTWARE: Final = ("malware", "tool")
_USED: Final = ("attack-pattern", *_SOFTWARE)
_USERS: Final = ("intrusion-set", "campaign")
_Cited = dict[tuple[str, str], list[str]]


def distil_actors(
    bundle: Bundle, galaxies: Sequence[Galaxy], sources: Sequence[TableSource], *, version: str, uncited: str = ""
) -> ActorTable:
    """Reduce a bundle to who was reported to use what, and add what the galaxies say of each actor.

    Args:
        bundle: ATT&CK, or an organisation's own.
        galaxies: may be empty.
        sources: where the files came from, kept in the table.
        version: of the table.
        uncited: name of a report to cite, dated as the bundle, for relations that cite none; empty: they cite nothing.

    Raises:
        KnowledgeError: the bundle holds no intrusion set that uses anything.
    """
    live = _Live(bundle.objects)
    cited = {pair: reports or ([uncited] if uncited else []) for pair, reports in live.cited().items()}
    if not any(user in live.actors for user, _ in cited):
        raise KnowledgeError("the bundle holds no intrusion set that is said to use a technique or software")
    reports = _Reports(live, cited, {uncited: bundle.date} if uncited else {})
    names = {identifier: [one.name, *one.aliases] for identifier, one in live.actors.items()}
    labels = labels_of(names, galaxies)
    return ActorTable(
        version=version,
        date=bundle.date,
        sources=list(sources),
        reports=reports.listed,
        software={one: _software(live.software[one], reports.documenting(one)) for one in sorted(live.software)},
        actors={one: _actor(live.actors[one], reports.uses(one), labels.get(one)) for one in sorted(live.actors)},
        operations={
            one: _operation(live.operations[one], reports.uses(one), live.attributed(one))
            for one in sorted(live.operations)
        },
    )


class _Live:
    """The objects of a bundle that were not taken back, by the ids that the table uses."""

    def __init__(self, objects: Iterable[StixObject]) -> None:
        self._objects = {one.id: one for one in objects if not one.retired}
        self.actors = self._of("intrusion-set")
        self.operations = self._of("campaign")
        self.software = self._of(*_SOFTWARE)

    def cited(self) -> _Cited:
        """Return (user, what it uses) → names of the reports cited for that, sorted."""
        return self._uses(_USERS, _USED)

    def documented(self) -> dict[str, set[str]]:
        """Return software → names of the reports about what it does."""
        found: dict[str, set[str]] = defaultdict(set)
        for (software, _), reports in self._uses(_SOFTWARE, _USED).items():
            found[software].update(reports)
        return found

    def attributed(self, operation: str) -> list[str]:
        """Return the actors to whom an operation is attributed."""
        return sorted(self._attributions.get(operation, ()))

    def citations(self) -> dict[str, str]:
        """Return name of a report → the words of its citation; where they differ, the longest."""
        words: dict[str, str] = {}
        for one in self._objects.values():
            for reference in one.cited:
                earlier = words.get(reference.source_name, "")
                words[reference.source_name] = max(earlier, reference.description, key=lambda text: (len(text), text))
        return words

    @cached_property
    def _attributions(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for _, source, target in self._related("attributed-to", _USERS, _USERS):
            found[_id(source)].add(_id(target))
        return found

    def _of(self, *types: str) -> dict[str, StixObject]:
        return {_id(one): one for one in self._objects.values() if one.type in types}

    def _uses(self, users: Sequence[str], used: Sequence[str]) -> _Cited:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for relation, source, target in self._related("uses", users, used):
            found[_id(source), _id(target)].update(one.source_name for one in relation.cited)
        return {pair: sorted(found[pair]) for pair in sorted(found)}

    def _related(
        self, kind: str, sources: Sequence[str], targets: Sequence[str]
    ) -> Iterable[tuple[StixObject, StixObject, StixObject]]:
        for one in self._objects.values():
            source, target = self._objects.get(one.source_ref), self._objects.get(one.target_ref)
            if one.type != "relationship" or one.relationship_type != kind or source is None or target is None:
                continue
            if source.type in sources and target.type in targets:
                yield one, source, target


class _Reports:
    """The reports that are cited for an actor or an operation, and what is cited to which."""

    def __init__(self, live: _Live, cited: _Cited, dates: Mapping[str, str]) -> None:
        names = sorted({name for reports in cited.values() for name in reports})
        words = live.citations()
        self._place = {name: place for place, name in enumerate(names)}
        self._documented = live.documented()
        self._uses: dict[str, dict[str, list[int]]] = defaultdict(dict)
        for (user, used), reports in cited.items():
            self._uses[user][used] = [self._place[one] for one in reports]
        self.listed = [Report(name=name, date=dates.get(name) or published(words.get(name, ""))) for name in names]

    def uses(self, user: str) -> dict[str, list[int]]:
        return self._uses.get(user, {})

    def documenting(self, software: str) -> list[int]:
        return sorted(self._place[one] for one in self._documented.get(software, ()) if one in self._place)


def _id(one: StixObject) -> str:
    return one.attack_id or one.id


def _software(one: StixObject, documented: list[int]) -> Software:
    aliases = sorted({*one.aliases, *one.other_names} - {one.name})
    return Software(name=one.name, kind=one.type, aliases=aliases, documented=documented)


def _actor(one: StixObject, uses: Mapping[str, list[int]], labels: ActorLabels | None) -> Actor:
    labels = labels or ActorLabels({}, {}, [], [])
    return Actor(
        name=one.name,
        aliases=sorted({*one.aliases, *labels.aliases} - {one.name}),
        countries=labels.countries,
        motives=labels.motives,
        targets=labels.targets,
        uses=dict(uses),
    )


def _operation(one: StixObject, uses: Mapping[str, list[int]], actors: list[str]) -> Operation:
    return Operation(
        name=one.name, actors=actors, first_seen=one.first_seen[:10], last_seen=one.last_seen[:10], uses=dict(uses)
    )
