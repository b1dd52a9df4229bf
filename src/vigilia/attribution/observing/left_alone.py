"""What was left alone beside what was taken, as evidence of a choice.

Nobody chose to leave alone what they could not reach, what they named in a command, or what the records cannot show.
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterable, Mapping, Sequence, Set

from vigilia.attribution.observing.case import OURS, ObservedCase, Seen
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.impact.hits.attributed import places_named
from vigilia.impact.locators import locator_keys
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import load_channels
from vigilia.model.profile import DataClass
from vigilia.model.result import Impact
from vigilia.model.wording import listed
from vigilia.store.event_store import EventStore

__all__ = ["spared_data"]

_TOUCHED = frozenset({"E0", "E1", "E2"})
_SILENT = frozenset({"E3", "E5"})
_MOST_EVENT_IDS = 10

# The places, of those asked for, of which an account has a record of use, and the first of these records.
_USED = r"""
WITH acted AS (
    SELECT "event.id" AS id, unnest("vigilia.objects") AS object FROM events
    WHERE list_contains($accounts::VARCHAR[], lower("user.name")) AND coalesce("event.outcome", '') <> 'failure'
), things AS (
    SELECT min(id) AS id, rtrim(lower(replace(object, '\', '/')), '/') AS thing FROM acted GROUP BY thing
), places AS (SELECT unnest($keys::VARCHAR[]) AS key)
SELECT key, min(id) AS id FROM places JOIN things ON thing = key OR starts_with(thing, key || '/')
GROUP BY key ORDER BY key
"""
# What the intruder, or possibly the intruder, ran or asked a web server for; bounded, because evidence is anybody's.
_SAID = r"""
SELECT DISTINCT lower(replace(said, '\', '/'))[1:16384] AS line FROM (
    SELECT unnest(["process.command_line", "script.text", "url.original"]) AS said
    FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
    WHERE chosen.probability >= $possible
) WHERE said <> '' ORDER BY line
"""


def spared_data(case: ObservedCase) -> Seen | None:
    """Kinds of data that were opened or taken, beside others that were reachable and left alone.

    A kind counts as left alone only where the records of every way in which the intruder worked are adequate for the
    whole of the time and show nothing, a taken account used it or owns it, and no command of theirs names its place.
    """
    impact, least = case.evidence.impact, load_likelihoods().bars.least_spared
    labels = {one.data_class: one.label for one in impact}
    touched = sorted({one.data_class for one in impact if one.level in _TOUCHED})
    worked = {one.channel for one in impact if one.level in _TOUCHED or one.event_ids}
    silent = _silent(impact, worked) - set(touched)
    if not touched or len(silent) < least:
        return None
    places = _places([one for one in case.evidence.profile.data if one.id in silent])
    used = _open_to_them(case, places, worked)
    named = _named(case.evidence.store, places)
    spared = sorted(used.keys() - named)
    if len(spared) < least:
        return None
    ids = [one for row in impact if row.data_class in touched for one in row.event_ids[:_MOST_EVENT_IDS]]
    return Seen(
        f"Opened: {listed([labels[one] for one in touched])}. Open to an account that was taken, and no access "
        f"recorded where it would have been: {listed([labels[one] for one in spared])}.",
        [*ids, *(one for name in spared for one in used[name])],
    )


def _silent(impact: Sequence[Impact], worked: Set[str]) -> set[str]:
    """The kinds that could be reached (E3) as the intruder worked, and of which no such way leaves anything open."""
    levels: dict[str, set[str]] = {}
    for one in impact:
        if one.channel in worked:
            levels.setdefault(one.data_class, set()).add(one.level)
    return {name for name, seen in levels.items() if seen <= _SILENT and "E3" in seen}


def _places(classes: Iterable[DataClass]) -> dict[str, list[str]]:
    return {one.id: [key for where in one.where for key in locator_keys(where)] for one in classes}


def _open_to_them(case: ObservedCase, places: Mapping[str, Sequence[str]], worked: Set[str]) -> dict[str, list[str]]:
    """The kinds that a taken account used, or owns, in ways in which the intruder worked → records of that use."""
    accounts = sorted({one.value.lower() for one in case.evidence.intrusion.accounts if one.probability >= OURS})
    kinds = {kind for channel in load_channels().channel if channel.id in worked for kind in channel.carries}
    keys = sorted({key for own in places.values() for key in own if key.partition(":")[0] in kinds})
    rows = case.evidence.store.rows(_USED, {"accounts": accounts, "keys": keys})
    records: dict[str, list[str]] = {key: [] for key in keys if key.removeprefix("mailbox:") in accounts}
    records |= {str(row["key"]): [str(row["id"])] for row in rows}
    return {
        name: [one for key in own for one in records.get(key, [])]
        for name, own in places.items()
        if any(key in records for key in own)
    }


def _named(store: EventStore, places: Mapping[str, Sequence[str]]) -> set[str]:
    """The kinds whose place stands in a command of the intruder, percent-encoded in a web address too."""
    lines = [str(row["line"]) for row in store.rows(_SAID, {"possible": load_weights().event.possible})]
    text = "\n".join([*lines, *(urllib.parse.unquote_plus(one).lower().replace("\\", "/") for one in lines)])
    return {name for name, keys in places.items() if places_named(text, keys)}
