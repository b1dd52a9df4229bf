"""Synthetic mailboxes, and what Microsoft's procedure says of them, step by step and nothing else.

The procedure (learn.microsoft.com/purview/audit-log-investigate-accounts): was the mailbox throttled; are there sync
activities; is one of them in the attacker's context; which messages were bound in that context. A context is the
address, the client, the session and the user. Bind records gather the accesses of two minutes in a folder; an access
that repeats another within an hour is not recorded again unless its context or folder differs; a sync record stands
for its folder; after more than 1,000 records in a day a record with IsThrottled is the last for 24 hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from support.impact_grid.microsoft365 import CSV_HEADER, synchronised, with_fields
from support.impact_grid.organisation import (
    DAYS,
    FIRST_DAY,
    HOSTING,
    INTRUDER_AGENT,
    OFFICE,
    STAFF,
    VICTIM,
    staff_visit,
    work_time,
)
from support.impact_grid.rows import Rows
from vigilia.demo.chance import Chance
from vigilia.demo.m365_record import AuditWriter, Visit
from vigilia.demo.people import DOMAIN
from vigilia.demo.record import Record

__all__ = ["Access", "Exposed", "MailboxCase", "mailbox_case", "procedure", "records_of"]

_HOUR, _DAY = dt.timedelta(hours=1), dt.timedelta(hours=24)
_AGGREGATED = dt.timedelta(minutes=2)
_APPLICATION = "7d1f6c30-9b42-4e0c-8f5e-2c64b1a70d19"
_FOLDERS = ("Inbox", "Sent Items", "Archive", "Fälle 2026", "通訊")


@dataclass(frozen=True, slots=True)
class Access:
    """One access to a mailbox as it happened: messages that were opened, or a folder that was synchronised."""

    at: dt.datetime
    mailbox: str
    visit: Visit
    folder: str
    messages: tuple[str, ...] = ()
    sync: bool = False
    throttled: bool = False

    @property
    def context(self) -> tuple[str, ...]:
        """What tells contexts apart in the records."""
        return self.visit.account, self.visit.address, self.visit.session, self.visit.client, self.visit.application


@dataclass(frozen=True, slots=True)
class Exposed:
    """What of a mailbox must be taken as exposed."""

    messages: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    throttled: frozenset[tuple[dt.datetime, dt.datetime]] = frozenset()


@dataclass(slots=True)
class MailboxCase:
    """Several mailboxes of one organisation.

    Attributes:
        features: of each mailbox, what the intruder or Exchange did there.
        accesses: what Exchange recorded, in time order. lines: the whole export with everything else.
    """

    features: dict[str, tuple[str, ...]] = field(default_factory=dict)
    accesses: list[Access] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def procedure(accesses: Sequence[Access], mailbox: str) -> Exposed:
    """Return what is exposed, from the recorded accesses and the knowledge which contexts were the attacker's."""
    own = [access for access in accesses if access.mailbox == mailbox]
    contexts = {access.context for access in own if access.visit.intruder}
    attacker = [access for access in own if access.context in contexts]
    if not attacker:
        return Exposed()
    first = min(access.at for access in accesses if access.visit.intruder)
    last = max(access.at for access in accesses if access.visit.intruder)
    return Exposed(
        messages=frozenset(one for access in attacker if not access.sync for one in access.messages),
        folders=frozenset(access.folder for access in attacker if access.sync),
        throttled=frozenset(
            (access.at, access.at + _DAY)
            for access in own
            if access.throttled and access.at <= last and access.at + _DAY >= first
        ),
    )


def mailbox_case(seed: str, number: int, mailboxes: int = 8) -> MailboxCase:
    """Draw a case: staff at all mailboxes for weeks, the intruder for two of them."""
    chance = Chance(0, f"mailboxes {seed} {number}")
    case = MailboxCase()
    names = [f"shared{index}@{DOMAIN}" for index in range(mailboxes - 1)] + [VICTIM]
    visits = [
        chance.moment(FIRST_DAY + dt.timedelta(days=day), 1.2, 3.5) for day in sorted(chance.some(range(10, 22), 6))
    ]
    happened = [access for name in names for access in _staff(chance, name)]
    for name in names:
        case.features[name] = tuple(_features(chance))
        for feature in case.features[name]:
            happened += _INTRUDER[feature](chance, name, chance.pick(visits))
    case.accesses = _recorded(sorted(happened, key=lambda access: access.at))
    rows = Rows(chance)
    _entry(rows, chance, visits[0])
    _consents(rows, chance, visits[0])
    _session_at_the_office(rows, chance, case.accesses)
    written = [(row.at, row.record.line) for row in rows.rows if isinstance(row.record, Record)]
    written += [(access.at, records_of(chance, access).line) for access in case.accesses]
    case.lines = [CSV_HEADER, *(line for _, line in sorted(written))]
    return case


