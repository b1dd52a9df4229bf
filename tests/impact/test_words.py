"""No sentence comforts more than the records do, and each of them rests on records or gaps that are there."""

from __future__ import annotations

import functools
import itertools
import re
from typing import Any

import pytest

from support.assessed import assessed, at, intrusion, on_host
from support.events import event
from vigilia.impact.assessment import ImpactResult
from vigilia.model.profile import DataClass
from vigilia.model.result import Statement
from vigilia.model.wording import days_in_words

_COMFORT = re.compile(
    r"no evidence|did not leave|has not left|nothing left|not exfiltrat|no sign|no trace|you are safe|was not taken",
    re.IGNORECASE,
)
_WINDOW = re.compile(r"cover \d+ of the \d+ calendar days? .*\(\d+ %\)")
_CHANNELS = re.compile(r"Channels in use for this content: \d+; with records that suffice: \d+")
_REMAINS = re.compile(r"\d+-\d+ %\) that some of it left this way")
_ALL = [
    DataClass(id="mail", label="Mail", where=["mailbox:ada@example.org"]),
    DataClass(
        id="donors", label="Donors", where=["share:\\\\FS01\\Donors", "sharepoint:https://x.example/sites/Donors"]
    ),
    DataClass(id="members", label="Members", where=["table:crm.members", "app:CiviCRM", "drive:abc"]),
]


def _cloud(day: int, action: str, where: str, provider: str, **fields: str) -> dict[str, Any]:
    return event(0, at=at(day), event__action=action, event__provider=provider, vigilia__objects=[where], fields=fields)


def _background(days: range) -> list[dict[str, Any]]:
    rows = [_cloud(day, "FileAccessed", "sharepoint:https://x.example/sites/All/a", "SharePoint") for day in days]
    rows += [_cloud(day, "MailItemsAccessed", "mailbox:bo@example.org", "Exchange") for day in days]
    rows += [on_host(day, "notepad.exe", host) for day in days for host in ("FS01", "WS07")]
    return rows


_INTRUDER = {
    "nothing": [],
    "reads": [_cloud(22, "FileAccessed", "sharepoint:https://x.example/sites/Donors/a.docx", "SharePoint")],
    "takes": [_cloud(22, "FileDownloaded", "sharepoint:https://x.example/sites/Donors/a.docx", "SharePoint")],
    "copies": [
        _cloud(22, "MailItemsAccessed", "mailbox:ada@example.org", "Exchange",
               **{"OperationProperties.MailAccessType": "Sync"}),
        on_host(23, "7z a x.7z \\\\FS01\\Donors"),
        on_host(24, "rclone copy x.7z store:in"),
    ],
}  # fmt: skip
_CASES = [
    (name, days)
    for name in _INTRUDER
    for days in (range(60), range(25, 60), range(24), range(18, 60), range(0))
]  # fmt: skip


@pytest.fixture(params=_CASES, ids=lambda case: f"{case[0]}-{case[1].start}-{case[1].stop}")
def result(request: pytest.FixtureRequest) -> ImpactResult:
    return _result(*request.param)


@functools.cache
def _result(name: str, days: range) -> ImpactResult:
    return assessed(_background(days), _INTRUDER[name], _ALL, intrusion(hosts=["WS07"]))


def _unqualified(texts: list[str]) -> list[str]:
    return [
        text
        for text in texts
        if _COMFORT.search(text)
        and not (_WINDOW.search(text) and _CHANNELS.search(text) and _REMAINS.search(text))
        and "no proof that" not in text
    ]


def test_comfort_always_names_window_channels_and_what_chance_is_left(result: ImpactResult) -> None:
    texts = [row.statement for row in result.impact] + [one.text for one in result.statements]
    assert _unqualified(texts) == []
    for row in result.impact:
        if row.level not in ("E2", "E3"):
            assert not _COMFORT.search(row.statement), row.statement
        if _COMFORT.search(row.statement) and row.level == "E2":
            assert row.window_covered >= 0.95


def test_the_lint_itself_can_fail() -> None:
    assert _unqualified(["No evidence that it left."])
    assert _unqualified(["Nothing left the building, in logs that cover 3 of the 9 calendar days on 1 May (33 %)."])


def test_every_sentence_rests_on_what_is_there_or_says_what_is_true_of_every_case(result: ImpactResult) -> None:
    gaps = {gap for row in result.impact for gap in row.gap_ids}
    for one in result.statements:
        assert all(re.fullmatch(r"gap-\d+", gap) for gap in one.gap_ids)
        assert _rests(one), one.text
    assert all(re.fullmatch(r"gap-\d+", gap) for gap in gaps)


def _rests(one: Statement) -> bool:
    """On records, on gaps, on coverage that the sentence itself names, or it is a limit or advice of every case."""
    return bool(one.event_ids or one.gap_ids or "cover" in one.text or "because" in one.text or one.weight != "detail")


def test_each_class_channel_and_slice_has_exactly_one_level_and_slices_fill_the_stay(result: ImpactResult) -> None:
    stay = (intrusion().first_seen, intrusion().last_seen)
    keys = [(row.data_class, row.channel, row.start) for row in result.impact]
    assert len(keys) == len(set(keys))
    for way in {(row.data_class, row.channel) for row in result.impact}:
        rows = [row for row in result.impact if (row.data_class, row.channel) == way]
        inside = [row for row in rows if row.start and row.end and stay[0] <= row.start and row.end <= stay[1]]
        assert (inside[0].start, inside[-1].end) == stay
        assert all(before.end == after.start for before, after in itertools.pairwise(inside))
        assert len(rows) - len(inside) <= 2, "at most one slice before, and one after"
        assert all(row.level in ("E4", "E1", "E0") for row in rows if row not in inside)


def test_a_row_about_a_part_of_the_stay_says_how_much_of_that_part_is_covered(result: ImpactResult) -> None:
    for row in result.impact:
        if row.level == "E3" and "calendar day" in row.statement:
            days = _WINDOW.search(row.statement)
            assert days, row.statement
            assert days_in_words(row.start, row.end) in days.group(), row.statement


def test_among_the_cases_are_rows_about_a_part_of_the_stay_that_is_covered() -> None:
    rows = (row for case in _CASES for row in _result(*case).impact)
    assert any(row.level == "E3" and "calendar day" in row.statement for row in rows)


def test_no_sentence_has_two_marks_in_a_row(result: ImpactResult) -> None:
    """What is said once of several rows is put together of their heads and what they share."""
    for text in [*(row.statement for row in result.impact), *(one.text for one in result.statements)]:
        assert not re.search(r"[:,;.]\s*[:,;]|\.\s\.|  ", text), text
