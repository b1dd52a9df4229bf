"""Which content a command, an upload or a drive concerns: by name, by its archive, by what was read before."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vigilia.impact.hits.commands import archive_names
from vigilia.impact.hits.hit import MOST_EVENT_IDS, Found, Hit, slice_of
from vigilia.impact.slices import Coverage
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.model.times import format_time, parse_time

__all__ = ["attribute_found", "places_named"]

_STAGING = "archive-staging"
# A dump or an export of which the record names nothing may hold all: it is assumed to.
_HOLDS_ALL = ("database-dump", "mailbox-export", "crm-export")
_WORD = re.compile(r"[\w.@/:-]{1,400}")
_SHORTEST_NAME = 4


@dataclass(slots=True)
class _Known:
    """What is known so far, in time order: when each class was touched and packed, and what archives hold."""

    touched: dict[str, list[dt.datetime]]
    staged: dict[str, list[dt.datetime]] = field(default_factory=dict)
    archives: dict[str, set[str]] = field(default_factory=dict)


def attribute_found(
    found: Sequence[Found], ways: Sequence[Way], cover: Sequence[Coverage], hits: Sequence[Hit]
) -> list[Hit]:
    """Return hits for what was found, in time order.

    What names content concerns that content; what names an archive, all that was packed into it. What names nothing
    concerns what was packed before, else what was read before, else nobody knows: such a hit is not `named`.
    """
    known = _Known(_touched(hits, ways))
    more: list[Hit] = []
    for one in sorted(found, key=lambda each: (each.moment, each.channel != _STAGING, each.event_ids)):
        classes = _named(one, ways, known)
        if one.channel == _STAGING:
            _keep(one, classes, known)
        more += _hits(one, classes, ways, cover, known)
    return _folded(more)


def places_named(text: str, keys: Iterable[str]) -> set[str]:
    """Return the locator keys that a text names; it must be in lower case, with "/" for every backslash."""
    words = set(_WORD.findall(text))
    return {key for key in keys if _names(text, words, key)}


def _folded(hits: Iterable[Hit]) -> list[Hit]:
    """Fold hits of which the same is true: a thousand times the same command is one hit."""
    by_kind: dict[tuple[object, ...], list[Hit]] = {}
    for hit in hits:
        by_kind.setdefault((hit.way, hit.part, hit.means, hit.action, hit.address, hit.named), []).append(hit)
    return [
        replace(
            alike[0],
            chance=max(one.chance for one in alike),
            events=sum(one.events for one in alike),
            last_time=alike[-1].last_time,
            event_ids=tuple(dict.fromkeys(one for each in alike for one in each.event_ids))[:MOST_EVENT_IDS],
        )
        for alike in by_kind.values()
    ]


def _touched(hits: Iterable[Hit], ways: Sequence[Way]) -> dict[str, list[dt.datetime]]:
    times: dict[str, list[dt.datetime]] = {}
    for hit in hits:
        if hit.chance >= load_weights().event.counted and hit.first_time:
            times.setdefault(ways[hit.way].data_class, []).extend(map(parse_time, (hit.first_time, hit.last_time)))
    return times


def _lately(times: dict[str, list[dt.datetime]], moment: dt.datetime) -> set[str]:
    """The classes of the last time before a moment, and of the hours before that: carrying away follows packing."""
    last = {name: max(earlier) for name, own in times.items() if (earlier := [one for one in own if one <= moment])}
    hours = dt.timedelta(hours=load_weights().level.implied_hours)
    return {name for name, one in last.items() if one >= max(last.values()) - hours}


def _named(one: Found, ways: Sequence[Way], known: _Known) -> set[str]:
    if not one.text:
        return set()
    words = set(_WORD.findall(one.text))
    mine = [way for way in ways if way.channel.id == one.channel]
    named = {way.data_class for way in mine for key in way.keys if _names(one.text, words, key)}
    if not named:
        named = {way.data_class for way in mine for key in way.keys if _database(key) in _parts(words)}
    for archive in archive_names(one.text):
        named |= known.archives.get(archive, set())
    return named


def _names(text: str, words: set[str], key: str) -> bool:
    """Does a text name a place? As a whole, by the last part of its path, or by a folder above it."""
    kind, _, rest = key.partition(":")
    rest = rest.strip("/")
    last = rest.rsplit("/", 1)[-1]
    if kind == "table":
        return bool(_parts(words) & {rest, rest.rsplit(".", 1)[-1]})
    if kind == "path" and any(_above(word, rest) for word in words):
        return True
    return rest in text or (len(last) >= _SHORTEST_NAME and last in _parts(words))


def _database(key: str) -> str:
    """The database of a table; what names no table of it may hold them all."""
    kind, _, rest = key.partition(":")
    return rest.partition(".")[0] if kind == "table" and "." in rest else "\0"


def _parts(words: set[str]) -> set[str]:
    return {part for word in words for part in re.split(r"[/.:=]", word)} | words


def _above(word: str, path: str) -> bool:
    folder = word.strip("/").removesuffix("/.")
    return word.startswith("/") and bool(folder) and f"{path}/".startswith(f"{folder}/")


def _keep(one: Found, classes: set[str], known: _Known) -> None:
    for name in classes:
        known.staged.setdefault(name, []).append(one.moment)
    for archive in archive_names(one.text):
        known.archives.setdefault(archive, set()).update(classes)


def _hits(
    one: Found, classes: set[str], ways: Sequence[Way], cover: Sequence[Coverage], known: _Known
) -> Iterator[Hit]:
    implied = 1.0
    if not classes and one.channel not in _HOLDS_ALL:
        implied = load_weights().level.implied
        classes = _lately(known.staged, one.moment) or _lately(known.touched, one.moment)
    named = bool(classes) or one.channel in _HOLDS_ALL
    for number, way in enumerate(ways):
        if way.channel.id != one.channel or (classes and way.data_class not in classes):
            continue
        time = format_time(one.moment)
        yield Hit(
            way=number,
            part=slice_of(cover[number].slices, one.moment),
            means=one.means,
            action=one.action,
            address=one.address,
            chance=one.chance * implied,
            events=len(one.event_ids),
            first_time=time,
            last_time=time,
            event_ids=one.event_ids,
            named=named,
        )
