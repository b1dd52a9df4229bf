"""Microsoft 365: what the staff, their administrator and the internet's noise do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from vigilia.demo.chance import Chance
from vigilia.demo.dates import EXPORTED, M365_BEGINS, SEARCH_AUDIT_BEGINS, days
from vigilia.demo.m365_record import AuditWriter, Visit
from vigilia.demo.people import DOMAIN, Person, scenario_words, staff
from vigilia.demo.record import Record

__all__ = ["m365_background", "staff_session"]

# site, list of files in words.toml, and the shared mailbox of a role
_PLACES = {
    "fundraising": ("Fundraising", "fundraising", f"donations@{DOMAIN}"),
    "finance": ("Fundraising", "fundraising", ""),
    "membership": ("Membership", "membership", f"membership@{DOMAIN}"),
    "researcher": ("Research", "research", f"research@{DOMAIN}"),
    "regional": ("Research", "research", f"research@{DOMAIN}"),
    "casework": ("Research", "research", ""),
    "personnel": ("People", "people", ""),
}
_UNAUDITED_ROLES = frozenset({"director", "finance"})  # whose searches are never logged


def staff_session(person: Person, day: dt.date) -> str:
    """Return the sign-in session of a person's browser: a new one every second week."""
    return Chance(day.toordinal() // 14, person.account).guid()


def m365_background(seed: int) -> list[Record]:
    """Return everything in the audit log that is not the intruder's."""
    records = [*_administration(AuditWriter(Chance(seed, "m365 administration")))]
    noise = Chance(seed, "m365 noise")
    for day in days(M365_BEGINS, EXPORTED.date()):
        records += _spraying(noise, day)
        for person in staff().values():
            if person.works(day) and not noise.happens(0.1):
                records += _working_day(noise, person, day)
    return [record for record in records if record.at < EXPORTED]


def _working_day(chance: Chance, person: Person, day: dt.date) -> Iterator[Record]:
    writer = AuditWriter(chance)
    place = person.place(chance, day)
    visit = Visit(person.address, place, person.agent, staff_session(person, day))
    site, files, shared = _PLACES.get(person.role, ("General", "general", ""))
    if chance.happens(0.3):
        yield writer.signed_in(person.moment(chance, day), visit)
    if chance.happens(0.02):
        yield writer.refused(person.moment(chance, day), visit)
    if chance.happens(0.55):
        yield _mail(chance, writer, person, day, visit, person.address)
    if shared and chance.happens(0.3):
        yield _mail(chance, writer, person, day, visit, shared)
    if chance.happens(0.2):
        yield writer.sent(person.moment(chance, day), visit, _subject(chance, person))
    for _ in range(chance.count(0.6)):
        operation = chance.weighted({"FileAccessed": 6, "FileModified": 3, "FileDownloaded": 1})
        path = chance.pick(scenario_words()["files"][files])
        yield writer.file(person.moment(chance, day), visit, operation, site, path)
    yield from _searches(chance, writer, person, day, visit)


def _mail(chance: Chance, writer: AuditWriter, person: Person, day: dt.date, visit: Visit, mailbox: str) -> Record:
    messages = [f"{chance.digits(20)}@{DOMAIN}" for _ in range(chance.whole(1, 4))]
    return writer.read_mail(
        person.moment(chance, day), visit, mailbox, messages, chance.pick(["Inbox", "Inbox", "Sent Items"])
    )


def _subject(chance: Chance, person: Person) -> str:
    subjects: dict[str, list[str]] = scenario_words()["subjects"]
    return chance.pick(subjects["research" if person.role in ("researcher", "regional") else "everyone"])


def _searches(chance: Chance, writer: AuditWriter, person: Person, day: dt.date, visit: Visit) -> Iterator[Record]:
    words = scenario_words()["searches"]
    own = words.get(person.role, words["everyone"])
    count = chance.whole(1, 2) if person.role == "regional" else int(chance.happens(0.2))
    for _ in range(count):
        at = person.moment(chance, day)
        text = chance.pick(own if chance.happens(0.8) else words["everyone"])
        where = chance.weighted({"Exchange": 2, "SharePoint": 1})
        audited = at >= SEARCH_AUDIT_BEGINS and person.role not in _UNAUDITED_ROLES
        if audited or where == "SharePoint":
            yield writer.searched(at, visit, text, where)
    # The regional researcher knows two of the watched persons from her work.
    if person.role == "regional" and day in (dt.date(2026, 3, 19), dt.date(2026, 5, 7)):
        yield writer.searched(person.moment(chance, day), visit, "Szeto Lanfung hearing", "Exchange")


def _spraying(chance: Chance, day: dt.date) -> Iterator[Record]:
    """Password guessing from the internet: some every week, a wave on three days."""
    wave = day in (dt.date(2026, 2, 8), dt.date(2026, 4, 12), dt.date(2026, 6, 2))
    for _ in range(14 if wave else int(chance.happens(0.3))):
        person = chance.pick(list(staff().values()))
        visit = Visit(person.address, f"203.0.113.{chance.whole(2, 120)}", "BAV2ROPC", chance.guid())
        yield AuditWriter(chance).refused(chance.moment(day, 0, 24), visit)


def _administration(writer: AuditWriter) -> Iterator[Record]:
    people = staff()
    idris = people["idris.lund"]
    visit = Visit(idris.address, idris.office.egress, idris.agent, staff_session(idris, SEARCH_AUDIT_BEGINS.date()))
    for number, person in enumerate(people.values()):
        if person.role not in _UNAUDITED_ROLES:
            at = SEARCH_AUDIT_BEGINS + dt.timedelta(seconds=21 * number)
            actions = "Update;MoveToDeletedItems;SoftDelete;HardDelete;MailItemsAccessed;SearchQueryInitiated"
            yield writer.command(at, visit, "Set-Mailbox", person.address, Identity=person.address, AuditOwner=actions)
    for moment, delegate, mailbox in (
        ("2026-01-07T16:02:11Z", "anouk.feddersen", "research"),
        ("2026-02-18T14:40:52Z", "jonas.tarkwa", "membership"),
    ):
        at = dt.datetime.fromisoformat(moment)
        target = f"{mailbox}@{DOMAIN}"
        yield writer.command(
            at,
            visit,
            "Add-MailboxPermission",
            target,
            Identity=target,
            User=f"{delegate}@{DOMAIN}",
            AccessRights="FullAccess",
        )
    yield from _ordinary_rules(writer)
    consent = {"ConsentContext.IsAdminConsent": "True", "ConsentAction.Permissions": "Scope: User.Read Forms.Read"}
    at = dt.datetime.fromisoformat("2026-01-20T17:10:03Z")
    yield writer.directory(at, visit, "Consent to application.", "Lantern Forms", **consent)
    for moment, account in (("2026-02-03T14:11:40Z", "greta.almasi"), ("2026-05-12T13:30:09Z", "tove.rasmani")):
        at = dt.datetime.fromisoformat(moment)
        yield writer.directory(at, visit, "Reset user password.", f"{account}@{DOMAIN}")
    leif = people["leif.caruana"]
    press = Visit(leif.address, leif.office.egress, leif.agent, staff_session(leif, dt.date(2026, 4, 29)))
    yield writer.shared(dt.datetime.fromisoformat("2026-04-29T10:15:30Z"), press, "General", "Press/Release.docx")


def _ordinary_rules(writer: AuditWriter) -> Iterator[Record]:
    for moment, account, words, folder in (
        ("2026-01-09T15:21:00Z", "paloma.restrepo", "newsletter", "Newsletters"),
        ("2026-02-24T10:05:41Z", "radek.pettersen", "court bulletin", "Bulletins"),
        ("2026-05-06T18:44:12Z", "tove.rasmani", "petition update", "Campaigns"),
    ):
        person = staff()[account]
        at = dt.datetime.fromisoformat(moment)
        visit = Visit(person.address, person.office.egress, person.agent, staff_session(person, at.date()))
        yield writer.command(
            at, visit, "New-InboxRule", folder, Name=folder, SubjectContainsWords=words, MoveToFolder=folder
        )
