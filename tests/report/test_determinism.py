"""Promise 3: the same result in any time zone, locale and hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import hashlib, sys
from support.results import rich_result
from vigilia.report.html import render_html
from vigilia.report.json_document import encode
result = rich_result()
print(hashlib.sha256(encode(result) + render_html(result)).hexdigest())
"""


def _digest(seed: str, zone: str, locale: str) -> str:
    tests = str(Path(__file__).parents[1])
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "PYTHONPATH": tests}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def test_seed_zone_and_locale_change_no_byte() -> None:
    assert _digest("1", "UTC", "C") == _digest("4711", "Asia/Kathmandu", "C.UTF-8")
