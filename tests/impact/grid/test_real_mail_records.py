"""Real records of MailItemsAccessed: the exposed messages are those that the records name, read plainly."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from support.labelled.measuring import read_labelled
from support.public_logs import public_logs
from vigilia.impact.assessment import assess_impact
from vigilia.model.profile import Profile
from vigilia.model.result import Intrusion
from vigilia.store.event_store import EventStore

_ALL = """
SELECT "event.id", 0.95 AS probability, 'all are taken as the intruder''s' AS reason FROM events
WHERE "event.action" = 'MailItemsAccessed'
"""
_EVER = Intrusion(
    verdict="intrusion", probability=0.95, first_seen="2021-01-01T00:00:00.000000Z",
    last_seen="2021-12-31T00:00:00.000000Z", dwell_days=364.0, accounts=[], addresses=[], hosts=[], sessions=[],
)  # fmt: skip


def _otrf(folder: Path) -> bytes:
    with zipfile.ZipFile(folder / "otrf_MIT/compound/GoldenSAMLADFSMailAccess/OfficeActivityEvents.Zip") as archive:
        return archive.read(archive.namelist()[0])


def _training_lab(folder: Path) -> bytes:
    return gzip.decompress((folder / "azure_sentinel_MIT/training_lab/office_activity.csv.gz").read_bytes())


def _records(content: bytes) -> list[dict[str, str]]:
    if content.lstrip(b"\xef\xbb\xbf").startswith(b"{"):
        return [json.loads(line) for line in content.decode("utf-8-sig").splitlines() if line.strip()]
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("source", [_otrf, _training_lab])
def test_exposed_messages_of_real_records_are_those_that_they_name(source: object, tmp_path: Path) -> None:
    content = source(public_logs())  # type: ignore[operator]
    wanted: dict[str, set[str]] = {}
    for record in _records(content):
        if record["Operation"] == "MailItemsAccessed" and '"Bind"' in record["OperationProperties"]:
            ids = [item["InternetMessageId"] for one in json.loads(record["Folders"]) for item in one["FolderItems"]]
            wanted.setdefault(record["MailboxOwnerUPN"].lower(), set()).update(ids)
    assert wanted
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "records").write_bytes(content)
    case, _ = read_labelled(tmp_path)
    with EventStore.open(case.events, case.scratch, case.matches, case.repeats) as store:
        store.register("intruder_events", store.query(_ALL))
        found = assess_impact(store, [], [], _EVER, Profile())
    bound = {one.mailbox: set(one.messages) for one in found.exposures if one.how == "bind"}
    assert bound == wanted
