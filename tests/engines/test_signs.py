"""What an item shows of itself: a clock that jumps, and nothing where only a few records come late."""

from __future__ import annotations

import datetime as dt
import io
import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.dialects import seeds
from support.events import event, events_table
from vigilia.engines.file_signs import TAIL_BYTES, FileEnds
from vigilia.engines.signs import ItemSigns
from vigilia.engines.time_order import TimeOrder, is_written_in_order
from vigilia.model.evidence import Sign
from vigilia.normalize.mapping import load_mapping
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import HEAD_BYTES, ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named

_START = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def _signs(seconds: list[int], *, batch: int = 10_000, hosts: tuple[str, ...] = ("web01",)) -> list[Sign]:
    rows = [
        event(n, at=(_START + dt.timedelta(seconds=one)).isoformat(), host__name=hosts[n % len(hosts)])
        for n, one in enumerate(seconds)
    ]
    table: pa.Table = events_table(rows)
    order = TimeOrder()
    for part in table.to_batches(max_chunksize=batch):
        order.add(part)
    return list(order.signs())


def test_a_clock_that_was_set_back_is_found_with_both_its_times() -> None:
    (sign,) = _signs([*range(0, 6000, 60), *range(1000, 4000, 60)])
    assert (sign.start[11:19], sign.end[11:19]) == ("12:16:40", "13:39:00")
    assert "82 minutes" in sign.basis


@pytest.mark.parametrize("batch", [1, 3, 7, 50, 1000])
def test_a_jump_is_the_same_however_the_file_was_cut_into_batches(batch: int) -> None:
    seconds = [*range(0, 6000, 60), *range(1000, 4000, 60), *range(500, 9000, 60)]
    assert _signs(seconds, batch=batch) == _signs(seconds)
    assert len(_signs(seconds)) == 2


def test_single_late_records_are_no_jump() -> None:
    late = list(range(0, 60_000, 60))
    for place in (100, 300, 301, 302, 303):
        late[place] -= 5_000
    assert not _signs(late)


def test_a_log_that_is_newest_first_has_no_jumps() -> None:
    assert not _signs(list(range(60_000, 0, -60)))


def test_hosts_whose_clocks_differ_are_followed_apart() -> None:
    two = [n * 60 + (0 if n % 2 else 40_000) for n in range(400)]
    assert not _signs(two, hosts=("fs01", "web01"))


def test_a_file_in_no_order_is_told_once() -> None:
    chance = random.Random(7)
    blocks = [chance.randrange(0, 10_000_000) for _ in range(80)]
    (sign,) = _signs([start + n * 3 for start in blocks for n in range(60)])
    assert "not in order of time" in sign.basis


def test_exports_come_in_any_order() -> None:
    assert is_written_in_order("web.access")
    assert is_written_in_order("firewall.fortinet")
    assert not is_written_in_order("m365.audit")
    assert not is_written_in_order("zeek")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-10_000_000, 10_000_000), max_size=80), st.integers(1, 9))
def test_any_times_give_signs_and_the_same_for_any_batches(seconds: list[int], batch: int) -> None:
    if seconds:
        assert _signs(seconds, batch=batch) == _signs(seconds)


@pytest.mark.parametrize("share", [1.0, 0.93, 0.5])
def test_signs_are_found_in_every_dialect_whole_and_cut_without_an_error(share: float) -> None:
    for content in seeds():
        cut = content[: int(len(content) * share)]
        reader = recognise(cut[:HEAD_BYTES])
        if reader is None:
            continue
        signs = ItemSigns(FileEnds(reader, cut[:HEAD_BYTES], cut[-TAIL_BYTES:], len(cut)), load_mapping(reader.source))
        normalizer = Normalizer(reader.source, "UTC", "0" * 16)
        for batch in reader.read(io.BytesIO(cut), len(cut), ReadLimits(batch_records=2)):
            signs.add(batch, normalizer.normalize(batch).events)
        assert all(sign.basis and sign.count for sign in signs.found())


def test_line_ends_are_those_of_text_never_of_an_image() -> None:
    """A disk image has bytes that look like both kinds of line ends: it was not "put together or edited"."""
    reader = reader_named("linux-syslog")
    text = b"Mar  1 12:00:00 web01 cron[1]: one\r\nMar  1 12:00:01 web01 cron[1]: two\n"
    assert [one.basis for one in FileEnds(reader, text, text, len(text)).form()] == [
        "its lines end in two ways (LF and CR LF): it was put together or edited"
    ]
    image = text + bytes(512) + text
    assert list(FileEnds(reader, image, image, len(image)).form()) == []
