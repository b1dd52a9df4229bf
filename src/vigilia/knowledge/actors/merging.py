"""Two tables of actors made one: a newer one of ATT&CK's, or an organisation's own knowledge beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

import msgspec

from vigilia.knowledge.actors.table import Actor, ActorTable, Operation, Report, Software
from vigilia.model.errors import KnowledgeError

__all__ = ["is_own", "merge"]

_ATTACK_ID: Final = re.compile(r"[GSC]\d{4}")
_User = TypeVar("_User", Actor, Operation)


def is_own(identifier: str) -> bool:
    """Is it the id of something that an organisation added, not one of ATT&CK's?"""
    return _ATTACK_ID.fullmatch(identifier) is None


def merge(base: ActorTable, added: ActorTable) -> ActorTable:
    """Return the base with what was added.

    Actors of ATT&CK's that both know are taken from the newer table; where that has no labels, it keeps those of the
    base. Software of an organisation's own that bears a name or alias of the base's is the base's.

    Raises:
        KnowledgeError: both come from ATT&CK, and what was added is the older one.
    """
    attack = [one for one in added.actors if not is_own(one)]
    if attack and added.date < base.date:
        raise KnowledgeError(
            f"it is of {added.date}, and the table in use is of {base.date}", hint="Fetch a newer bundle."
        )
    renamed = _renamed(base, added)
    reports, places = _reports(base, added)
    kept = {name: one for name, one in base.actors.items() if not attack or is_own(name)}
    operations = {name: one for name, one in base.operations.items() if not attack or is_own(name)}
    return msgspec.structs.replace(
        base,
        version=added.version if attack else f"{base.version} and {added.version}",
        date=max(base.date, added.date),
        sources=[*([] if attack else base.sources), *added.sources],
        reports=reports,
        software=_software(base, added, renamed, places),
        actors=_ordered(
            kept, {name: _labelled(one, base.actors.get(name)) for name, one in _moved(added.actors, renamed, places)}
        ),
        operations=_ordered(operations, dict(_moved(added.operations, renamed, places))),
    )


def _renamed(base: ActorTable, added: ActorTable) -> dict[str, str]:
    """Return own id of software → id in the base, where a name is the same."""
    known = {
        name.casefold(): identifier for identifier, one in base.software.items() for name in (one.name, *one.aliases)
    }
    found = {}
    for identifier, one in added.software.items():
        same = sorted({known[name.casefold()] for name in (one.name, *one.aliases) if name.casefold() in known})
        if is_own(identifier) and same:
            found[identifier] = same[0]
    return found


def _reports(base: ActorTable, added: ActorTable) -> tuple[list[Report], list[int]]:
    """Return all reports, those of the base first, and of each added one its new place."""
    listed = list(base.reports)
    place = {report.name: at for at, report in enumerate(listed)}
    for report in added.reports:
        if report.name not in place:
            place[report.name] = len(listed)
            listed.append(report)
    return listed, [place[report.name] for report in added.reports]


def _software(
    base: ActorTable, added: ActorTable, renamed: Mapping[str, str], places: list[int]
) -> dict[str, Software]:
    new = {
        identifier: msgspec.structs.replace(one, documented=sorted({places[at] for at in one.documented}))
        for identifier, one in added.software.items()
        if identifier not in renamed
    }
    return _ordered(base.software, new)


def _moved(users: Mapping[str, _User], renamed: Mapping[str, str], places: list[int]) -> Iterable[tuple[str, _User]]:
    for name, one in users.items():
        yield name, msgspec.structs.replace(one, uses=_replaced(one.uses, renamed, places))


def _replaced(uses: dict[str, list[int]], renamed: Mapping[str, str], places: list[int]) -> dict[str, list[int]]:
    moved: dict[str, set[int]] = {}
    for used, cited in uses.items():
        moved.setdefault(renamed.get(used, used), set()).update(places[at] for at in cited)
    return {used: sorted(cited) for used, cited in moved.items()}


def _labelled(one: Actor, earlier: Actor | None) -> Actor:
    if earlier is None or one.countries or one.motives:
        return one
    return msgspec.structs.replace(one, countries=earlier.countries, motives=earlier.motives, targets=earlier.targets)


_Kept = TypeVar("_Kept")


def _ordered(first: Mapping[str, _Kept], second: Mapping[str, _Kept]) -> dict[str, _Kept]:
    both = {**first, **second}
    return {name: both[name] for name in sorted(both)}
