"""Fuzz targets: every door that takes bytes or text from outside, for a bounded time in each run.

`VIGILIA_FUZZ_SECONDS` sets the time for each target (0.5 by default; `make fuzz` takes longer). Each run has a new
seed, which the failure message shows; `VIGILIA_FUZZ_SEED` repeats it.
"""

from __future__ import annotations

import faulthandler
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fuzz.targets import TARGETS, Target
from support.mutations import mutated

_SECONDS = float(os.environ.get("VIGILIA_FUZZ_SECONDS", "0.5"))
_SLOWEST = 10.0  # seconds for one input of at most 256 KiB: 2 s/MB, generously for a loaded machine
_STUCK = 120


@pytest.fixture(autouse=True)
def a_hang_ends_the_run() -> Iterator[None]:
    """A target that never returns shows where it is stuck."""
    if sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(_STUCK, exit=True, file=sys.__stderr__)
    yield
    faulthandler.cancel_dump_traceback_later()


def _seed() -> int:
    return int(os.environ.get("VIGILIA_FUZZ_SEED", random.SystemRandom().getrandbits(32)))


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_target_takes_whatever_comes(target: Target, tmp_path: Path) -> None:
    seed = _seed()
    chance = random.Random(seed)
    contents = target.seeds()
    assert contents
    run: Callable[[bytes], None] = target.door(tmp_path)
    ends = time.monotonic() + _SECONDS
    tried = 0
    while time.monotonic() < ends or tried < 3:
        content = mutated(chance.choice(contents), chance, contents)
        begun = time.monotonic()
        try:
            run(content)
        except BaseException:
            failed = tmp_path / "failed.bin"
            failed.write_bytes(content)
            print(f"seed {seed}, input {tried}: {failed}")  # noqa: T201 - so that the input can be found again
            raise
        assert time.monotonic() - begun < _SLOWEST, f"seed {seed}, input {tried}: {len(content)} bytes"
        tried += 1


def test_there_are_fifteen_targets_at_least() -> None:
    assert len({target.name for target in TARGETS}) >= 15
