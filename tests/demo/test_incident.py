"""The demo incident: repeatable, readable with plain Python, and consistent with its own truth."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import gzip
import hashlib
import io
import ipaddress
import json
import re
import zipfile
import zoneinfo
from pathlib import Path
from typing import Any

import evtx
import pytest

from vigilia.demo.dates import EXPORTED, FILE_SERVER_CLEARED, M365_BEGINS, WEB_LOG_BEGINS, days, server_time
from vigilia.demo.evidence_files import evidence_files
from vigilia.demo.incident import write_incident
from vigilia.model.profile import parse_profile, parse_watch_list

_DOCUMENTATION = [
    ipaddress.ip_network(cidr) for cidr in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
# Names that belong to a format, not to anybody in the story.
_FORMAT_HOSTS = {"schemas.microsoft.com", "manifests.microsoft.com"}


@pytest.fixture(scope="session")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("incident")
    write_incident(folder)
    return folder


@pytest.fixture(scope="session")
def truth(incident: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((incident / "truth.json").read_bytes())
    return document


def _content(incident: Path, place: str) -> bytes:
    path, _, member = place.partition("!/")
    raw = (incident / path).read_bytes()
    if path.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return archive.read(member)
    return gzip.decompress(raw) if path.endswith(".gz") else raw


def _records(incident: Path, place: str) -> list[str]:
    """Return the records of a file as truth.json counts them: lines; rows below a CSV's header; events as JSON."""
    if place.endswith(".evtx"):
        parser = evtx.PyEvtxParser(str(incident / place))
        found = [json.loads(record["data"]) for record in parser.records_json() if record is not None]
        return [json.dumps(event, ensure_ascii=False, separators=(",", ":")) for event in found]
    lines = _content(incident, place).decode("utf-8-sig").splitlines()
    return lines[1:] if ".csv" in place else lines


