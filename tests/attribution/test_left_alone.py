"""Data counts as left alone only where the intruder could have taken it, and the records would show it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from support.attribution_cases import case_of, case_store, intrusion_of
from vigilia.attribution.hours.working_hours import working_hours
from vigilia.attribution.observing.case import ObservedCase, Seen
from vigilia.attribution.observing.left_alone import spared_data
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Impact, ImpactLevel, ScopedEntity

_ACCOUNT = "bo.arran@example.org"
_DATA = [
    DataClass(id="research", label="Research", where=["sharepoint:https://files.example/sites/Research"]),
    DataClass(id="donors", label="Donors", where=["sharepoint:https://files.example/sites/Donors"]),
    DataClass(id="interviews", label="Interviews", where=["sharepoint:https://files.example/sites/Case%20talks"]),
]
_USED = ["sharepoint:https://files.example/sites/Donors/a.xlsx", "sharepoint:https://files.example/sites/Case talks/b"]


def _impact(data_class: str, level: ImpactLevel, channel: str = "sharepoint-download", **more: Any) -> Impact:
    return Impact(
        data_class=data_class, label=data_class, channel=channel, level=level, probability=0.5,
        window_covered=1.0, objects_count=0, gap_ids=[], statement="", **{"event_ids": [], **more},
    )  # fmt: skip


_OPENED = [_impact("research", "E0", event_ids=["a:1"]), _impact("donors", "E3"), _impact("interviews", "E3")]


def _seen(
    impact: list[Impact], used: list[str] | None = None, data: list[DataClass] | None = None, **columns: Any
) -> Seen | None:
    """What is observed where a record of the taken account names `used`, and is the intruder's too."""
    taken = ScopedEntity(
        value=_ACCOUNT, probability=0.9, first_seen="", last_seen="", events=1, reasons=[], event_ids=[]
    )
    columns = {"user__name": _ACCOUNT, "vigilia__objects": _USED if used is None else used, **columns}
    with case_store(**columns) as store:
        evidence = case_of(
            store,
            impact=impact,
            intrusion=msgspec.structs.replace(intrusion_of(), accounts=[taken]),
            profile=Profile(data=_DATA if data is None else data),
        )
        return spared_data(ObservedCase(evidence=evidence, procedures={}, hours=working_hours(store, "UTC")))


def test_two_kinds_that_an_account_used_and_no_record_shows_taken_were_left_alone() -> None:
    seen = _seen(_OPENED)
    assert seen is not None
    assert "donors and interviews" in seen.text
    assert set(seen.event_ids) == {"a:1", "00000000deadbeef:1"}, (
        "what was opened, and the account's own use of what was not"
    )


def test_nothing_is_left_alone_where_nothing_was_opened_or_one_kind_only() -> None:
    assert _seen(_OPENED[1:]) is None
    assert _seen(_OPENED[:2]) is None


@pytest.mark.parametrize(
    "more",
    [
        _impact("donors", "E4"),
        _impact("donors", "E2", "share-read"),
        _impact("donors", "E4", "archive-staging", event_ids=["a:2"]),
    ],
    ids=["records missing for a time", "opened by another way", "possibly packed"],
)
def test_a_kind_that_is_open_in_one_way_of_the_intruder_was_not_left_alone(more: Impact) -> None:
    assert _seen([*_OPENED, more]) is None


def test_a_way_in_which_the_intruder_never_worked_leaves_nothing_open() -> None:
    assert _seen([*_OPENED, _impact("donors", "E4", "usb")]) is not None


def test_a_kind_that_was_only_in_other_ways_could_not_be_reached_as_easily() -> None:
    assert _seen([*_OPENED[:2], _impact("interviews", "E3", "share-read")]) is None


@pytest.mark.parametrize("used", [[], _USED[:1], ["sharepoint:https://files.example/sites/Donors-old/a", _USED[1]]])
def test_what_no_taken_account_ever_used_may_not_have_been_open_to_them(used: list[str]) -> None:
    assert _seen(_OPENED, used) is None


def test_use_that_was_refused_opened_nothing() -> None:
    assert _seen(_OPENED, event__outcome="failure") is None


def test_the_mailbox_of_a_taken_account_is_open_to_it() -> None:
    own = DataClass(id="interviews", label="Interviews", where=[f"mailbox:{_ACCOUNT}"])
    rows = [*_OPENED[:2], _impact("research", "E2", "mail-read"), _impact("interviews", "E3", "mail-read")]
    assert _seen(rows, _USED[:1], [*_DATA[:2], own]) is not None
    other = DataClass(id="interviews", label="Interviews", where=["mailbox:other@example.org"])
    assert _seen(rows, _USED[:1], [*_DATA[:2], other]) is None


@pytest.mark.parametrize(
    "columns",
    [
        {"process__command_line": "dir \\\\FILES\\Donors"},
        {"script__text": "Get-ChildItem Q:/Donors"},
        {"url__original": "/cache.php?c=ls+/mnt/%44onors"},
        {"url__original": "/cache.php?c=ls%20/mnt/donors%ff"},
    ],
    ids=["command", "script", "web shell", "web shell with bytes that are no text"],
)
def test_what_the_intruder_named_in_a_command_was_not_left_alone(columns: dict[str, Any]) -> None:
    assert _seen(_OPENED, **columns) is None


def test_without_a_profile_nobody_knows_what_was_open() -> None:
    assert _seen(_OPENED, data=[]) is None