def _features(chance: Chance) -> list[str]:
    """What happens to a mailbox: about one in four is left alone."""
    if chance.happens(0.25):
        return chance.some(["throttled early"], 1 if chance.happens(0.2) else 0)
    kinds = ["bind", "same message", "office", "delegate", "application", "sync", "throttled", "again"]
    return chance.some(kinds, chance.whole(1, 3))


def _messages(chance: Chance, low: int, high: int) -> tuple[str, ...]:
    return tuple(f"<{chance.digits(20)}@{DOMAIN}>" for _ in range(chance.whole(low, high)))


def _staff(chance: Chance, mailbox: str) -> list[Access]:
    found = []
    for offset in range(DAYS):
        day = FIRST_DAY + dt.timedelta(days=offset)
        if day.weekday() > 4:
            continue
        visit = staff_visit(mailbox if mailbox in STAFF else chance.pick(STAFF[1:]), day)
        found.append(Access(work_time(chance, day), mailbox, visit, chance.pick(_FOLDERS), _messages(chance, 1, 3)))
        if chance.happens(0.05):
            found.append(Access(work_time(chance, day), mailbox, visit, "Inbox", sync=True))
    return found


def _intruder(chance: Chance, address: str = HOSTING, application: str = "", session: str = "") -> Visit:
    agent = "" if application else INTRUDER_AGENT
    return Visit(VICTIM, address, agent, session or chance.guid(), intruder=True, application=application)


