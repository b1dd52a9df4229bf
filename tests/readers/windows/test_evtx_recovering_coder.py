"""Coded reading of EVTX with all its remains: what the plain reader finds, record by record, in the same order."""

from __future__ import annotations

import io
import random
import tarfile

import pytest

from support.coded_rows import assert_same
from support.evtx_corpus import corpus
from support.evtx_damage import KINDS, damaged_file
from support.evtx_files import evtx_chunk, evtx_file, logon, slack_behind
from support.public_logs import public_logs
from vigilia.demo.evtx_writer import chunks_of, evtx_bytes, file_of
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import READER, RECOVERED
from vigilia.readers.windows.evtx_recovering_coder import RecoveringCoder

_THOROUGH = ReadLimits(remains=True)
_OLD = evtx_chunk([(number, {"TargetUserName": f"ada{number}", "Note": "x" * 40}) for number in range(1, 9)])
_NEW = evtx_chunk([(101, {"TargetUserName": "bob"}), (102, {"TargetUserName": "eve"})])


def _coder(limits: ReadLimits) -> RecoveringCoder:
    return RecoveringCoder(READER.source, limits)


@pytest.mark.parametrize("rows", [1, 3, 10_000])
def test_older_records_stand_behind_those_of_their_chunk_whatever_the_size_of_batches(rows: int) -> None:
    limits = ReadLimits(remains=True, batch_records=rows)
    whole = evtx_chunk([(number, {"TargetUserName": "kim"}) for number in range(201, 210)])
    content = evtx_file(slack_behind(_NEW, _OLD), whole)
    told = assert_same(READER, _coder(limits), content, limits)
    marks = ["_recovered" in fields for *_, fields in told.rows]
    assert marks[:2] == [False, False]
    assert all(marks[2:-9])
    assert sum(marks) >= 5
    assert not any(marks[-9:])


def test_values_that_the_kernels_refuse_are_read_alike() -> None:
    coder = _coder(_THOROUGH)
    for seed in range(6):
        assert_same(READER, coder, evtx_bytes(corpus(seed, 120)), _THOROUGH)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_damage_is_read_alike(kind: str) -> None:
    """Chunks without headers, cut, moved, with forged fields; one coder for all, as in a worker."""
    coder = _coder(_THOROUGH)
    events = [logon(number, {"TargetUserName": f"ada{number % 9}", "IpAddress": "192.0.2.7"}) for number in range(900)]
    chunks = chunks_of(events)
    for seed in range(8):
        some = random.Random(seed).sample(chunks, 2)
        assert_same(READER, coder, damaged_file(file_of(some), kind, seed), _THOROUGH)


def test_all_public_logs_with_all_that_is_left_over_in_them_are_read_alike() -> None:
    coder = _coder(_THOROUGH)
    records = leftovers = 0
    for archive in sorted(public_logs().rglob("*.tar.xz")):
        with tarfile.open(archive) as members:
            for member in members:
                opened = members.extractfile(member) if member.name.endswith(".evtx") else None
                if opened is not None:
                    told = assert_same(READER, coder, opened.read(), _THOROUGH)
                    records += len(told.rows)
                    leftovers += sum(RECOVERED in fields for *_, fields in told.rows)
    assert records > 30_000
    assert leftovers > 5_000


def test_a_file_that_is_given_up_leaves_nothing_in_the_next_one() -> None:
    coder = _coder(ReadLimits(remains=True, batch_records=1))
    content = evtx_file(slack_behind(_NEW, _OLD))
    next(iter(coder.read(io.BytesIO(content), len(content))))
    assert_same(READER, coder, content, ReadLimits(remains=True, batch_records=1))
