"""Very many files downloaded within minutes are told also where nobody was found; a day's work and syncing are not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from support.assessed import assessed, intrusion
from support.events import event
from vigilia.model.result import Statement

_START = dt.datetime(2026, 1, 22, 9, tzinfo=dt.UTC)
_NOBODY = msgspec.structs.replace(intrusion(), verdict="none-found")


def _taken(count: int, seconds: int, action: str = "FileDownloaded", account: str = "Gus@a.example") -> list[Any]:
    return [
        event(0, at=(_START + dt.timedelta(seconds=seconds * number)).isoformat(), event__action=action,
              event__provider="SharePoint", user__name=account,
              vigilia__objects=[f"sharepoint:https://a.example/sites/All/{number}.docx"])
        for number in range(count)
    ]  # fmt: skip


def _said(rows: list[dict[str, Any]]) -> list[Statement]:
    found = assessed(rows, [], [], _NOBODY)
    assert found.impact == []
    return [one for one in found.statements if "downloaded" in one.text]


def test_the_account_the_number_and_the_day_are_told_with_a_record() -> None:
    (told,) = _said([*_taken(120, 4), *_taken(10, 4, account="ada@a.example")])
    assert "The account gus@a.example downloaded 120 files within 10 minutes on 22 January 2026." in told.text
    assert "ask its owner" in told.text
    assert told.event_ids


def test_a_days_work_and_a_program_that_synchronises_are_no_bulk() -> None:
    assert _said(_taken(120, 200)) == []
    assert _said(_taken(120, 4, "FileSyncDownloadedFull")) == []
    assert _said([row | {"event.outcome": "failure"} for row in _taken(120, 4)]) == []
