"""Google Takeout: what an account takes out is its own, and a takeout of a taken account is never silence."""

from __future__ import annotations

from typing import Any

import msgspec

from support.assessed import assessed, at, gravest, intrusion
from support.events import event
from vigilia.model.profile import DataClass
from vigilia.model.result import Impact, ScopedEntity

_ADA, _BO = "ada@a.example", "bo@a.example"
_HERS = DataClass(id="hers", label="Her notes", where=["drive:1hers"])
_HIS = DataClass(id="his", label="His notes", where=["drive:1his"])
_FOLDER = DataClass(id="folder", label="Shared folder", where=["drive:1folder"])
_SEEN = msgspec.structs.replace(
    intrusion(),
    accounts=[
        ScopedEntity(value=_ADA, probability=0.95, first_seen="", last_seen="", events=1, reasons=[], event_ids=[])
    ],
)


def _activity(day: int, application: str, action: str, person: str = _ADA, **fields: str) -> dict[str, Any]:
    return event(
        0,
        at=at(day),
        vigilia__source="google.workspace",
        event__provider=application,
        event__action=action,
        user__name=person,
        vigilia__objects=[f"drive:{fields['doc_id']}"] if "doc_id" in fields else [],
        fields=fields,
    )


def _takeout(day: int, person: str = _ADA) -> dict[str, Any]:
    return _activity(day, "takeout", "DOWNLOADED_USER_TAKEOUT", person, PRODUCTS_REQUESTED="Drive")


def _everyday() -> list[dict[str, Any]]:
    rows = [_activity(day, "vault", "view_matter", _BO) for day in range(60)]
    rows += [_activity(day, "takeout", "STARTED_USER_TAKEOUT", _BO) for day in range(60)]
    for document, owner, kind in (("1hers", _ADA, "document"), ("1his", _BO, "document"), ("1folder", _BO, "folder")):
        rows.append(_activity(3, "drive", "view", _BO, doc_id=document, owner=owner, doc_type=kind))
    return rows


def _row(one: DataClass, intruder: list[dict[str, Any]], others: list[dict[str, Any]]) -> Impact:
    return gravest(assessed([*_everyday(), *others], intruder, [one], _SEEN), one.id, "google-takeout")


def test_a_takeout_holds_only_files_that_the_account_owns() -> None:
    assert _row(_HERS, [_takeout(25)], []).level == "E1"
    assert _row(_HIS, [_takeout(25)], []).level == "E3"


def test_whose_the_files_of_a_folder_are_is_not_said_by_who_owns_the_folder() -> None:
    assert _row(_FOLDER, [_takeout(25)], []).level == "E1"


def test_a_takeout_of_a_taken_account_during_the_stay_forbids_to_claim_silence() -> None:
    row = _row(_HERS, [], [_takeout(25)])
    assert row.level == "E4"
    assert row.event_ids


def test_other_takeouts_leave_silence_as_it_is() -> None:
    """Those of other people, outside the stay, of others' files, or such as the account made before as well."""
    assert _row(_HERS, [], []).level == "E3"
    assert _row(_HERS, [], [_takeout(25, _BO)]).level == "E3"
    assert _row(_HERS, [], [_takeout(40)]).level == "E3"
    assert _row(_HIS, [], [_takeout(25)]).level == "E3"
    assert _row(_HERS, [], [_takeout(10), _takeout(25)]).level == "E3"
