"""On records of every public log both matchers find the same with SigmaHQ's rules: rules, records and fields."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from detect.batches import compiled_sigma_rules
from support.public_logs import public_logs
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.evidence.budgets import Budgets
from vigilia.evidence.handed_in import find_handed_in
from vigilia.evidence.leaf import Leaf
from vigilia.evidence.spool import Spool
from vigilia.evidence.unpack import unpack
from vigilia.model.events import EventBatch
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import HEAD_BYTES, ReadLimits
from vigilia.readers.recognise import recognise

pytestmark = pytest.mark.slow

_ROWS_OF_A_FILE = 8  # the plain matcher tries each rule on each record
_ROWS_OF_A_SOURCE = 200
_LEAST_SOURCES = 20


def _leaves(folder: Path, spool: Spool) -> Iterator[Leaf]:
    for file in find_handed_in([folder]).files:
        yield from unpack(file, spool, Budgets(), lambda _: None, ()).leaves


def _first_rows(leaf: Leaf) -> EventBatch | None:
    """Return some records of the first batch that has any."""
    with leaf.file.open("rb") as stream:
        reader = recognise(stream.read(HEAD_BYTES))
        if reader is None:
            return None
        stream.seek(0)
        normalizer = Normalizer(reader.source, "UTC", leaf.item)
        for batch in itertools.islice(reader.read(stream, leaf.bytes, ReadLimits()), 3):
            if batch.fields.num_rows:
                whole = normalizer.normalize(batch)
                rows = min(_ROWS_OF_A_FILE, whole.fields.num_rows)
                return EventBatch(whole.source, whole.events.slice(0, rows), whole.fields.slice(0, rows))
    return None


def test_both_matchers_agree_on_records_of_every_source(tmp_path: Path) -> None:
    folder, rules = public_logs(), compiled_sigma_rules()
    matcher = Matcher(rules)
    tried: Counter[str] = Counter()
    matched: Counter[str] = Counter()
    for leaf in _leaves(folder, Spool.create(tmp_path / "spool")):
        batch = _first_rows(leaf)
        if batch is None or tried[batch.source] >= _ROWS_OF_A_SOURCE:
            continue
        found = matcher.match(batch)
        assert found == reference_match(rules, batch), leaf.path
        tried[batch.source] += batch.fields.num_rows
        matched[batch.source] += len(found)
    for source, rows in sorted(tried.items()):
        print(f"{source}: {rows} records, {matched[source]} matches")  # noqa: T201 - the figure is the point
    assert len(tried) >= _LEAST_SOURCES
