"""What opens or copies a whole (a bucket, a folder) does so to each place inside it; what only looks round does not."""

from __future__ import annotations

from typing import Any

import pytest

from support.assessed import assessed, at, gravest, intrusion
from support.events import event
from vigilia.model.profile import DataClass

_LISTS = DataClass(id="d", label="Lists", where=["bucket:donor.exports-2026/lists"])
_CASES = DataClass(id="d", label="Cases", where=["sharepoint:https://x.example/sites/All/Shared Documents/Cases"])


def _act(source: str, action: str, where: str) -> dict[str, Any]:
    return event(0, at=at(25), vigilia__source=source, event__action=action, vigilia__objects=[where])


def _level(one: DataClass, channel: str, act: dict[str, Any]) -> str:
    return gravest(assessed([], [act], [one], intrusion()), "d", channel).level


@pytest.mark.parametrize("action", ["PutBucketPolicy", "PutBucketAcl", "PutBucketReplication"])
def test_a_bucket_that_is_opened_or_copied_away_opens_the_folder_in_it(action: str) -> None:
    assert _level(_LISTS, "cloud-storage", _act("aws.cloudtrail", action, "bucket:donor.exports-2026")) == "E1"


def test_so_does_a_bucket_of_google_as_its_log_names_it() -> None:
    opened = _act("gcp.audit", "storage.setIamPermissions", "bucket:projects/_/buckets/donor.exports-2026")
    assert _level(_LISTS, "cloud-storage", opened) == "E1"


def test_a_link_to_the_library_leads_to_the_folder_in_it() -> None:
    shared = _act("m365.audit", "AnonymousLinkCreated", "sharepoint:https://x.example/sites/All/Shared Documents")
    assert _level(_CASES, "sharing-link", shared) == "E1"


@pytest.mark.parametrize(
    ("action", "where"),
    [
        ("ListObjectsV2", "bucket:donor.exports-2026"),
        ("PutBucketPolicy", "bucket:donor.exports-20"),
        ("PutBucketPolicy", "bucket:donor.exports-2026/pictures"),
    ],
    ids=["only listed", "another bucket whose name begins alike", "another folder"],
)
def test_nothing_is_said_of_the_folder_otherwise(action: str, where: str) -> None:
    assert _level(_LISTS, "cloud-storage", _act("aws.cloudtrail", action, where)) not in ("E0", "E1", "E2")
