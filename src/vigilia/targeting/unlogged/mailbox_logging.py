"""Mailboxes of Microsoft 365 whose searches are not recorded, judged one by one.

What is typed into Outlook's search box is recorded (SearchQueryInitiatedExchange) only for mailboxes for which somebody
added that action to the owner's audited ones (`Set-Mailbox -AuditOwner @{Add="SearchQueryInitiated"}`), and not for
accounts that bypass auditing. Microsoft, "Get started with auditing solutions" and "Manage mailbox auditing".
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from vigilia.model.times import OptionalTime, parse_time
from vigilia.store.event_store import EventStore
from vigilia.targeting.unlogged.unlogged_searches import Unlogged

__all__ = ["unlogged_mailboxes"]

_ID = "mailbox-searches"
_SOURCE = "m365.audit"
_MAILBOXES_AT_MOST = 5000
_SWITCHES_AT_MOST = 50_000
# Somebody who switches it on for all mailboxes does so in one go.
_ONE_GO = dt.timedelta(hours=12)

# Mailboxes in use by their own people: shared ones are searched by others, with their own accounts.
_USED = """
SELECT mailbox, min(ts) AS first, max(ts) AS last,
  coalesce(min(ts) FILTER (action = 'SearchQueryInitiatedExchange'), '') AS searched
FROM (
  SELECT lower("user.name") AS mailbox, strftime("@timestamp", '%Y-%m-%dT%H:%M:%S.%fZ') AS ts, "event.action" AS action,
    list_filter("vigilia.objects", lambda one: starts_with(one, 'mailbox:')) AS named
  FROM events WHERE "vigilia.source" = 'm365.audit' AND "event.provider" = 'Exchange' AND "@timestamp" IS NOT NULL
    AND contains("user.name", '@') AND "event.action" IN ('MailItemsAccessed', 'Send', 'MailboxLogin', 'Create',
      'Update', 'MoveToDeletedItems', 'SoftDelete', 'HardDelete', 'Move', 'Copy', 'SearchQueryInitiatedExchange'))
WHERE named IS NULL OR len(named) = 0 OR list_contains(named, 'mailbox:' || mailbox)
GROUP BY mailbox ORDER BY mailbox LIMIT ?
"""

_SWITCHES = """
SELECT "event.id" AS event_id, strftime("@timestamp", '%Y-%m-%dT%H:%M:%S.%fZ') AS time, "event.action" AS action,
  lower(coalesce("vigilia.objects"[1][9:], json_extract_string("vigilia.fields", '$."Parameters.Identity"'),
    json_extract_string("vigilia.fields", '$.ObjectId'), '')) AS mailbox,
  lower(coalesce(json_extract_string("vigilia.fields", '$."Parameters.AuditOwner"'), '')) AS owner,
  lower(coalesce(json_extract_string("vigilia.fields", '$."Parameters.DefaultAuditSet"'), '')) AS defaults,
  lower(coalesce(json_extract_string("vigilia.fields", '$."Parameters.AuditEnabled"'), '')) AS enabled,
  lower(coalesce(json_extract_string("vigilia.fields", '$."Parameters.AuditBypassEnabled"'), '')) AS bypass
FROM events WHERE "vigilia.source" = 'm365.audit' AND "@timestamp" IS NOT NULL
  AND "event.action" IN ('Set-Mailbox', 'Set-MailboxAuditBypassAssociation')
  AND coalesce("event.outcome", '') <> 'failure'
