"""Whether access may persist: what the intruder made by which they may come back, and is it gone."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec
import pyarrow as pa

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.matches import Finding
from vigilia.model.probability import clamp, estimative_phrase
from vigilia.model.result import Intrusion, Persistence, PersistenceKind, PersistenceState
from vigilia.model.wording import day_in_words
from vigilia.scope.acted import ACTED, HITS
from vigilia.store.event_store import EventStore

__all__ = ["PERSISTENCE_AT_MOST", "Means", "find_persistence", "load_means"]

PERSISTENCE_AT_MOST = 100
_DOINGS = "scope_doings"
_WANTED = "scope_doing_names"
_STATES: tuple[PersistenceState, ...] = ("there", "unknown", "removed")


class Means(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way of coming back, as persistence.toml describes it."""

    kind: PersistenceKind
    what: str
    name: list[str]
    made: list[str] = []
    needs: list[str] = []
    having: dict[str, list[str]] = {}
    removed: list[str] = []
    techniques: list[str] = []
    place: list[str] = []
    target: bool = False
    mailbox: bool = False
    page: bool = False
    shared: bool = False
    done: str = "made"
    untold: str = ""

    @property
    def lasts(self) -> bool:
        """Tell whether each record of these actions says that something was made that was not there before."""
        return self.done == "made" and not self.having


class _SessionMeans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    what: str
    untold: str
    revoked: list[str]
    realms: list[str]


