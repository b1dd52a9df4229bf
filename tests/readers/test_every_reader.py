"""What holds for every reader, whoever wrote it: promise 1, flat memory, and answers that batches don't change."""

from __future__ import annotations

import functools
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.dialects import seeds, seeds_by_reader
from support.mutations import mutated
from support.reading import read_all
from vigilia.normalize.mapping import load_mapping
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named, readers

NAMES = [reader.name for reader in readers()]


@functools.cache
def _contents(name: str) -> tuple[bytes, ...]:
    return seeds_by_reader()[name] or seeds()[:5]


@pytest.mark.parametrize("name", NAMES)
def test_every_reader_has_a_dialect_in_the_corpus(name: str) -> None:
    assert seeds_by_reader()[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_reader_has_a_mapping_table(name: str) -> None:
    assert load_mapping(reader_named(name).source).column


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32), longest=st.sampled_from([64, 1 << 20]))
def test_mutated_files_are_accounted_for(name: str, seed: int, longest: int) -> None:
    chance = random.Random(seed)
    contents = _contents(name)
    read_all(
        reader_named(name),
        mutated(chance.choice(contents), chance, contents),
        ReadLimits(line_bytes=longest, depth=3),
    )


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=5, deadline=None)
@given(content=st.binary(max_size=300))
def test_noise_is_accounted_for(name: str, content: bytes) -> None:
    read_all(reader_named(name), content)
    assert 0.0 <= reader_named(name).recognise(content) <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_batches_do_not_change_what_is_read(name: str) -> None:
    for content in _contents(name):
        whole, single = (read_all(reader_named(name), content, ReadLimits(batch_records=n)) for n in (10_000, 1))
        assert whole == single


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_is_read_is_normalised(name: str, seed: int) -> None:
    """No record is lost between a reader and the events, and no value stops the mapping."""
    chance = random.Random(seed)
    content = mutated(chance.choice(_contents(name)), chance, seeds())
    reader = recognise(content) or reader_named(name)
    normalizer = Normalizer(reader.source, "Europe/Paris", "item")
    for batch in reader.read(io.BytesIO(content), len(content), ReadLimits()):
        events = normalizer.normalize(batch).events
        assert events.num_rows == batch.positions.num_rows