ORDER BY "@timestamp", "event.id" LIMIT ?
"""


_NEVER = (
    "records of mailboxes exist, but none of a search in mail (SearchQueryInitiatedExchange), which is off unless "
    "somebody switched it on"
)
_NOT_THIS_ONE = "searches were switched on for other mailboxes by name, not for this one, and it has no record of any"
_NOT_BEFORE = "the search box of Outlook was not recorded before somebody switched that on"


class _Mailbox(msgspec.Struct, frozen=True):
    """A mailbox in use: first and last record, and its first record of a search."""

    mailbox: str
    first: OptionalTime
    last: OptionalTime
    searched: OptionalTime


class _Switch(msgspec.Struct, frozen=True):
    """A command that may change what is recorded of a mailbox."""

    event_id: str
    time: OptionalTime
    action: str
    mailbox: str
    owner: str
    defaults: str
    enabled: str
    bypass: str

    @property
    def recording(self) -> bool | None:
        """True: searches are recorded from here on; False: they are not; None: it says nothing of that."""
        if self.bypass in ("true", "false"):
            return self.bypass == "false"
        if "owner" in self.defaults or self.enabled == "false":
            return False
        if "searchqueryinitiated" in self.owner:
            return "remove" not in self.owner.partition("searchqueryinitiated")[0]
        return True if self.enabled == "true" else None


def unlogged_mailboxes(store: EventStore) -> list[Unlogged]:
    """Return the mailboxes, and for each the time, of which searches were not recorded, sorted by mailbox and start.

    Where no mailbox at all has a record of a search, that is told once, for the whole source.
    """
    mailboxes = msgspec.convert(store.rows(_USED, [_MAILBOXES_AT_MOST]), list[_Mailbox])
    switches: dict[str, list[_Switch]] = {}
    for one in msgspec.convert(store.rows(_SWITCHES, [_SWITCHES_AT_MOST]), list[_Switch]):
        if one.mailbox and one.recording is not None:
            switches.setdefault(one.mailbox, []).append(one)
    begun = min((one.first for one in mailboxes), default="")
    ended = max((one.last for one in mailboxes), default="")
    named = any(one.recording and "searchqueryinitiated" in one.owner for group in switches.values() for one in group)
    if mailboxes and not named and not any(one.searched for one in mailboxes):
        return [Unlogged(id=_ID, source=_SOURCE, entity="", start=begun, end=ended, basis=_NEVER)]
    found = [gap for one in mailboxes for gap in _of(one, switches.get(one.mailbox, []), (begun, ended), named=named)]
    return sorted(_in_one_go(found), key=lambda one: (one.entity, one.start, one.end))


def _of(mailbox: _Mailbox, switches: Sequence[_Switch], span: tuple[str, str], *, named: bool) -> Iterator[Unlogged]:
    """Yield the times in which a mailbox's searches were not recorded."""
    began = next((one for one in switches if one.recording), None)
    if began is None and not mailbox.searched:
        if named:
            yield _gap(mailbox, span[0], span[1], _NOT_THIS_ONE)
        return
    if began is not None and (not mailbox.searched or began.time < mailbox.searched) and began.time > span[0]:
        yield _gap(mailbox, span[0], began.time, _NOT_BEFORE, began.event_id)
    yield from _switched_off(mailbox, switches)


def _switched_off(mailbox: _Mailbox, switches: Sequence[_Switch]) -> Iterator[Unlogged]:
    """Yield the times for which somebody switched the recording off, until it was switched on again or for good."""
    off: _Switch | None = None
    for one in switches:
        if not one.recording and off is None:
            off = one
        elif one.recording and off is not None and one.action == off.action:
            yield _gap(mailbox, off.time, one.time, f"{off.action} switched it off, and on again later", off.event_id)
            off = None
    if off is not None:
        yield _gap(mailbox, off.time, "", f"{off.action} switched it off", off.event_id)


def _gap(mailbox: _Mailbox, start: str, end: str, basis: str, *event_ids: str) -> Unlogged:
    return Unlogged(
        id=_ID, source=_SOURCE, entity=mailbox.mailbox, start=start, end=end, basis=basis, event_ids=tuple(event_ids)
    )


def _in_one_go(gaps: Sequence[Unlogged]) -> Iterator[Unlogged]:
    """Give gaps that ended in one go the same end, the earliest: until then none of the mailboxes was recorded."""
    in_order = sorted(gaps, key=lambda one: (one.basis, one.start, one.end, one.entity))
    for _, group in itertools.groupby(in_order, lambda one: (one.basis, one.start)):
        ended = ""
        for one in group:
            if not (ended and one.end and parse_time(one.end) - parse_time(ended) <= _ONE_GO):
                ended = one.end
            yield dataclasses.replace(one, end=ended)