class _KeyMeans(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    what: str
    untold: str
    realm: str
    prefix: str
    deleted: list[str]
    name: list[str]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    session: _SessionMeans
    used_key: _KeyMeans
    means: list[Means]


class _Found(msgspec.Struct, frozen=True):
    """One thing that was made: its shown name and place, and how many records of the same are not the intruder's."""

    value: str
    place: str
    account: str
    source: str
    probability: float
    made: str
    removed: str
    removed_id: str
    ends: str
    others: int
    event_ids: list[str]


@functools.cache
def _table() -> _Table:
    return read_table("vigilia.scope", "persistence.toml", _Table)


def load_means() -> list[Means]:
    """Return the ways back that the table knows, sessions aside.

    Raises:
        KnowledgeError: the packaged table is damaged.
    """
    return _table().means


def find_persistence(
    store: EventStore, findings: Sequence[Finding], intrusion: Intrusion, at_least: float
) -> list[Persistence]:
    """Return what may let the intruder back in, what is still there first; at most 100.

    Needs `scope_intruder` and `scope_hits` in the store.

    Args:
        store: the events.
        findings: in the order in which `scope_hits` numbers them.
        intrusion: whose accounts were used.
        at_least: probability from which on an event counts as the intruder's.
    """
    _keep_doings(store)
    found = [thing for means in _table().means for thing in _made(store, means, findings, at_least)]
    found += _tricked_consents(store, intrusion, at_least)
    told = {one.value for one in found if one.kind == "access-key"}
    found += [one for one in _used_keys(store) if one.value not in told]
    found += _open_sessions(store, intrusion)
    return sorted(found, key=_urgency)[:PERSISTENCE_AT_MOST]


def _urgency(one: Persistence) -> tuple[int, float, str, str, str, str]:
    return (_STATES.index(one.state), -one.probability, one.made, one.kind, one.value, one.place)


def _keep_doings(store: EventStore) -> None:
    """Keep every record that may make or remove such a thing, whoever did it: few among millions."""
    table = _table()
    actions = {action for means in table.means for action in (*means.made, *means.removed)}
    actions |= {*table.session.revoked, *table.used_key.deleted}
    store.register(_WANTED, pa.table({"wanted_action": pa.array(sorted(actions), pa.string())}))
    store.materialize(
        _DOINGS,
        f"""SELECT "event.id" AS doing_id, "@timestamp" AS doing_ts, "event.action" AS doing,
          "vigilia.source" AS doing_source, "vigilia.fields" AS fields, lower("user.target.name") AS target
        FROM events WHERE "event.action" IN (SELECT wanted_action FROM {_WANTED})
          AND coalesce("event.outcome", '') <> 'failure'""",  # noqa: S608 - our own constants
    )


# The first of these fields that is not empty.
_FIRST = "list_filter(json_extract_string({fields}, {paths}), lambda one: coalesce(one, '') <> '')[1]"
_NAME = _FIRST.format(fields="fields", paths="$name")
_PLACE = _FIRST.format(fields="fields", paths="$place")
_NEEDED = _FIRST.format(fields="fields", paths="$needs")

_MADE = f"""
WITH making AS (
  SELECT id FROM scope_intruder JOIN {_DOINGS} ON id = doing_id
  WHERE probability >= $at_least AND list_contains($made, doing)
    AND (len($needs) = 0 OR {_NEEDED} IS NOT NULL)
    AND (len($having) = 0 OR len(list_filter(list_transform($having, lambda one: json_extract_string(fields, one)),
      lambda value: list_contains($values, value))) > 0)
  UNION
  SELECT id FROM scope_intruder JOIN {HITS} ON id = hit_event
  WHERE probability >= $at_least AND list_contains($rules, hit_rule) AND NOT list_contains($elsewhere, action)
), named AS (
  SELECT one.*, "vigilia.fields" AS fields, lower("user.target.name") AS target,
    split_part("url.original", '?', 1) AS page
  FROM scope_intruder AS one SEMI JOIN making USING (id) JOIN events ON one.id = "event.id"
), placed AS (
  SELECT *, coalesce(CASE WHEN $target THEN target END, CASE WHEN $page THEN page END, {_NAME}, '') AS value,
    coalesce({_PLACE}, nullif(machine, ''), CASE WHEN $mailbox THEN account END, '') AS place
  FROM named
), things AS (
  SELECT lower(value) AS thing, lower(place) AS spot, any_value(value ORDER BY ts, id) AS value,
    any_value(place ORDER BY ts, id) AS place, any_value(account ORDER BY ts, id) AS account,
    any_value(source ORDER BY ts, id) AS source, max(probability) AS probability, min(ts) AS made, max(ts) AS last_made,
    list_slice(list(id ORDER BY ts NULLS LAST, id), 1, 20) AS event_ids
  FROM placed GROUP BY ALL
), removals AS (
  SELECT doing_ts, doing_id, lower(coalesce(CASE WHEN $target THEN target END, {_NAME}, '')) AS gone,
    lower(coalesce({_PLACE}, '')) AS gone_from
  FROM {_DOINGS} WHERE list_contains($removed, doing)
), owned AS (
  SELECT lower(coalesce({_NAME}, '')) AS owned_thing, count(*) AS others
  FROM {_DOINGS} ANTI JOIN (SELECT id FROM scope_intruder WHERE probability >= $at_least) AS theirs ON id = doing_id
  WHERE $shared AND list_contains($made, doing) GROUP BY ALL
), ends AS (
  SELECT "vigilia.source" AS source, max("@timestamp") AS ends FROM events GROUP BY ALL
)
SELECT value, place, account, source, probability, event_ids, coalesce(others, 0) AS others,
  coalesce(strftime(made, '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS made,
  coalesce(strftime(min(doing_ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS removed,
  coalesce(arg_min(doing_id, (doing_ts, doing_id)), '') AS removed_id,
  coalesce(strftime(max(ends), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS ends
FROM things JOIN ends USING (source)
LEFT JOIN removals ON doing_ts >= last_made AND thing <> ''
  AND (gone = thing OR ends_with(gone, '\\' || thing)) AND gone_from IN ('', spot)
LEFT JOIN owned ON thing <> '' AND owned_thing = thing
GROUP BY value, place, account, source, probability, event_ids, others, made
ORDER BY made, value, place
"""  # noqa: S608 - our own constants


def _made(store: EventStore, means: Means, findings: Sequence[Finding], at_least: float) -> list[Persistence]:
    wanted = set(means.techniques)
    rows = store.rows(
        _MADE,
        {
            "at_least": at_least,
            "made": means.made or [""],
            "needs": _paths(means.needs),
            "having": _paths(list(means.having)),
            "values": [value for values in means.having.values() for value in values] or [""],
            "rules": [number for number, one in enumerate(findings) if wanted & set(one.technique_ids)] or [-1],
            # What another way back knows by its action is told there, whatever techniques its rules name.
            "elsewhere": sorted({action for one in load_means() if one != means and one.lasts for action in one.made}),
            "removed": means.removed or [""],
            "name": _paths(means.name) or ["$.none"],
            "place": _paths(means.place) or ["$.none"],
            "target": means.target,
            "mailbox": means.mailbox,
            "page": means.page,
            "shared": means.shared,
        },
    )
    found = msgspec.convert(rows, list[_Found])
    # What ran behind a page is told with the page.
    paged = [one for one in found if one.value] if means.page else []
    return [_thing(means, one) for one in paged or found]


def _paths(names: Sequence[str]) -> list[str]:
    return [f'$."{name}"' for name in names]


def _thing(means: Means, one: _Found, what: str = "this was the intruder") -> Persistence:
    state: PersistenceState = "removed" if one.removed else "there" if means.removed else "unknown"
    named = f" “{one.value}”" if one.value else ""
    preposition = "in" if means.place or means.mailbox else "on"
    where = f" {preposition} {one.place}" if one.place and one.place != one.value else ""
    when = f" on {day_in_words(one.made)}" if one.made else ""
    by = f" with the account {one.account}" if one.account else ""
    whose = f"That {what} is {estimative_phrase(one.probability)}."
    text = f"{_capital(means.what)}{named}{where} was {means.done}{when}{by}. {whose}"
    if means.shared:
        text += f" {_used_by_others(one)}"
    text += f" {_fate(state, means.untold, one)}"
    return Persistence(
        kind=means.kind,
        value=one.value,
        place=one.place,
        account=one.account,
        state=state,
        probability=clamp(one.probability),
        made=one.made,
        removed=one.removed,
        statement=text,
        event_ids=[*one.event_ids, *([one.removed_id] if one.removed_id else [])],
    )


def _used_by_others(one: _Found) -> str:
    if one.others:
        return "It is used otherwise, too, so its owner's copy was taken, or the owner's machine."
    return "No login of anybody else in these records uses it."


def _fate(state: PersistenceState, untold: str, one: _Found) -> str:
    if state == "removed":
        return f"A record of {day_in_words(one.removed)} says that it was taken away."
    if state == "unknown":
        return untold
    ends = f", whose records end on {day_in_words(one.ends)}," if one.ends else ""
    return f"No later record of that log{ends} says that it was taken away."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_CONSENTED = f"""
WITH agreed AS (
  SELECT id, ts, account, source, {_NAME} AS name,
    list_filter(json_extract_string(fields, $name), lambda one: list_contains($applications, one)) AS theirs
  FROM {ACTED} JOIN {_DOINGS} ON id = doing_id WHERE list_contains($made, doing) AND account <> ''
    AND id NOT IN (SELECT id FROM scope_intruder WHERE probability >= $at_least)
), withdrawn AS (
  SELECT doing_ts, doing_id, account AS whose,
    list_filter(json_extract_string(fields, $name), lambda one: list_contains($applications, one)) AS gone
  FROM {ACTED} JOIN {_DOINGS} ON id = doing_id WHERE list_contains($removed, doing)
), ends AS (
  SELECT "vigilia.source" AS source, max("@timestamp") AS ends FROM events GROUP BY ALL
)
SELECT agreed.name AS value, '' AS place, account, source, 1.0 AS probability, 0 AS others,
  list_slice(list(DISTINCT id ORDER BY id), 1, 20) AS event_ids,
  coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS made,
  coalesce(strftime(min(doing_ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS removed,
  coalesce(arg_min(doing_id, (doing_ts, doing_id)), '') AS removed_id,
  coalesce(strftime(max(ends), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS ends
FROM agreed JOIN ends USING (source)
LEFT JOIN withdrawn ON whose = account AND doing_ts >= ts AND len(list_intersect(gone, theirs)) > 0
WHERE len(theirs) > 0 GROUP BY agreed.name, account, source ORDER BY agreed.name, account
"""  # noqa: S608 - our own constants


def _tricked_consents(store: EventStore, intrusion: Intrusion, at_least: float) -> list[Persistence]:
    """Tell of consents that owners gave by themselves to applications that are the intruder's."""
    likely = {one.value: one.probability for one in intrusion.applications if one.probability >= at_least}
    consents = [one for one in load_means() if one.kind == "consent"] if likely else []
    told = []
    for means in consents:
        values: dict[str, object] = {
            "applications": sorted(likely),
            "at_least": at_least,
            "made": means.made,
            "removed": means.removed,
            "name": _paths(means.name),
        }
        for one in msgspec.convert(store.rows(_CONSENTED, values), list[_Found]):
            thing = msgspec.structs.replace(one, probability=likely.get(one.value, max(likely.values())))
            told.append(
                _thing(msgspec.structs.replace(means, done="given"), thing, "the application is the intruder's")
            )
    return told


def _used_keys(store: EventStore) -> list[Persistence]:
    """Tell of each lasting access key that the intruder used since when, and whether it was deleted afterwards."""
    means = _table().used_key
    rows = store.rows(
        f"""WITH used AS (
          SELECT session, account, max(probability) AS probability, min(ts) AS first_used, max(ts) AS last_used,
            list_slice(list(id ORDER BY ts NULLS LAST, id), 1, 20) AS ids
          FROM scope_intruder WHERE probability >= 0.5 AND realm = $realm AND starts_with(session, $prefix) GROUP BY ALL
        ), gone AS (
          SELECT {_NAME} AS gone_key, doing_ts, doing_id FROM {_DOINGS} WHERE list_contains($deleted, doing)
        )
        SELECT session, account, probability, ids,
          coalesce(strftime(first_used, '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS used,
          coalesce(strftime(min(doing_ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS removed,
          coalesce(arg_min(doing_id, (doing_ts, doing_id)), '') AS removed_id
        FROM used LEFT JOIN gone ON gone_key = session AND doing_ts >= last_used
        GROUP BY session, account, probability, ids, first_used ORDER BY session, account""",  # noqa: S608 - constants
        {"realm": means.realm, "prefix": means.prefix, "deleted": means.deleted, "name": _paths(means.name)},
    )
    return [_used_key(means, msgspec.convert(row, _UsedKey)) for row in rows]


class _UsedKey(msgspec.Struct, frozen=True):
    session: str
    account: str
    probability: float
    used: str
    removed: str
    removed_id: str
    ids: list[str]


def _used_key(means: _KeyMeans, one: _UsedKey) -> Persistence:
    text = f"{_capital(means.what)} “{one.session}” of {one.account} was first used by the intruder"
    text += f" on {day_in_words(one.used)}. " if one.used else ". "
    text += f"A record of {day_in_words(one.removed)} says that it was deleted." if one.removed else means.untold
    return _in_use("access-key", one.session, one, text, one.probability, one.ids)


def _open_sessions(store: EventStore, intrusion: Intrusion) -> list[Persistence]:
    """Tell of each account used where tokens are handed out whether its sign-ins were revoked after the last use."""
    means = _table().session
    rows = store.rows(
        f"""WITH used AS (
          SELECT account, max(ts) AS last_used, arg_max(id, (ts, id)) AS last_id FROM scope_intruder
          WHERE probability >= 0.5 AND account <> '' AND list_contains($realms, realm) GROUP BY account
        )
        SELECT account, last_id, coalesce(strftime(min(doing_ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS removed,
          coalesce(arg_min(doing_id, (doing_ts, doing_id)), '') AS removed_id,
          coalesce(strftime(last_used, '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last_used
        FROM used LEFT JOIN {_DOINGS} ON target = account AND doing_ts >= last_used AND list_contains($revoked, doing)
        GROUP BY account, last_id, last_used ORDER BY account""",  # noqa: S608 - our own constants
        {"realms": means.realms, "revoked": means.revoked},
    )
    probable = {one.value: one.probability for one in intrusion.accounts}
    return [_session(means, msgspec.convert(row, _Used), probable.get(str(row["account"]), 0.5)) for row in rows]


class _Used(msgspec.Struct, frozen=True):
    account: str
    last_id: str
    removed: str
    removed_id: str
    last_used: str


def _session(means: _SessionMeans, one: _Used, probability: float) -> Persistence:
    text = f"The intruder last used {means.what} of {one.account}"
    text += f" on {day_in_words(one.last_used)}. " if one.last_used else ". "
    text += f"They were revoked on {day_in_words(one.removed)}." if one.removed else means.untold
    return _in_use("session", one.account, one, text, probability, [one.last_id])


def _in_use(
    kind: PersistenceKind, value: str, one: _UsedKey | _Used, text: str, probability: float, ids: Sequence[str]
) -> Persistence:
    """Return a way back that was used, not made, and which a record may have ended."""
    return Persistence(
        kind=kind,
        value=value,
        place="",
        account=one.account,
        state="removed" if one.removed else "unknown",
        probability=clamp(probability),
        made="",
        removed=one.removed,
        statement=text,
        event_ids=[*ids, *([one.removed_id] if one.removed_id else [])],
    )
