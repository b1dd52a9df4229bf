"""Every run of the tests happens somewhere else: promise 3 must hold in any time zone and locale.

The order of tests and the hash seed are random too (pytest-randomly, Python). `VIGILIA_TEST_ZONE` repeats a zone.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from pathlib import Path

import hypothesis
import pytest

# Machines differ in speed; what a property says of its subject does not.
hypothesis.settings.register_profile("vigilia", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("vigilia")

ZONES = ("UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Dublin")
LOCALES = ("C", "C.UTF-8", "POSIX")


def pytest_configure(config: pytest.Config) -> None:
    """Choose before anything is imported that might look."""
    del config
    os.environ["TZ"] = os.environ.get("VIGILIA_TEST_ZONE") or random.SystemRandom().choice(ZONES)
    os.environ["LC_ALL"] = random.SystemRandom().choice(LOCALES)
    if hasattr(time, "tzset"):
        time.tzset()
    # Sources that the person at this machine has saved, and rules kept by another version, are no part of a test.
    os.environ["VIGILIA_CACHE"] = tempfile.mkdtemp(prefix="vigilia-tests-cache-")
    os.environ["XDG_CONFIG_HOME"] = str(Path(tempfile.gettempdir()) / "vigilia-tests-without-settings")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the rules that this run compiled and kept."""
    del config
    shutil.rmtree(os.environ["VIGILIA_CACHE"], ignore_errors=True)


def pytest_report_header() -> str:
    """Tell what was chosen, so that a failure can be repeated."""
    return f"zone {os.environ['TZ']}, locale {os.environ['LC_ALL']}"
