"""The fast matcher says what the slow one says on logs as they are; `test_differential` has random ones."""

from __future__ import annotations

import gzip
import json

import pytest

from detect.batches import batch, public_path, sigma_rules
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.sigma.compilation import compile_rules


@pytest.mark.parametrize(("lane", "found"), [("structured_windows", True), ("raw_windows", False)])
def test_both_matchers_agree_on_synthetic_logs(lane: str, found: bool) -> None:
    with gzip.open(public_path("rsigma_lanes", f"{lane}.ndjson.gz"), "rt", encoding="utf-8") as lines:
        records = [json.loads(next(lines)) for _ in range(12)]
    rows = [{name: str(value) for name, value in record.items()} for record in records]
    rules = compile_rules(sigma_rules("rules/windows/process_creation", "rules/windows/builtin/security"))
    whole = batch(rows)
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    assert bool(matches) == found
