"""Microsoft 365: what the intruder does with one researcher's account, on some weekdays between 01:00 and 10:00 UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from vigilia.demo.chance import Chance
from vigilia.demo.dates import SEARCH_AUDIT_BEGINS, SESSION_STOLEN, weekdays
from vigilia.demo.m365_background import staff_session
from vigilia.demo.m365_record import AuditWriter, Visit, quoted_query
from vigilia.demo.people import DOMAIN, Person, scenario_words, staff
from vigilia.demo.record import Record, Search

__all__ = [
    "CONSENTED_APPLICATION",
    "INTRUDER_AGENT",
    "M365_ADDRESSES",
    "VICTIM",
    "m365_intruder",
    "m365_sessions",
    "m365_working_days",
]

VICTIM = "mirela.oduya"
CONSENTED_APPLICATION = "7d1f6c30-9b42-4e0c-8f5e-2c64b1a70d19"
INTRUDER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
M365_ADDRESSES = ("203.0.113.137", "203.0.113.151", "2001:db8:a:1f::7")
_CONSENT_DAY = dt.date(2026, 1, 27)
_LAST_DAY = dt.date(2026, 6, 12)


def m365_working_days(seed: int) -> list[dt.date]:
    """Return the days on which the intruder works in Microsoft 365."""
    chance = Chance(seed, "m365 intruder days")
    fixed = {SESSION_STOLEN, _CONSENT_DAY, _LAST_DAY}
    return [day for day in weekdays(SESSION_STOLEN, _LAST_DAY) if day in fixed or chance.happens(0.2)]


def m365_intruder(seed: int) -> list[Record]:
    """Return the intruder's records of the audit log."""
    chance = Chance(seed, "m365 intruder")
    queries = _queries()
    records: list[Record] = []
    for number, day in enumerate(m365_working_days(seed)):
        records += _working_day(chance, day, _visit(chance, day, number), queries)
    return records


def m365_sessions(seed: int) -> dict[str, bool]:
    """Return the sign-in sessions that the intruder used, and whether each is the owner's stolen one."""
    days = m365_working_days(seed)
    return {_session(day, number): _is_stolen(day) for number, day in enumerate(days)}


def _is_stolen(day: dt.date) -> bool:
    return (day - SESSION_STOLEN).days < 14


def _session(day: dt.date, number: int) -> str:
    """The owner's session for two weeks, then sign-ins of the intruder's own."""
    return staff_session(staff()[VICTIM], day) if _is_stolen(day) else Chance(number // 3, "intruder session").guid()


def _visit(chance: Chance, day: dt.date, number: int) -> Visit:
    owner: Person = staff()[VICTIM]
    session = _session(day, number)
    return Visit(owner.address, chance.pick(M365_ADDRESSES), INTRUDER_AGENT, session, intruder=True)


def _queries() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield mail and site searches in turn, again from the start when all were used."""
    words = scenario_words()["intruder"]
    mail, sites = words["mail"], words["sharepoint"]
    number = 0
    while True:
        yield "Exchange", mail[number % len(mail)]
        if number % 2:
            yield "SharePoint", sites[(number // 2) % len(sites)]
        number += 1


def _working_day(
    chance: Chance, day: dt.date, visit: Visit, queries: Iterator[tuple[str, dict[str, object]]]
) -> Iterator[Record]:
    writer = AuditWriter(chance)
    at = chance.moment(day, 1.1, 6.5)
    if day != SESSION_STOLEN:
        yield writer.signed_in(at, visit)
    if day == SESSION_STOLEN:
        yield _hiding_rule(writer, chance.later(at, 200, 400), visit)
    if day == _CONSENT_DAY:
        yield _consent(writer, chance.later(at, 100, 300), visit)
    for _ in range(chance.whole(1, 3)):
        at = chance.later(at, 120, 1500)
        where, entry = next(queries)
        text = str(entry["text"])
        if at >= SEARCH_AUDIT_BEGINS or where == "SharePoint":
            act = f"m365 {where} {at:%Y-%m-%dT%H:%M:%S}"
            truth = Search.of(entry, act, visit.account, quoted_query(text))
            yield writer.searched(at, visit, text, where, truth)
        at = chance.later(at, 20, 200)
        yield from _reads(chance, writer, at, visit, day)
        yield from _opens(chance, writer, chance.later(at, 60, 500), visit, day)


def _hiding_rule(writer: AuditWriter, at: dt.datetime, visit: Visit) -> Record:
    return writer.command(
        at,
        visit,
        "New-InboxRule",
        "..",
        Name="..",
        SubjectOrBodyContainsWords="unusual sign-in;security alert;password;compromised",
        MoveToFolder="RSS Feeds",
        MarkAsRead="True",
        StopProcessingRules="True",
    )


def _consent(writer: AuditWriter, at: dt.datetime, visit: Visit) -> Record:
    changes = {
        "ConsentContext.IsAdminConsent": "False",
        "ConsentAction.Permissions": "Scope: Mail.Read Files.Read.All offline_access",
        "TargetId.ServicePrincipalNames": CONSENTED_APPLICATION,
    }
    return writer.directory(at, visit, "Consent to application.", "Mail Sync Desk", **changes)


def _reads(chance: Chance, writer: AuditWriter, at: dt.datetime, visit: Visit, day: dt.date) -> Iterator[Record]:
    """Read mail, through the browser or, after the consent, sometimes through the application."""
    through = visit
    if day > _CONSENT_DAY and chance.happens(0.4):
        through = Visit(
            visit.account, visit.address, "", visit.session, intruder=True, application=CONSENTED_APPLICATION
        )
    mailbox = chance.weighted({visit.account: 3, f"research@{DOMAIN}": 2})
    for number in range(chance.whole(1, 4)):
        messages = [f"{chance.digits(20)}@{DOMAIN}" for _ in range(chance.whole(2, 9))]
        moment = chance.later(at, 130 * number, 130 * number + 100)
        folder = chance.pick(["Inbox", "Inbox", "Archive", "Cases"])
        yield writer.read_mail(moment, through, mailbox, messages, folder)


def _opens(chance: Chance, writer: AuditWriter, at: dt.datetime, visit: Visit, day: dt.date) -> Iterator[Record]:
    """Open, and from March on sometimes download, files of the research site."""
    files = scenario_words()["files"]["research"]
    for path in chance.some(files, chance.whole(0, 3)):
        at = chance.later(at, 15, 240)
        yield writer.file(at, visit, "FileAccessed", "Research", path)
        if day >= dt.date(2026, 3, 1) and chance.happens(0.35):
            yield writer.file(chance.later(at, 5, 40), visit, "FileDownloaded", "Research", path)
