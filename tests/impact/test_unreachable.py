"""“Not reachable” is said only where a record shows that a place was made later, and nothing speaks against it."""

from __future__ import annotations

from typing import Any

import pytest

from support.assessed import assessed, at, intrusion
from support.events import event
from vigilia.impact.assessment import ImpactResult
from vigilia.knowledge.channels import load_channels
from vigilia.knowledge.places_made import load_places_made
from vigilia.model.profile import DataClass

_SITE = "https://x.example/sites/New"
_NEW = DataClass(id="new", label="New cases", where=[f"sharepoint:{_SITE}/Files"])
_OLD = DataClass(id="old", label="Old cases", where=["sharepoint:https://x.example/sites/Old"])
_BOX = DataClass(id="box", label="Hotline mail", where=["mailbox:hotline@example.org"])
_READ = "sharepoint-download"


def _cloud(day: int, action: str, where: str = "", provider: str = "SharePoint", hour: int = 12, **more: Any) -> Any:
    return event(0, at=at(day, hour), event__action=action, event__provider=provider,
                 vigilia__objects=[where] if where else None, **more)  # fmt: skip


def _everyday(days: range = range(60)) -> list[dict[str, Any]]:
    rows = []
    for day in days:
        for hour in (2, 8, 14, 20):
            rows.append(_cloud(day, "FileAccessed", "sharepoint:https://x.example/sites/All/a", hour=hour))
            rows.append(_cloud(day, "MailItemsAccessed", "mailbox:ada@example.org", "Exchange", hour=hour))
    return rows


_CREATED = _cloud(25, "SiteCollectionCreated", f"sharepoint:{_SITE}")


def _levels(result: ImpactResult, data_class: str = "new", channel: str = _READ) -> list[str]:
    return [row.level for row in result.impact if (row.data_class, row.channel) == (data_class, channel)]


def test_before_its_site_was_made_nothing_could_be_reached_and_the_sentence_says_on_what_that_rests() -> None:
    result = assessed([*_everyday(), _CREATED], [], [_NEW, _OLD])
    assert _levels(result) == ["E5", "E3"]
    assert _levels(result, "old") == ["E3"], "another site was there all the time"
    row = next(row for row in result.impact if row.level == "E5")
    assert row.end.startswith("2026-01-26T12:00")
    assert len(row.event_ids) == 1
    assert "was not there yet" in row.statement
    assert "The records of this channel cover" in row.statement
    assert "almost no chance (1-5 %)" in row.statement


@pytest.mark.parametrize(
    "more",
    [
        [],
        [_CREATED | {"event.outcome": "failure"}],
        [_CREATED, _cloud(5, "FileAccessed", f"sharepoint:{_SITE}/Files/a.docx")],
        [_CREATED, _cloud(5, "SiteDeleted", f"sharepoint:{_SITE}")],
        [_cloud(25, "SiteCollectionCreated", f"sharepoint:{_SITE}er")],
        [_cloud(25, "FolderCreated", f"sharepoint:{_SITE}/Files")],
    ],
    ids=["no record", "failed", "used before", "deleted before", "another site", "a folder may have been moved"],
)
def test_without_proof_it_is_not_said(more: list[dict[str, Any]]) -> None:
    assert "E5" not in _levels(assessed([*_everyday(), *more], [], [_NEW]))


def test_a_place_that_the_intruder_made_is_no_proof() -> None:
    assert "E5" not in _levels(assessed(_everyday(), [_CREATED], [_NEW]))


def test_where_a_hole_may_hide_that_the_place_was_there_it_is_not_said() -> None:
    days = [row for row in _everyday() if not "2026-01-22" <= str(row["@timestamp"])[:10] <= "2026-01-24"]
    assert _levels(assessed([*days, _CREATED], [], [_NEW])).count("E5") <= 1
    late = assessed([*_everyday(range(23, 60)), _CREATED], [], [_NEW])
    assert _levels(late)[0] == "E4", "the log begins after the intruder came"


def test_every_place_of_a_kind_of_content_must_be_proven() -> None:
    both = DataClass(id="new", label="Both", where=[*_NEW.where, *_OLD.where])
    assert "E5" not in _levels(assessed([*_everyday(), _CREATED], [], [both]))


def test_a_mailbox_that_was_made_later_was_not_read_before() -> None:
    made = _cloud(25, "New-Mailbox", "", "Exchange", fields={"Parameters.PrimarySmtpAddress": "Hotline@example.org"})
    used = [_cloud(day, "MailItemsAccessed", "mailbox:hotline@example.org", "Exchange") for day in range(26, 60)]
    result = assessed([*_everyday(), made, *used], [], [_BOX], intrusion())
    assert _levels(result, "box", "mail-read")[0] == "E5"
    assert _levels(result, "box", "mail-forwarding")[0] == "E5"


def test_the_table_names_channels_that_carry_such_places() -> None:
    for row in load_places_made():
        assert row.source_url.startswith("https://")
        for channel in row.channels:
            assert row.kind in load_channels().named(channel).carries
