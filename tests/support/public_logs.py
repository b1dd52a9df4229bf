"""The public log collections, where a machine has them; they are no part of the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


def public_logs() -> Path:
    """Return the folder of public logs, or skip the test, saying so."""
    folder = Path(os.environ.get("VIGILIA_TEST_DATA", _BESIDE))
    if not folder.is_dir():
        pytest.skip("the public log collections are not on this machine (VIGILIA_TEST_DATA names their folder)")
    return folder
