"""How much of the demo incident scope finds, and how much of it is right, measured against its truth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from vigilia.demo.incident import write_incident
from vigilia.detect.findings import findings
from vigilia.investigate.progress import Silent
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.model.evidence import EvidenceItem
from vigilia.model.matches import Finding
from vigilia.model.profile import Profile, parse_profile
from vigilia.scope.scope import determine_scope
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_store import EventStore
from vigilia.store.match_store import matches_by_rule


@dataclass(frozen=True)
class Incident:
    """The demo's events as read, what rules found in them, and the ids of the intruder's events by source."""

    folder: CaseFolder
    found: list[Finding]
    profile: Profile
    theirs: dict[str, set[str]]

    def all_theirs(self) -> set[str]:
        return set().union(*self.theirs.values())


@pytest.fixture(scope="module", params=[2022, 5])
def incident(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Incident:
    root = tmp_path_factory.mktemp("incident")
    write_incident(root, seed=request.param)
    case = CaseFolder(root / "case")
    case.make_folders()
    ruleset = compile_rulepack([])
    asked = Request(paths=(root / "evidence",), case=case.root, name="x", time_zone="America/Toronto", workers=2)
    items = read_evidence(asked, case, ruleset, Silent())
    found = findings(ruleset, matches_by_rule(case.matches, case.events, case.scratch))
    profile = parse_profile((root / "org.toml").read_text(encoding="utf-8"))
    return Incident(case, found, profile, _truth(root, case, items))


def _truth(root: Path, case: CaseFolder, items: list[EvidenceItem]) -> dict[str, set[str]]:
    store = EventStore.open(case.events, case.scratch)
    ids: dict[str, list[str]] = defaultdict(list)
    for row in store.rows('SELECT "event.id" AS id, "vigilia.item" AS item FROM events ORDER BY "vigilia.record", id'):
        ids[str(row["item"])].append(str(row["id"]))
    theirs: dict[str, set[str]] = defaultdict(set)
    for told in msgspec.json.decode((root / "truth.json").read_bytes())["events"]:
        item = next(one.item for one in items if one.path.startswith(told["path"]) and one.status == "read")
        assert len(ids[item]) == told["records"]
        theirs[told["source"]] |= {ids[item][number] for number in told["ordinals"]}
    store.close()
    return theirs


def test_nearly_all_of_the_intruders_events_are_found_and_hardly_any_other(incident: Incident) -> None:
    """Measured 2026-11-21: precision and recall 1.0 in every source; the thresholds leave room for other rules."""
    with EventStore.open(incident.folder.events, incident.folder.scratch) as store:
        scope = determine_scope(store, incident.found, incident.profile)
        rows = store.rows('SELECT "event.id" AS id FROM intruder_events WHERE probability >= 0.5')
    likely = {str(row["id"]) for row in rows}
    assert scope.intrusion.verdict == "intrusion"
    assert len(likely & incident.all_theirs()) >= 0.95 * len(likely)
    for source, theirs in incident.theirs.items():
        assert len(likely & theirs) >= 0.8 * len(theirs), source
    assert len(scope.timeline) <= 40


def test_without_the_intruders_events_none_is_found(incident: Incident) -> None:
    gone = incident.all_theirs()
    with EventStore.open(incident.folder.events, incident.folder.scratch) as store:
        events = store.query('SELECT * FROM events WHERE NOT list_contains(?, "event.id")', [sorted(gone)])
    left = [(one, [event for event in one.event_ids if event not in gone]) for one in incident.found]
    found = [msgspec.structs.replace(one, event_ids=ids, count=len(ids)) for one, ids in left if ids]
    for profile in (incident.profile, Profile()):
        assert determine_scope(EventStore.from_table(events), found, profile).intrusion.verdict == "none-found"
