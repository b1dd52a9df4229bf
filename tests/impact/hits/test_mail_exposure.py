"""The exposed messages are exactly those of Microsoft's procedure: throttled, synchronised, opened."""

from __future__ import annotations

import datetime as dt
from typing import Any

from support.assessed import assessed, at
from support.events import event
from vigilia.impact.hits.mail_exposure import MOST_MESSAGES, shortened
from vigilia.model.profile import DataClass
from vigilia.model.result import Exposure

_MAIL = DataClass(id="mail", label="Mail", where=["mailbox:ada@example.org"])


_IS_THROTTLED = {"OperationProperties.IsThrottled": "True"}


def _read(
    day: int,
    kind: str,
    *ids: str,
    mailbox: str = "ada@example.org",
    session: str = "",
    hour: int = 10,
    more: dict[str, str] | None = None,
) -> dict[str, Any]:
    said: dict[str, Any] = {"OperationProperties.MailAccessType": kind, "MailboxOwnerUPN": mailbox} | (more or {})
    if ids:
        said["Folders.FolderItems.InternetMessageId"] = list(ids)
    return event(0, at=at(day, hour), event__action="MailItemsAccessed", event__provider="Exchange",
                 session__id=session or None, vigilia__objects=[f"mailbox:{mailbox}"], fields=said)  # fmt: skip


def _exposed(intruder: list[dict[str, Any]], background: list[dict[str, Any]] | None = None) -> list[Exposure]:
    return assessed(background or [], intruder, [_MAIL]).exposures


def test_opened_messages_are_listed_once_each_however_often_they_are_recorded() -> None:
    (one,) = _exposed([_read(22, "Bind", "<b@x>", "<a@x>"), _read(23, "Bind", "<a@x>"), _read(23, "Bind", "<a@x>")])
    assert (one.how, one.messages, one.messages_count) == ("bind", ["<a@x>", "<b@x>"], 2)
    assert len(one.event_ids) == 3


def test_what_the_owner_opened_is_not_exposed() -> None:
    (one,) = _exposed([_read(22, "Bind", "<a@x>")], [_read(22, "Bind", "<owner@x>", hour=11)])
    assert one.messages == ["<a@x>"]


def test_a_synchronised_folder_is_exposed_as_a_whole() -> None:
    sync = [_read(22, "Sync", more={"Item.ParentFolder.Path": path}) for path in ("\\Inbox", "\\Sent Items", "\\Inbox")]
    assert [(one.how, one.folder) for one in _exposed(sync)] == [("sync", "\\Inbox"), ("sync", "\\Sent Items")]


def test_throttled_means_the_day_in_each_mailbox_that_the_intruder_reached() -> None:
    throttled = _read(22, "Bind", more=_IS_THROTTLED)
    found = _exposed([_read(22, "Bind", "<a@x>", hour=9), throttled], [_read(24, "Bind", mailbox="bo@example.org")])
    (day,) = [one for one in found if one.how == "throttled"]
    assert (day.mailbox, day.start[:13], day.end[:13]) == ("ada@example.org", "2026-01-23T10", "2026-01-24T10")
    other = _read(22, "Bind", mailbox="bo@example.org", more=_IS_THROTTLED)
    assert all(one.how == "bind" for one in _exposed([_read(22, "Bind", "<a@x>")], [other]))


def test_a_session_that_the_intruder_began_is_theirs_from_whatever_address_it_goes_on() -> None:
    began = _read(22, "Bind", "<a@x>", session="s1", hour=3)
    goes_on = _read(22, "Bind", "<b@x>", session="s1", hour=9)
    owners = _read(22, "Bind", "<c@x>", session="s2", hour=9)
    (one,) = _exposed([began], [goes_on, owners])
    assert one.messages == ["<a@x>", "<b@x>"]


def test_a_session_that_the_owner_began_stays_the_owners() -> None:
    owners, stolen = _read(22, "Bind", "<a@x>", session="s1", hour=3), _read(22, "Bind", "<b@x>", session="s1", hour=9)
    (one,) = _exposed([stolen], [owners])
    assert one.messages == ["<b@x>"]


def test_long_lists_are_cut_in_the_document_and_counted() -> None:
    (one,) = _exposed([_read(22, "Bind", *(f"<{number}@x>" for number in range(MOST_MESSAGES + 5)))])
    (short,) = shortened([one])
    assert (len(one.messages), len(short.messages), short.messages_count) == (MOST_MESSAGES + 5, MOST_MESSAGES, 5005)


def test_times_are_of_the_records() -> None:
    (one,) = _exposed([_read(22, "Bind", "<a@x>"), _read(25, "Bind", "<b@x>")])
    assert dt.datetime.fromisoformat(one.start).day == 23
    assert dt.datetime.fromisoformat(one.end).day == 26