def _bind(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """Messages of several folders, opened over some minutes."""
    visit = _intruder(chance)
    return [
        Access(
            chance.later(at, 30 * step, 30 * step + 20), mailbox, visit, chance.pick(_FOLDERS), _messages(chance, 1, 2)
        )
        for step in range(10, chance.whole(14, 30))
    ]


def _same_message(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """A message that the intruder and a member of staff both opened within the hour: two contexts, two records."""
    message = _messages(chance, 1, 1)
    owner = staff_visit(VICTIM if mailbox == VICTIM else STAFF[1], at.date())
    return [
        Access(chance.later(at, 900, 950), mailbox, owner, "Inbox", message),
        Access(chance.later(at, 1200, 1300), mailbox, _intruder(chance), "Inbox", message),
    ]


def _office(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """The intruder's session, later carried on through a machine in the office: the owner's address."""
    visit = _intruder(chance, session=chance.guid())
    inside = Visit(visit.account, OFFICE, visit.agent, visit.session, intruder=True)
    return [
        Access(chance.later(at, 1400, 1450), mailbox, visit, "Inbox", _messages(chance, 1, 3)),
        Access(chance.later(at, 2400, 2500), mailbox, inside, "Inbox", _messages(chance, 1, 3)),
    ]


def _delegate(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """Full access was given to the victim's account: the mailbox of others with the rights of a delegate."""
    return [Access(chance.later(at, 3000, 3100), mailbox, _intruder(chance), "Inbox", _messages(chance, 2, 5))]


def _application(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """An application with consent fetches messages from the intruder's server."""
    visit = _intruder(chance, application=_APPLICATION)
    return [
        Access(chance.later(at, 4000 + 125 * step, 4010 + 125 * step), mailbox, visit, "Inbox", _messages(chance, 5, 9))
        for step in range(3)
    ]


def _sync(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    visit = _intruder(chance)
    return [
        Access(chance.later(at, 5000 + 40 * step, 5010 + 40 * step), mailbox, visit, folder, sync=True)
        for step, folder in enumerate(chance.some(_FOLDERS, chance.whole(1, 3)))
    ]


def _throttled(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """The intruder's program opened so much that Exchange stopped recording for a day."""
    visit = _intruder(chance)
    begun = chance.later(at, 6000, 6100)
    return [
        Access(begun, mailbox, visit, "Inbox", _messages(chance, 5, 9)),
        Access(begun + dt.timedelta(seconds=300), mailbox, visit, "Inbox", _messages(chance, 1, 1), throttled=True),
        Access(begun + dt.timedelta(hours=2), mailbox, visit, "Inbox", _messages(chance, 5, 9)),
    ]


def _throttled_early(chance: Chance, mailbox: str, _at: dt.datetime) -> list[Access]:
    """Throttled a week before the intruder came, by somebody of the staff: exposes nothing."""
    visit = staff_visit(mailbox if mailbox in STAFF else STAFF[1], FIRST_DAY)
    at = chance.moment(FIRST_DAY + dt.timedelta(days=2), 9.0, 15.0)
    return [Access(at, mailbox, visit, "Inbox", _messages(chance, 1, 1), throttled=True)]


def _again(chance: Chance, mailbox: str, at: dt.datetime) -> list[Access]:
    """The same messages three times within the hour, and once more after it: the repetitions are not recorded."""
    visit, messages = _intruder(chance), _messages(chance, 2, 4)
    return [
        Access(chance.later(at, 7000 + seconds, 7010 + seconds), mailbox, visit, "Archive", messages)
        for seconds in (0, 300, 1200, 4200)
    ]


_INTRUDER = {
    "bind": _bind,
    "same message": _same_message,
    "office": _office,
    "delegate": _delegate,
    "application": _application,
    "sync": _sync,
    "throttled": _throttled,
    "throttled early": _throttled_early,
    "again": _again,
}


def _recorded(happened: Sequence[Access]) -> list[Access]:
    """Return what Exchange records of what happened: gathered over two minutes, without repetitions, throttled."""
    kept: list[Access] = []
    seen: dict[tuple[str, ...], dt.datetime] = {}
    silent: dict[str, dt.datetime] = {}
    for access in happened:
        if access.at < silent.get(access.mailbox, access.at):
            continue
        if access.throttled:
            silent[access.mailbox] = access.at + _DAY
        fresh = tuple(one for one in access.messages or (access.folder,) if _is_fresh(access, one, seen))
        if not fresh and not access.throttled:
            continue
        if not access.sync and not access.throttled and (place := _open_record(kept, access)) is not None:
            kept[place] = _joined(kept[place], fresh)
        else:
            kept.append(access if access.sync or access.throttled else _with_messages(access, fresh))
    return kept


def _is_fresh(access: Access, thing: str, seen: dict[tuple[str, ...], dt.datetime]) -> bool:
    key = (*access.context, access.mailbox, access.folder, str(access.sync), thing)
    before = seen.get(key)
    if before is not None and access.at - before < _HOUR:
        return False
    seen[key] = access.at
    return True


def _open_record(kept: Sequence[Access], access: Access) -> int | None:
    for place in range(len(kept) - 1, -1, -1):
        other = kept[place]
        if access.at - other.at >= _AGGREGATED:
            return None
        same = (other.mailbox, other.folder, other.context) == (access.mailbox, access.folder, access.context)
        if same and not other.sync and not other.throttled:
            return place
    return None


def _joined(access: Access, messages: tuple[str, ...]) -> Access:
    return _with_messages(access, tuple(dict.fromkeys((*access.messages, *messages))))


def _with_messages(access: Access, messages: tuple[str, ...]) -> Access:
    return Access(access.at, access.mailbox, access.visit, access.folder, messages)


def records_of(chance: Chance, access: Access) -> Record:
    """Return the record of an access."""
    writer = AuditWriter(chance)
    if access.sync:
        return synchronised(writer, chance, access.at, access.visit, access.mailbox, access.folder)
    bare = [message.strip("<>") for message in access.messages]
    record = writer.read_mail(access.at, access.visit, access.mailbox, bare, access.folder)
    if not access.throttled:
        return record
    told = [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "True"}]
    return with_fields(record, lambda audit: audit.update(OperationProperties=told))


def _entry(rows: Rows, chance: Chance, at: dt.datetime) -> None:
    """The intruder, plain to see: a rule that hides warnings."""
    rule = AuditWriter(chance).command(
        at, _intruder(chance), "New-InboxRule", "..",
        Name="..", SubjectOrBodyContainsWords="unusual sign-in;security alert;password", MoveToFolder="RSS Feeds",
    )  # fmt: skip
    rows.add("m365", rule)


def _consents(rows: Rows, chance: Chance, at: dt.datetime) -> None:
    changes = {
        "ConsentContext.IsAdminConsent": "False",
        "ConsentAction.Permissions": "Scope: Mail.Read Mail.Read.Shared offline_access",
        "TargetId.ServicePrincipalNames": _APPLICATION,
    }
    visit = _intruder(chance)
    rows.add("m365", AuditWriter(chance).directory(at, visit, "Consent to application.", "Mail Sync Desk", **changes))


def _session_at_the_office(rows: Rows, chance: Chance, accesses: Sequence[Access]) -> None:
    """Each session of the intruder begins with a sign-in from the rented server."""
    begun: dict[str, dt.datetime] = {}
    for access in accesses:
        if access.visit.intruder:
            begun.setdefault(access.visit.session, access.at)
    for session, at in begun.items():
        visit = _intruder(chance, session=session)
        rows.add("m365", AuditWriter(chance).signed_in(at - dt.timedelta(seconds=45), visit))
