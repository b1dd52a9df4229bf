"""A rich fictional case, and an empty one, as the stages would hand them to the report."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from support.events import event, events_table
from vigilia.model.evidence import EvidenceItem, RejectCount
from vigilia.model.matches import Finding
from vigilia.model.result import (
    Attribution,
    Case,
    Concentration,
    Containment,
    CoverageRow,
    Dated,
    Exposure,
    Gap,
    Group,
    HypothesisMatrix,
    Impact,
    Intrusion,
    Judgement,
    Ladder,
    LadderRung,
    LanguageUse,
    LeftOut,
    MatrixRow,
    Motive,
    Observation,
    OffsetChance,
    OpenQuestion,
    OperatorHint,
    PersonToWarn,
    Planted,
    Reason,
    Result,
    ScopedEntity,
    SearchAct,
    Sponsor,
    Statement,
    Targeting,
    Technique,
    TimelineEntry,
    Tool,
    TopicCount,
    UnknownTerm,
    UnloggedSearches,
    WorkingWeek,
)
from vigilia.report.document import ReportParts, assemble
from vigilia.store.event_store import EventStore

__all__ = ["empty_parts", "empty_result", "rich_parts", "rich_result"]

MAIL = "1111111111111111"
WEB = "2222222222222222"
SHARE = "3333333333333333"
SHAS = {item: item * 4 for item in (MAIL, WEB, SHARE)}
FIRST = "2026-02-03T02:14:07.000000Z"
LAST = "2026-10-09T08:41:55.250000Z"
START = dt.date(2026, 1, 20)


def rich_result() -> Result:
    """Return the document of a fictional long intrusion."""
    return assemble(rich_parts())


def empty_result() -> Result:
    """Return the document of a case in which nothing was found."""
    return assemble(empty_parts())


def rich_parts() -> ReportParts:
    """Return what the stages would give for a fictional long intrusion at a fictional organisation."""
    return ReportParts(
        case=Case(name="Harbour lantern", organisation="Lanternfold", time_zone="Europe/Vienna"),
        tool=_tool(),
        evidence=_evidence(),
        gaps=_gaps(),
        coverage=_coverage(),
        intrusion=_intrusion(),
        timeline=_timeline(),
        findings=_findings(),
        techniques=_techniques(),
        searches=_searches(),
        targeting=_targeting(),
        impact=_impact(),
        exposures=_exposures(),
        attribution=_attribution(),
        containment=_containment(),
        statements=_statements(),
        store=EventStore.from_table(events_table(_events())),
    )


def empty_parts() -> ReportParts:
    """Return what the stages would give when nothing was found in a small export."""
    return replace(
        rich_parts(),
        intrusion=Intrusion(
            verdict="none-found", probability=0.06, first_seen="", last_seen="", dwell_days=0.0,
            accounts=[], addresses=[], hosts=[], sessions=[],
        ),
        timeline=[],
        findings=[],
        techniques=[],
        searches=[],
        targeting=Targeting(topics=[], persons=[], statement="", intruder_searches=0, other_searches=0),
        impact=[],
        attribution=Attribution(
            motive=Motive(posterior={}), sponsor=Sponsor(state_sponsored=0.0, nexus={}),
            group=Group(named="", candidates=[], why="No intrusion was found, so there is nothing to attribute."),
            judgements=[],
        ),
        containment=[],
        statements=[
            Statement(id="scope-1", question="who-was-in", weight="headline",
                      text="We found no sign of an intruder in what was examined."),
            Statement(id="scope-2", question="who-was-in", weight="caveat",
                      text="This does not mean that nobody was in: the mail audit export begins on 2026-04-12.",
                      gap_ids=["gap-1"]),
        ],
    )  # fmt: skip


def mail(number: int) -> str:
    """Return the id of a mail audit event of the fictional case."""
    return f"{MAIL}:{number}"


def web(number: int) -> str:
    """Return the id of a web access event of the fictional case."""
    return f"{WEB}:{number}"


def share(number: int) -> str:
    """Return the id of a file share event of the fictional case."""
    return f"{SHARE}:{number}"


def _events() -> list[dict[str, Any]]:
    rows = []
    for number in range(1, 161):
        searching = number % 4 == 0
        rows.append(
            event(
                number,
                at=f"2026-{7 + number // 60:02d}-{1 + number % 27:02d}T0{1 + number % 8}:{number % 60:02d}:09Z",
                vigilia__item=MAIL,
                vigilia__offset=number * 2048,
                vigilia__length=1987,
                event__action="SearchQueryInitiatedExchange" if searching else "MailItemsAccessed",
                event__provider="Exchange",
                event__outcome="success",
                user__name="mira.sole@lanternfold.example",
                source__ip="203.0.113.45",
                vigilia__search="香港 訪談" if searching else None,
                vigilia__objects=None if searching else ["mailbox:mira.sole@lanternfold.example"],
            )
        )
    for number in range(1, 21):
        rows.append(
            event(
                number,
                at=f"2026-02-{3 + number // 4:02d}T02:{10 + number}:07Z",
                vigilia__item=WEB,
                vigilia__source="web.access",
                vigilia__time_basis="zone-assumed" if number == 3 else "recorded",
                event__action="GET",
                source__ip="203.0.113.45",
                host__name="www.lanternfold.example",
                url__original=f"/?s=%E9%A6%99%E6%B8%AF&page={number}",
                vigilia__offset=number * 211,
                vigilia__length=211,
            )
        )
        rows.append(
            event(
                number,
                at=f"2026-05-{number:02d}T04:{10 + number}:00Z",
                vigilia__item=SHARE,
                vigilia__source="windows",
                event__action="5145",
                event__code="5145",
                event__provider="Security",
                user__name="svc-scan",
                source__ip="192.0.2.61",
                host__name="FS01.lanternfold.example",
                vigilia__objects=[f"share:\\\\FS01\\Research\\Interviews\\{number}.docx"],
            )
        )
    return rows


def _tool() -> Tool:
    return Tool(
        version="0.1.0",
        rules=187,
        rules_sha256="ab" * 32,
        rules_unsupported=["Rare remote thread (rule-17.yml): correlation of type temporal_ordered"],
        knowledge=[
            Dated(name="ATT&CK Enterprise", version="18.1", date="2025-11-13", sha256="cd" * 32),
            Dated(name="Place names (CLDR)", version="48", date="2025-10-29", sha256="ef" * 32),
        ],
    )


def _evidence() -> list[EvidenceItem]:
    return [
        EvidenceItem(
            item=MAIL, path="m365/audit-export.csv", sha256=SHAS[MAIL], bytes=4_812_930, status="read",
            format="m365-purview-csv", source="m365.audit", records=5210, rejected=3, bytes_parsed=4_809_000,
            bytes_quarantined=3_930, first_time="2026-04-12T00:03:11.000000Z", last_time=LAST,
            rejects=[RejectCount(reason="cell cut in the middle", count=3, bytes=3930, first_place="line 5211")],
            warnings=["The export has exactly 5 213 rows and ends within a cell: it was probably cut short."],
        ),
        EvidenceItem(
            item=WEB, path="www/access.log.gz!/access.log", sha256=SHAS[WEB], bytes=711_204, status="read",
            format="web-combined", source="web.access", records=2981, bytes_parsed=711_204,
            first_time="2026-01-20T00:00:02.000000Z", last_time="2026-10-09T23:10:00.000000Z",
        ),
        EvidenceItem(
            item=SHARE, path="FS01-security.jsonl", sha256=SHAS[SHARE], bytes=998_000, status="read",
            format="windows-json", source="windows", records=1310, bytes_parsed=998_000,
            first_time="2026-05-01T00:00:00.000000Z", last_time="2026-10-09T20:00:00.000000Z",
        ),
        EvidenceItem(
            item="4444444444444444", path="WS07.evtx", sha256="44" * 32, bytes=69_632, status="quarantined",
            format="windows-evtx", source="windows", bytes_quarantined=69_632,
            warnings=["The reader made no progress for 60 seconds and was stopped."],
        ),
        EvidenceItem(
            item="5555555555555555", path="notes/readme\\u202etxt.bin", sha256="55" * 32, bytes=812,
            status="unrecognised", bytes_ignored=812,
        ),
        EvidenceItem(item="", path="locked/backup.tar", sha256="", bytes=0, status="unreadable",
                     warnings=["The file system refused to open it: permission denied."]),
    ]  # fmt: skip


def _gaps() -> list[Gap]:
    return [
        Gap(id="gap-1", source="m365.audit", entity="", kind="retention", start=FIRST,
            end="2026-04-12T00:03:11.000000Z",
            basis="The mail audit export begins 68 days after the first sign of the intruder.",
            consequence="What happened in mail before 12 April cannot be determined."),
        Gap(id="gap-2", source="windows", entity="FS01.lanternfold.example", kind="cleared",
            start=FIRST, end="2026-05-01T00:00:00.000000Z",
            basis="Record 1 of the security log says that the log was cleared.",
            consequence="Reads on the file share before 1 May cannot be seen.", event_ids=[share(1)]),
        Gap(id="gap-3", source="linux.auditd", entity="www", kind="not-provided", start="", end="",
            basis="No auditd log of the web server was handed in.",
            consequence="Programs that ran on the web server cannot be seen."),
    ]  # fmt: skip


def _coverage() -> list[CoverageRow]:
    def days(first: int, last: int, busy: int) -> dict[str, int]:
        counted = {}
        for number in range(first, last):
            day = START + dt.timedelta(days=number)
            quiet = day.weekday() >= 5
            counted[day.isoformat()] = max(1, busy // (6 if quiet else 1) + number % 7)
        return counted

    return [
        CoverageRow(source="m365.audit", entity="", first_time="2026-04-12T00:03:11.000000Z", last_time=LAST,
                    events=5210, days=days(82, 263, 29)),
        CoverageRow(source="web.access", entity="www", first_time="2026-01-20T00:00:02.000000Z",
                    last_time="2026-10-09T23:10:00.000000Z", events=2981, days=days(0, 263, 11)),
        CoverageRow(source="windows", entity="FS01.lanternfold.example", first_time="2026-05-01T00:00:00.000000Z",
                    last_time="2026-10-09T20:00:00.000000Z", events=1310,
                    days=days(101, 170, 8) | days(184, 263, 8)),
        CoverageRow(source="linux.syslog", entity="www", first_time="2026-09-10T00:00:00.000000Z",
                    last_time="2026-10-09T20:00:00.000000Z", events=240, days=days(233, 263, 8)),
    ]  # fmt: skip


def _entity(value: str, probability: float, ids: list[str], events: int) -> ScopedEntity:
    return ScopedEntity(
        value=value,
        probability=probability,
        first_seen=FIRST,
        last_seen=LAST,
        events=events,
        reasons=[Reason(text="It shares a session with the address that used the web shell.", weight=8.2,
                        event_ids=ids[:2]),
                 Reason(text="Its owner used it from the office at the same time.", weight=3.1)],
        event_ids=ids,
    )  # fmt: skip


def _intrusion() -> Intrusion:
    return Intrusion(
        verdict="intrusion",
        probability=0.97,
        first_seen=FIRST,
        last_seen=LAST,
        dwell_days=248.27,
        accounts=[_entity("mira.sole@lanternfold.example", 0.93, [mail(n) for n in range(1, 101)], 412),
                  _entity("svc-scan", 0.71, [share(1), share(2)], 20)],
        addresses=[_entity("203.0.113.45", 0.96, [mail(1), web(1)], 433), _entity("2001:db8::45", 0.58, [mail(9)], 4)],
        hosts=[_entity("www.lanternfold.example", 0.9, [web(1)], 20)],
        sessions=[_entity("8f1c-44aa", 0.94, [mail(1), mail(2)], 390)],
    )  # fmt: skip


def _timeline() -> list[TimelineEntry]:
    def step(time: str, end: str, tactic: str, text: str, events: int, ids: list[str]) -> TimelineEntry:
        return TimelineEntry(time=f"{time}.000000Z", time_basis="recorded", end=f"{end}.000000Z", tactic=tactic,
                             text=text, events=events, event_ids=ids)  # fmt: skip

    return [
        step("2026-02-03T02:14:07", "2026-02-03T02:19:00", "initial-access",
             "203.0.113.45 uploads a file to the website and opens it.", 4, [web(1), web(2), web(3)]),
        step("2026-02-03T02:31:00", "2026-02-08T03:10:00", "persistence",
             "203.0.113.45 returns to the file on the website.", 16, [web(4), web(5)]),
        step("2026-04-14T03:02:00", "2026-04-14T03:05:00", "credential-access",
             "A session of mira.sole@lanternfold.example continues from a new address.", 3, [mail(1)]),
        step("2026-05-01T04:11:00", "2026-05-20T04:30:00", "discovery",
             "svc-scan opens files on the share Research.", 20, [share(1), share(2), share(3)]),
        step("2026-07-02T02:01:09", "2026-09-13T08:39:09", "collection",
             "mira.sole@lanternfold.example searches mail in two scripts and reads what is found.", 160,
             [mail(n) for n in range(1, 40)]),
        step("2026-07-05T02:01:09", "2026-07-05T02:09:09", "defense-evasion",
             "An inbox rule moves replies to RSS Feeds.", 1, [mail(7)]),
        step("2026-09-20T02:01:09", "2026-10-09T08:41:55", "exfiltration",
             "Files of the research site are downloaded.", 12, [mail(100), mail(101)]),
    ]  # fmt: skip


def _findings() -> list[Finding]:
    return [
        Finding(rule_id="3f9c5a10-0000-4000-8000-000000000001", title="Inbox rule that hides replies", level="high",
                description="An inbox rule moves mail where its owner does not look.", technique_ids=["T1564.008"],
                tactics=["defense-evasion"], false_positives=["A person who tidies the inbox by rules."], count=1,
                first_time="2026-07-05T02:01:09.000000Z", last_time="2026-07-05T02:01:09.000000Z",
                event_ids=[mail(7)]),
        Finding(rule_id="3f9c5a10-0000-4000-8000-000000000002", title="Mail searched by a session from hosting",
                level="medium", description="A mailbox is searched again and again from a hosting network.",
                technique_ids=["T1114.002"], tactics=["collection"], false_positives=["A legal hold search."],
                count=4711, first_time="2026-07-02T02:01:09.000000Z", last_time=LAST,
                event_ids=[mail(n) for n in range(1, 161)]),
        Finding(rule_id="3f9c5a10-0000-4000-8000-000000000003", title="Script run through the web server",
                level="critical", description="The web server starts a shell.", technique_ids=["T1505.003"],
                tactics=["persistence"], false_positives=[], count=2, first_time=FIRST, last_time=FIRST,
                event_ids=[web(1), web(2)]),
    ]  # fmt: skip


def _techniques() -> list[Technique]:
    return [
        Technique(id="T1114.002", name="Email Collection: Remote Email Collection", tactics=["collection"], count=4711,
                  event_ids=[mail(1), mail(2)]),
        Technique(id="T1505.003", name="Server Software Component: Web Shell", tactics=["persistence"], count=2,
                  event_ids=[web(1)]),
        Technique(id="T1564.008", name="Hide Artifacts: Email Hiding Rules", tactics=["defense-evasion"], count=1,
                  event_ids=[mail(7)]),
    ]  # fmt: skip


def _searches() -> list[SearchAct]:
    def act(number: int, raw: str, decoded: str, how: list[str], topics: list[str], probability: float) -> SearchAct:
        return SearchAct(time=f"2026-07-{number:02d}T03:00:09.000000Z", source="m365.audit",
                         actor="mira.sole@lanternfold.example", raw=raw, decoded=decoded, how=how,
                         languages=["Han"] if not decoded.isascii() else ["Latin"], topics=topics,
                         persons=["P1"] if "interview" in decoded else [], intruder_probability=probability,
                         event_id=mail(number * 4))  # fmt: skip

    acts = [
        act(1, "香港 訪談", "香港 訪談", [], ["place:HK"], 0.95),
        act(2, "%E9%A6%99%E6%B8%AF", "香港", ["percent-decoded"], ["place:HK"], 0.95),
        act(3, "hong kong interview", "hong kong interview", [], ["place:HK"], 0.93),
        act(4, "budget 2026", "budget 2026", [], [], 0.02),
    ]
    return acts + [act(5 + n % 20, f"Hong Kong case {n}", f"Hong Kong case {n}", [], ["place:HK"], 0.9)
                   for n in range(30)]  # fmt: skip


def _targeting() -> Targeting:
    def topic(one: str, label: str, counts: tuple[int, int], odds: float, interval: tuple[float, float]) -> TopicCount:
        return TopicCount(id=one, label=label, intruder_count=counts[0], baseline_count=counts[1], log_odds=odds,
                          interval=interval, first_time="2026-07-02T03:00:09.000000Z", last_time=LAST,
                          languages=["Han", "Latin"], event_ids=[mail(4), mail(8)])  # fmt: skip

    return Targeting(
        topics=[
            topic("place:HK", "Hong Kong", (33, 12), 2.61, (1.88, 3.34)),
            topic("kind:contacts", "contact lists", (6, 9), 0.84, (-0.1, 1.78)),
            topic("place:AT", "Austria", (1, 240), -2.9, (-4.4, -1.4)),
        ],
        persons=[topic("P1", "person P1", (7, 0), 3.02, (1.2, 4.84))],
        statement="33 of 41 searches by the intruder concern Hong Kong.",
        intruder_searches=41,
        other_searches=1204,
        concentration=Concentration(strength="mostly", about=33, searches=41, interval=(0.65, 0.9), elsewhere=3,
                                    unnamed=5, topics=["place:HK"], persons=["P1"]),
        languages=[
            LanguageUse(language="Han", intruder_count=20, baseline_count=9, log_odds=3.4, interval=(2.6, 4.2),
                        event_ids=[mail(4)]),
        ],
        unknown_terms=[
            UnknownTerm(term="Olga Tarkwa", intruder_count=3, baseline_count=0, log_odds=3.1, interval=(0.8, 5.4),
                        may_be_name=True, event_ids=[mail(8)]),
        ],
        to_warn=[
            PersonToWarn(order=1, id="P1", searches=7, uncertain=2, certainty="exact", opened_after=2, opened=5,
                         first_time="2026-07-02T03:00:09.000000Z", last_time=LAST, event_ids=[mail(4), mail(8)]),
        ],
        operator_hints=[
            OperatorHint(kind="variant", what="Han characters are typed in simplified form", searches=9,
                         baseline_count=0, weakness="Input programs offer both forms.", event_ids=[mail(4)]),
        ],
        unlogged=[
            UnloggedSearches(source="m365.audit", entity="", start="", end="2026-03-01T00:00:00.000000Z",
                             basis="search auditing was off", event_ids=[]),
        ],
    )  # fmt: skip


def _impact() -> list[Impact]:
    labels = {
        "sharepoint-download": "downloading from SharePoint and OneDrive",
        "share-read": "reading from a file share",
        "mail-sync": "synchronising a mailbox to a mail program",
    }

    def row(kind: str, label: str, channel: str, level: Any, numbers: tuple[float, float, int], said: str) -> Impact:
        return Impact(data_class=kind, label=label, channel=channel, level=level, probability=numbers[0],
                      window_covered=numbers[1], objects_count=numbers[2],
                      gap_ids=["gap-1"] if numbers[1] < 1 else [], event_ids=[mail(100)] if numbers[2] else [],
                      statement=said, channel_label=labels[channel], start=FIRST, end=LAST)  # fmt: skip

    return [
        row("research", "Research case files", "sharepoint-download", "E0", (0.99, 0.73, 12),
            "12 files of the research site were downloaded."),
        row("research", "Research case files", "share-read", "E2", (0.5, 0.65, 20),
            "20 files were opened on the file share; whether they left cannot be determined."),
        row("mail", "Mail of staff", "mail-sync", "E1", (0.9, 0.73, 390), "390 messages were copied."),
        row("donors", "Donors", "sharepoint-download", "E3", (0.04, 0.73, 0),
            "No evidence that donor data was opened, in logs that cover 73 % of the time."),
        row("donors", "Donors", "share-read", "E4", (0.22, 0.3, 0),
            "Whether donor data was opened cannot be determined."),
        row("members", "Members", "share-read", "E5", (0.01, 1.0, 0), "The account had no way to reach it."),
    ]  # fmt: skip


def _exposures() -> list[Exposure]:
    def one(how: Any, folder: str, messages: list[str]) -> Exposure:
        return Exposure(mailbox="ada@lanternfold.example", how=how, folder=folder, start=FIRST, end=LAST,
                        messages=messages, messages_count=len(messages), probability=0.9,
                        event_ids=[mail(100)])  # fmt: skip

    return [
        one("bind", "", ["<m1@lanternfold.example>", "<m2@lanternfold.example>"]),
        one("sync", "\\Inbox", []),
        one("throttled", "", []),
    ]


def _attribution() -> Attribution:
    judgement = Judgement(
        id="judgement-1",
        statement="The motive was very likely (80-95 %) espionage.",
        term="very likely",
        probability=0.88,
        confidence="moderate",
        for_=[Reason(text="Searches for one region in two scripts.", weight=7.4, event_ids=[mail(4), mail(8)]),
              Reason(text="No attempt at money in 248 days.", weight=4.0)],
        against=[Reason(text="Working hours fit many countries.", weight=-0.5)],
        linchpins=["The search records are complete since April."],
        alternatives=["Surveillance for hire, paid by someone else."],
        would_change=["An attempt at extortion.", "The same tools at a bank."],
        claim="the motive was espionage",
        rivals={"hired surveillance": 0.06},
        left_out=[LeftOut(kind="targeted-information", label="what they looked for", probability=0.4, stands=False)],
        planted=Planted(stands=True, probability=0.8, cheap=[], fewest=["targeted-information"]),
        base_rate="Half of the groups that go after civil society spy.",
    )  # fmt: skip
    return Attribution(
        motive=Motive(posterior={"espionage": 0.88, "surveillance-for-hire": 0.06, "financial": 0.02,
                                 "hacktivism": 0.01, "insider": 0.02, "destruction": 0.005, "opportunistic": 0.005}),
        sponsor=Sponsor(state_sponsored=0.74, nexus={"other": 0.6, "place:HK": 0.4}),
        group=Group(named="", candidates=[], why="one incident without outside corroboration cannot name a group."),
        judgements=[judgement],
        observations=[_observation()],
        matrices=[HypothesisMatrix(
            question="motive", hypotheses=["espionage", "financial"],
            inconsistency={"espionage": 0.0, "financial": 6.0},
            rows=[MatrixRow(observation="selective-topics", cells={"espionage": "CC", "financial": "II"},
                            diagnosticity=0.4)],
        )],
        questions=[
            OpenQuestion(id="subject", level="strategic", question="What did they want to know?", state="answered",
                         answer="One region.", event_ids=[mail(4)]),
            OpenQuestion(id="occasion", level="strategic", question="Was it an occasion?", state="open",
                         answer="Both."),
            OpenQuestion(id="way-in", level="tactical", question="How did they get in?", state="unanswerable",
                         answer="The logs do not reach back.", gap_ids=["gap-1"]),
        ],
        ladder=Ladder(reached="activity", rungs=[
            LadderRung(step="activity", label="Somebody was active", reached=True, why="An intruder was found."),
            LadderRung(step="named-group", label="A named group", reached=False, why="Nobody outside confirms it."),
        ]),
        working_week=WorkingWeek(hours=80, days=40, offsets=[OffsetChance(minutes=480, probability=0.7)], likely=[480],
                                 countries=["CN", "PH"], weekend="Saturday and Sunday"),
    )  # fmt: skip


def _observation() -> Observation:
    return Observation(
        id="selective-topics", kind="targeted-information", vertex="victim", aspect="cui-bono", grade="B2",
        spoof_cost=0.7, group="searches", weight=0.6375, text="Searches for one region in two scripts.",
        likelihoods={"motive": {"espionage": 0.6, "financial": 0.03}}, source="https://reasons.example/searches",
        event_ids=[mail(4), mail(8)],
    )  # fmt: skip


def _containment() -> list[Containment]:
    return [
        Containment(order=2, what="Remove the inbox rule that hides replies", why="It still hides answers.",
                    how="Exchange admin centre, Mailboxes, Mira Sole, inbox rules.", event_ids=[mail(7)]),
        Containment(order=1, what="Revoke all sessions of mira.sole@lanternfold.example",
                    why="The intruder continues a stolen session; a new password alone does not end it.",
                    how="Entra admin centre, Users, Mira Sole, Revoke sessions. Export the audit log first.",
                    event_ids=[mail(1)]),
    ]  # fmt: skip


def _statements() -> list[Statement]:
    def say(one: str, question: Any, weight: Any, text: str, ids: list[str], gaps: list[str]) -> Statement:
        return Statement(id=one, question=question, weight=weight, text=text, event_ids=ids, gap_ids=gaps)

    mails = [mail(n) for n in range(1, 121)]
    return [
        say("scope-1", "who-was-in", "headline",
            "It is almost certain (95-99 %) that someone was in, from at least 3 February to at least 9 October 2026.",
            [web(1), mail(160)], []),
        say("scope-2", "who-was-in", "detail", "The first sign is a web shell on www.lanternfold.example.",
            [web(1), web(2), web(3)], []),
        say("scope-3", "who-was-in", "caveat",
            "The logs begin on 20 January 2026; the intruder may have been there before.", [], ["gap-1"]),
        say("scope-4", "what-was-theirs", "headline",
            "One staff account, one service account and two addresses were used by the intruder.", mails, []),
        say("targeting-1", "looking-for", "headline",
            "33 of 41 searches by the intruder concern Hong Kong, in Chinese and in English.", mails[:33], []),
        say("targeting-2", "looking-for", "detail", "7 searches concern a person on the watch list (P1).",
            mails[3:10], []),
        say("targeting-3", "looking-for", "caveat",
            "Searches on the file share are not recorded: no record does not mean no search.", [], ["gap-2"]),
        say("impact-1", "reached", "headline",
            "Research files left. There is no evidence that donor data was opened, in logs for 73 % of the time.",
            [mail(100)], ["gap-1"]),
        say("impact-2", "reached", "caveat", "Before 12 April nothing can be said about mail.", [], ["gap-1"]),
        say("attribution-1", "who-was-it", "headline",
            "The motive was very likely (80-95 %) espionage; the group is not named.", mails[:5], []),
        say("what-now-1", "what-now", "headline", "End the stolen session tonight, after the logs are exported.",
            [mail(1)], []),
        say("what-now-2", "what-now", "action", "Ask counsel who must be told about the research files.", [], []),
    ]  # fmt: skip