def _digest(folder: Path) -> dict[str, tuple[str, int, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            int(path.stat().st_mtime),
            path.stat().st_mode & 0o777,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_same_bytes_and_times(incident: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    write_incident(tmp_path)
    assert _digest(tmp_path) == _digest(incident)
    assert all(mode == 0o644 for _, _, mode in _digest(tmp_path).values())


def test_another_seed_tells_it_differently(incident: Path, tmp_path: Path) -> None:
    write_incident(tmp_path, seed=7)
    assert _digest(tmp_path)["truth.json"] != _digest(incident)["truth.json"]


def test_size_is_that_of_a_demonstration(incident: Path, truth: dict[str, Any]) -> None:
    assert 4_000 <= sum(file["records"] for file in truth["events"]) <= 9_500
    assert sum(path.stat().st_size for path in incident.rglob("*") if path.is_file()) < 8_000_000


def test_every_evidence_file_is_in_the_truth(incident: Path, truth: dict[str, Any]) -> None:
    written = {str(path.relative_to(incident)) for path in (incident / "evidence").rglob("*") if path.is_file()}
    assert written == {file["path"].partition("!/")[0] for file in truth["events"]}
    for file in truth["events"]:
        assert len(_records(incident, file["path"])) == file["records"], file["path"]


def test_audit_export_parses_and_its_cells_are_json(incident: Path, truth: dict[str, Any]) -> None:
    place = next(file["path"] for file in truth["events"] if file["source"] == "m365.audit")
    rows = list(csv.DictReader(io.StringIO(_content(incident, place).decode("utf-8-sig"))))
    for row in rows:
        audit = json.loads(row["AuditData"])
        assert audit["Id"] == row["RecordId"]
        assert audit["Operation"] == row["Operation"]
        assert row["CreationDate"].startswith(audit["CreationTime"])
    created = [row["CreationDate"] for row in rows]
    assert created == sorted(created, reverse=True)
    assert created[-1] >= f"{M365_BEGINS}T00:00:00"


def test_windows_records_have_rising_numbers(incident: Path, truth: dict[str, Any]) -> None:
    files = [file for file in truth["events"] if file["source"] == "windows"]
    assert files
    for file in files:
        numbers: dict[str, list[int]] = {}
        for line in _records(incident, file["path"]):
            event = json.loads(line)
            if "winlog" in event:
                numbers.setdefault(event["winlog"]["channel"], []).append(event["winlog"]["record_id"])
            else:
                system = event["Event"]["System"]
                numbers.setdefault(system["Channel"], []).append(system["EventRecordID"])
        assert numbers, file["path"]
        for channel in numbers.values():
            assert channel == list(range(channel[0], channel[0] + len(channel)))


def test_file_server_log_begins_with_its_clearing(incident: Path, truth: dict[str, Any]) -> None:
    first = json.loads(_records(incident, "evidence/FS01/Security.evtx")[0])
    assert first["Event"]["System"]["EventID"] == 1102
    assert any(gap["kind"] == "cleared" and gap["entity"] == "FS01" for gap in truth["gap"])
    assert truth["window"]["first_seen"] < FILE_SERVER_CLEARED.isoformat()


def test_auth_log_crosses_the_year_without_naming_it(incident: Path) -> None:
    lines = _records(incident, "evidence/web01/auth.log.3.gz!/auth.log.3")
    assert lines[0].startswith("Nov ")
    assert lines[-1].startswith("Jan ")
    assert not any("2025" in line or "2026" in line for line in lines)


def test_web_server_logs_in_the_time_zone_of_the_profile(incident: Path) -> None:
    """auth.log names no zone: the profile's must be the right one. The clock goes back an hour in November."""
    profile = parse_profile((incident / "org.toml").read_text(encoding="utf-8"))
    zone = zoneinfo.ZoneInfo(profile.organisation.time_zone)
    for day in days(WEB_LOG_BEGINS, EXPORTED.date()):
        for hour in range(24):
            at = dt.datetime(day.year, day.month, day.day, hour, 30, tzinfo=dt.UTC)
            assert server_time(at).utcoffset() == at.astimezone(zone).utcoffset(), at


def test_only_documentation_addresses_and_domains_occur(incident: Path, truth: dict[str, Any]) -> None:
    texts = ["\n".join(_records(incident, file["path"])) for file in truth["events"]]
    texts += [(incident / name).read_text(encoding="utf-8") for name in ("org.toml", "watchlist.toml", "truth.json")]
    for text in texts:
        # Four-part product versions ("Chrome/137.0.0.0") look like addresses: a slash stands before them.
        for address in set(re.findall(r"(?<![\d./A-Za-z:])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text)):
            known = any(ipaddress.ip_address(address) in network for network in _DOCUMENTATION)
            assert known or address == "127.0.0.1", address
        for host in set(re.findall(r"(?:https?://|@)([a-z0-9.-]+\.[a-z]{2,})", text)):
            assert host.endswith(".example") or host in _FORMAT_HOSTS, host


def test_every_true_search_stands_in_its_record(incident: Path, truth: dict[str, Any]) -> None:
    records = {file["path"]: _records(incident, file["path"]) for file in truth["events"]}
    intruder = {(file["path"], number) for file in truth["events"] for number in file["ordinals"]}
    assert len(truth["search_acts"]) >= 40
    for act in truth["search_acts"]:
        assert act["raw"] in records[act["path"]][act["ordinal"]], act
        assert (act["path"], act["ordinal"]) in intruder
    assert {act["source"] for act in truth["search_acts"]} == {"m365.audit", "windows", "linux.auditd", "web.access"}


def test_encoded_command_decodes_to_the_search(truth: dict[str, Any]) -> None:
    encoded = [act["raw"] for act in truth["search_acts"] if act["act"].startswith("WS07") and " " not in act["raw"]]
    plain = [text for text in encoded if text.isascii()]
    assert plain
    for text in plain:
        assert "香港" in base64.b64decode(text).decode("utf-16-le")


def test_searches_are_in_two_scripts(truth: dict[str, Any]) -> None:
    texts = [act["text"] for act in truth["search_acts"]]
    assert sum(text.isascii() for text in texts) >= 15
    assert sum(not text.isascii() for text in texts) >= 15


def test_topics_and_persons_of_the_truth_are_defined(incident: Path, truth: dict[str, Any]) -> None:
    watch = parse_watch_list((incident / "watchlist.toml").read_text(encoding="utf-8"))
    assert {person.id for person in watch.person} > set(truth["persons"])
    topics = {topic.id for topic in watch.topic}
    assert {topic for topic in truth["topics"] if not topic.startswith("place:")} <= topics
    assert max(truth["topics"], key=truth["topics"].get) == "place:HK"


def test_profile_is_valid_and_uses_every_table(incident: Path) -> None:
    profile = parse_profile((incident / "org.toml").read_text(encoding="utf-8"))
    assert profile.organisation.staff
    assert profile.network
    assert profile.logging
    assert profile.known_activity
    assert {data.id for data in profile.data} == {"donors", "members", "research", "staff-hr"}
    assert not profile.watch.person, "watched names belong in the encrypted list"


def test_impact_of_the_truth_covers_each_class_and_channel_once(incident: Path, truth: dict[str, Any]) -> None:
    profile = parse_profile((incident / "org.toml").read_text(encoding="utf-8"))
    pairs = [(row["data_class"], row["channel"]) for row in truth["impact"]]
    channels = ("mail-read", "sharepoint-download", "share-read")
    assert sorted(pairs) == sorted((data.id, channel) for data in profile.data for channel in channels)
    assert all(re.fullmatch("E[0-5]", level) for row in truth["impact"] for level in [row["level"], *row["also"]])


def test_intruder_touches_no_donor_member_or_staff_data(incident: Path, truth: dict[str, Any]) -> None:
    """The level of those classes in truth.json rests on this."""
    kept = ("donations@", "membership@", "/sites/Fundraising", "/sites/Membership", "/sites/People")
    shares = ("\\\\*\\\\Donors", "\\\\*\\\\Members", "\\\\*\\\\HR")
    for file in truth["events"]:
        records = _records(incident, file["path"])
        for number in file["ordinals"]:
            assert not any(word in records[number] for word in kept + shares), (file["path"], number)


def test_each_kind_of_access_that_the_truth_states_is_in_the_records(incident: Path, truth: dict[str, Any]) -> None:
    seen = set()
    for file in truth["events"]:
        records = _records(incident, file["path"])
        for number in file["ordinals"]:
            line = records[number]
            seen |= {name for name in ("MailItemsAccessed", "FileDownloaded", "New-InboxRule") if name in line}
            if '"EventID":5145' in line and "\\\\*\\\\Research" in line:
                seen.add("share")
    assert seen == {"MailItemsAccessed", "FileDownloaded", "New-InboxRule", "share"}


@pytest.mark.parametrize("seed", [2022, 1, 7])
def test_intruder_works_on_weekdays_between_one_and_ten(seed: int) -> None:
    moments = [record.at for file in evidence_files(seed) for record in file.records if record.intruder]
    assert len(moments) > 300
    assert all(1 <= at.hour < 10 and at.weekday() < 5 for at in moments)


@pytest.mark.parametrize("seed", [1, 7])
def test_every_seed_has_searches_in_every_source(seed: int) -> None:
    sources = {file.source for file in evidence_files(seed) for record in file.records if record.search}
    assert sources == {"m365.audit", "windows", "linux.auditd", "web.access"}


def test_evidence_ends_before_the_export(truth: dict[str, Any]) -> None:
    assert truth["true_first_access"] < truth["window"]["first_seen"] < truth["window"]["last_seen"]
    assert truth["window"]["last_seen"] < EXPORTED.isoformat()


def test_staff_search_for_the_same_region(incident: Path, truth: dict[str, Any]) -> None:
    """A regional researcher's everyday work must be there to be told apart."""
    place = next(file["path"] for file in truth["events"] if file["source"] == "m365.audit")
    records = _records(incident, place)
    intruder = set(next(file["ordinals"] for file in truth["events"] if file["path"] == place))
    staff = [line for number, line in enumerate(records) if number not in intruder and "SearchQueryInitiated" in line]
    assert sum("香港" in line or "hong kong" in line.lower() for line in staff) >= 40


def test_counts_agree_with_the_listed_events(truth: dict[str, Any]) -> None:
    counts: dict[str, int] = {}
    for file in truth["events"]:
        assert file["ordinals"] == sorted(set(file["ordinals"]))
        counts[file["source"]] = counts.get(file["source"], 0) + len(file["ordinals"])
    assert counts == truth["event_counts"]
