"""50,000 mutated files: no error, no hang, every byte accounted for (`VIGILIA_SOAK_FILES`, default 50000)."""

from __future__ import annotations

import faulthandler
import io
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from support.dialects import seeds
from support.mutations import mutated
from support.reading import read_all
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import readers

pytestmark = pytest.mark.slow

FILES = int(os.environ.get("VIGILIA_SOAK_FILES", "50000"))
_PROCESSES = max(1, min(os.cpu_count() or 1, 8))
_SECONDS_PER_MEGABYTE = 2.0
_SECONDS_AT_LEAST = 5.0  # for a machine that does something else at the moment
_STUCK = 300


def read_mutated(first: int, count: int) -> Counter[str]:
    """Read so many mutated files; each is made from its number alone, so that one can be looked at again.

    Raises:
        AssertionError: names the number of the file.
    """
    contents, known = seeds(), readers()
    counted: Counter[str] = Counter()
    for number in range(first, first + count):
        faulthandler.dump_traceback_later(_STUCK, exit=True)
        chance = random.Random(number)
        content = mutated(chance.choice(contents), chance, contents)
        recognised = recognise(content)
        reader = recognised or chance.choice(known)
        begun = time.monotonic()
        try:
            reading = read_all(reader, content)
            normalizer = Normalizer(reader.source, "Europe/Paris", "item")
            for batch in reader.read(io.BytesIO(content), len(content), ReadLimits()):
                assert normalizer.normalize(batch).events.num_rows == batch.positions.num_rows
        except Exception as error:
            raise AssertionError(f"file {number}, {reader.name}, {len(content)} bytes: {error!r}") from error
        seconds = time.monotonic() - begun
        assert seconds < max(_SECONDS_AT_LEAST, len(content) / 1e6 * _SECONDS_PER_MEGABYTE), f"file {number}"
        counted["recognised" if recognised else "read by a reader of another source"] += 1
        counted["records"] += len(reading.rows)
        counted["rejects"] += len(reading.rejects)
    faulthandler.cancel_dump_traceback_later()
    return counted


def test_mutated_files_end_without_an_error_and_with_every_byte_accounted_for() -> None:
    each = -(-FILES // _PROCESSES)
    program = (
        "import sys; from soak.test_mutated_files import read_mutated as r; print(dict(r(*map(int, sys.argv[1:]))))"
    )
    tests = str(Path(__file__).resolve().parents[1])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([tests, os.environ.get("PYTHONPATH", "")])}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(share * each), str(each)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for share in range(_PROCESSES)
    ]
    for one in running:
        said, wrong = one.communicate()
        assert one.returncode == 0, wrong[-3000:]
        print(f"\n{each} files: {said.strip()}")  # noqa: T201 - the figure is the point of a soak run
