"""The same rules on the same events give the same bytes, whatever the hash seed and the size of batches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_PROGRAM = """
import hashlib, sys
import msgspec
from detect.batches import batch, rule_set, slices
from detect.conformance.cases import FAMILIES, detection_text
from vigilia.detect.matcher import Matcher

digest = hashlib.sha256()
for family in FAMILIES:
    if family.name in ("keywords", "conditions", "references"):
        rules = rule_set(*(detection_text(one, number) for number, one in enumerate(family.detections)))
        digest.update(msgspec.json.encode(rules))
        matcher, whole = Matcher(rules), batch(family.events)
        for piece in slices(whole, int(sys.argv[1])):
            for match in matcher.match(piece):
                digest.update(msgspec.json.encode(match))
print(digest.hexdigest())
"""


def _digest(seed: str, size: int) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(_TESTS), *sys.path])}
    command = [sys.executable, "-c", _PROGRAM, str(size)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_matches_do_not_depend_on_the_hash_seed_or_on_batches() -> None:
    assert len({_digest("0", 1_000), _digest("1", 7), _digest("4242", 1)}) == 1
