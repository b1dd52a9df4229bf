"""Which content a command, an upload or a drive concerns: by name, by its archive, by what was read before."""

from __future__ import annotations

import bisect
import datetime as dt
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from vigilia.impact.hits.file_trail import DERIVED, FileTrail
from vigilia.impact.hits.hit import MOST_EVENT_IDS, Found, Hit, slice_of
from vigilia.impact.slices import Coverage
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.model.times import format_time, parse_time

__all__ = ["attribute_found", "places_named"]

# A dump or an export of which the record names nothing may hold all: it is assumed to.
_HOLDS_ALL = ("database-dump", "mailbox-export", "crm-export")
# What makes a file that is carried away later; of what has the same time it comes first, in this order.
_MAKES = ("database-dump", "mailbox-export", "archive-staging", DERIVED)
# Channels in which an address is where it went.
_GOES_TO = ("web-upload", "c2-channel")
_WORD = re.compile(r"[\w.@/:-]{1,400}")
_SHORTEST_NAME = 4


@dataclass(frozen=True, slots=True)
class _Trace:
    """When content of a class was touched or packed, on which machine and in which login ("" where not known)."""

    moment: dt.datetime
    data_class: str
    host: str = ""
    session: str = ""


@dataclass(slots=True)
class _Known:
    """What is known so far, in time order: what was touched, what was packed or dumped, and what files hold."""

    touched: list[_Trace]
    staged: list[_Trace] = field(default_factory=list)
    files: FileTrail = field(default_factory=FileTrail)


def attribute_found(
    found: Sequence[Found], ways: Sequence[Way], cover: Sequence[Coverage], hits: Sequence[Hit]
) -> list[Hit]:
    """Return hits for what was found, in time order.

    What names content concerns that content; what names a file, all that is known to be in it. What names nothing
    concerns what was packed before, else what was read before, else nobody knows: such a hit is not `named`.
    """
    known = _Known(_touched(hits, ways))
    more: list[Hit] = []
    for one in sorted(found, key=lambda each: (each.moment, _order(each), each.event_ids)):
        classes = _named(one, ways, known)
        if one.channel in _MAKES:
            _keep(one, classes or _whole(one, ways), known)
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
            sent=sum(one.sent for one in alike),
            events=sum(one.events for one in alike),
            last_time=alike[-1].last_time,
            event_ids=tuple(dict.fromkeys(one for each in alike for one in each.event_ids))[:MOST_EVENT_IDS],
        )
        for alike in by_kind.values()
    ]


def _order(one: Found) -> int:
    return _MAKES.index(one.channel) if one.channel in _MAKES else len(_MAKES)


def _touched(hits: Iterable[Hit], ways: Sequence[Way]) -> list[_Trace]:
    traces = {
        _Trace(parse_time(time), ways[hit.way].data_class)
        for hit in hits
        if hit.chance >= load_weights().event.counted and hit.first_time
        for time in (hit.first_time, hit.last_time)
    }
    return sorted(traces, key=lambda trace: (trace.moment, trace.data_class))


def _lately(traces: Sequence[_Trace], one: Found) -> set[str]:
    """The classes of the last time before, and of the hours before that: carrying away follows packing.

    Of these, those of the same login, else of the same machine, where there are some.
    """
    earlier = traces[: bisect.bisect_right(traces, one.moment, key=lambda trace: trace.moment)]
    hours = dt.timedelta(hours=load_weights().level.implied_hours)
    near = list(itertools.takewhile(lambda trace: trace.moment >= earlier[-1].moment - hours, reversed(earlier)))
    beside = [trace for trace in near if one.session and trace.session == one.session]
    beside = beside or [trace for trace in near if one.host and trace.host == one.host]
    return {trace.data_class for trace in beside or near}


def _named(one: Found, ways: Sequence[Way], known: _Known) -> set[str]:
    if not one.text:
        return set()
    words = set(_WORD.findall(one.text))
    mine = [way for way in ways if one.channel in (way.channel.id, DERIVED)]
    named = {way.data_class for way in mine for key in way.keys if _names(one.text, words, key)}
    if not named:
        named = {way.data_class for way in mine for key in way.keys if _database(key) in _parts(words)}
    return named | known.files.held(one)


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


def _whole(one: Found, ways: Sequence[Way]) -> set[str]:
    """What a dump that names no table may hold: all."""
    return {way.data_class for way in ways if way.channel.id == one.channel} if one.channel in _HOLDS_ALL else set()


def _keep(one: Found, classes: set[str], known: _Known) -> None:
    if one.channel != DERIVED:
        traces = [_Trace(one.moment, name, one.host, one.session) for name in sorted(classes)]
        known.staged += [trace for trace in traces if trace not in known.staged[-len(traces) :]]
    known.files.keep(one, classes)


def _hits(
    one: Found, classes: set[str], ways: Sequence[Way], cover: Sequence[Coverage], known: _Known
) -> Iterator[Hit]:
    implied = 1.0
    if not classes and one.channel not in _HOLDS_ALL:
        implied = load_weights().level.implied
        classes = _lately(known.staged, one) or _lately(known.touched, one)
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
            sent=one.sent,
            egress=one.channel in _GOES_TO,
        )
