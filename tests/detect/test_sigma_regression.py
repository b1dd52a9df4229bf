"""SigmaHQ's own regression tests: an EVTX file, a rule, and how often it must match."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass

import pyarrow as pa
import yaml

from detect.batches import compiled_sigma_rules, public_path
from vigilia.detect.matcher import Matcher
from vigilia.model.events import EVENT_SCHEMA, EventBatch
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import READER

# The file holds three files that the rule names (procdump.exe, procdump64.exe, procdump64a.exe); its info.yml says 1.
_MISCOUNTED = {"8fbf3271-1ef6-4e94-8210-03c2317947f6": 3}


@dataclass
class Expectation:
    """`count` is None where the authors only say that the rule matches."""

    rule_id: str
    count: int | None
    content: bytes


def _expectations() -> list[Expectation]:
    members: dict[str, bytes] = {}
    with tarfile.open(public_path("sigma_regression", "sigma_regression_half.tar.xz")) as archive:
        for member in archive:
            stream = archive.extractfile(member) if member.name.endswith((".yml", ".evtx")) else None
            if stream:
                members[member.name.removeprefix("./")] = stream.read()
    found = []
    for name in sorted(members):
        if name.endswith("info.yml"):
            described = yaml.safe_load(members[name])
            for test in described["regression_tests_info"]:
                evtx = members[test["path"].removeprefix("regression_data/")]
                rule_id = described["rule_metadata"][0]["id"]
                count = _MISCOUNTED.get(rule_id, test.get("match_count"))
                found.append(Expectation(rule_id, count, evtx))
    return found


def _batches(content: bytes) -> list[EventBatch]:
    batches = []
    for read in READER.read(io.BytesIO(content), len(content), ReadLimits()):
        rows = read.fields.num_rows
        ids = [f"0000000000000000:{record}" for record in read.positions.column("record").to_pylist()]
        arrays = [pa.array(ids) if field.name == "event.id" else pa.nulls(rows, field.type) for field in EVENT_SCHEMA]
        events = pa.RecordBatch.from_arrays(arrays, names=EVENT_SCHEMA.names)
        batches.append(EventBatch("windows", events, read.fields))
    return batches


def test_every_rule_finds_what_its_authors_say() -> None:
    rules = compiled_sigma_rules()
    matcher = Matcher(rules)
    expectations = _expectations()
    wrong = {}
    for expected in expectations:
        matches = [match for one in _batches(expected.content) for match in matcher.match(one)]
        count = sum(match.rule_id == expected.rule_id for match in matches)
        if count != expected.count and not (expected.count is None and count):
            wrong[expected.rule_id] = (count, expected.count)
    assert len(expectations) == 92
    assert not wrong, f"rule id → (found, expected): {wrong}"
