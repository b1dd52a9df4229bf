"""A coder gives the records, fields, rejects and byte account that its reader gives one by one, whatever the bytes."""

from __future__ import annotations

import functools
import io
import json
import random
import tarfile
import time
import zipfile
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.coded_rows import assert_same, told_by_codes
from support.dialects import seeds_by_reader
from support.mutations import mutated
from support.public_logs import public_logs
from vigilia.readers.coded_reader import CodedReader, Coder
from vigilia.readers.reader import ReadLimits
from vigilia.readers.registry import reader_named, readers
from vigilia.readers.windows.event_json import READER as WINDOWS_JSON

NAMES = [reader.name for reader in readers() if isinstance(reader, CodedReader)]
SMALL = ReadLimits(batch_records=7, line_bytes=400, depth=4, columns=12)
ROOMY = ReadLimits()


@functools.cache
def coder_of(name: str, limits: ReadLimits) -> Coder:
    """One coder for many tests: what it learned in one must not change what it gives in the next."""
    return new_coder(name, limits)


def new_coder(name: str, limits: ReadLimits) -> Coder:
    reader = reader_named(name)
    assert isinstance(reader, CodedReader)
    return reader.coder(limits)


def test_windows_json_and_evtx_have_coders() -> None:
    assert {"windows-json", "windows-evtx"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("limits", [SMALL, ROOMY])
def test_every_dialect(name: str, limits: ReadLimits) -> None:
    for content in seeds_by_reader()[name]:
        for most in (1, 100, 1 << 20):
            assert_same(reader_named(name), coder_of(name, limits), content, limits, most)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), limits=st.sampled_from([SMALL, ROOMY]))
def test_damaged_dialects(name: str, seed: int, limits: ReadLimits) -> None:
    chance = random.Random(seed)
    contents = seeds_by_reader()[name]
    content = mutated(b"\n".join(chance.choices(contents, k=3)), chance, contents)
    assert_same(reader_named(name), coder_of(name, limits), content, limits)


_NAMES = """
EventID Channel Image Event System EventData UserData Data Message Hostname tags winlog event_data SourceName Provider
#text #attributes Payload a.b x_attributes ключ quote" MapDescription EventRecordId EventId HiddenRecord
"""
_KEYS = st.sampled_from([*_NAMES.split(), ""])
_NUMBERS = st.one_of(
    st.integers(-(2**66), 2**66),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(min_value=0, max_value=10**9, places=6, allow_nan=False).map(float),
    st.sampled_from([0.1, 1.5, 100.25, 1521911721.255387, 0.001, 0.00012, 1e15, 1e16, 1e-7, -0.0]),
)
_TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "C:\\Windows\\System32\\cmd.exe", "\\\\", '"', "a\\", "naïve", "𝄞", "\x00", "x" * 200]),
)
_SCALARS = st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXTS)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    st.one_of(_SCALARS, st.lists(_SCALARS, max_size=3)),
    lambda below: st.one_of(st.dictionaries(_KEYS, below, max_size=4), st.lists(below, max_size=2)),
    max_leaves=8,
)
_RECORDS = st.dictionaries(_KEYS, _VALUES, max_size=6)


@st.composite
def _lines(draw: st.DrawFn) -> bytes:
    """Lines of JSON as various writers write them, some of them twice, some of them damaged."""
    chance = draw(st.randoms(use_true_random=False))
    kinds = draw(st.lists(_RECORDS, min_size=1, max_size=5))
    pieces = [draw(st.sampled_from(["", "\ufeff", "[", "[\n", "\n\n"]))]
    for _ in range(draw(st.integers(1, 25))):
        record = chance.choice(kinds)
        separators, indent = chance.choice([((",", ":"), None), ((", ", ": "), None), ((",", ": "), 1)])
        text = json.dumps(record, ensure_ascii=chance.random() < 0.5, separators=separators, indent=indent)
        if chance.random() < 0.08:
            text = text[: chance.randrange(len(text))] + chance.choice(["", "\x01", "}", '"', "{", "\\u12", "\ud800"])
        pieces.append(text + chance.choice(["\n", "\n", "\n", "\r\n", ",\n", " \n", "", "\n\n", "]\n"]))
    return "".join(pieces).encode("utf-8", chance.choice(["surrogatepass", "replace"]))


@settings(max_examples=150, deadline=None)
@given(content=_lines(), limits=st.sampled_from([SMALL, ROOMY]), most=st.sampled_from([5, 64, 1 << 20]))
@example(content=b'{"a":1,"a":2}\n{"a":1}\n', limits=ROOMY, most=1 << 20)
@example(content=b'{"EventID":1}', limits=ROOMY, most=1)
@example(content=b'{"EventID":1}\r\n{"EventID":2}\r', limits=ROOMY, most=1 << 20)
@example(content=b'{"a":"\\ud834\\udd1e\\ud834"}\n{"a":"\\ud834\\udd1e"}\n', limits=ROOMY, most=1 << 20)
@example(content=b'{"a":"\xf0\x9d\x84\x9e\xed\xa0\x80"}\n{"b":"\xc0\xaf"}\n', limits=ROOMY, most=1 << 20)
@example(content=b'{"a":-0}\n{"a":-9223372036854775808}\n{"a":18446744073709551615}\n', limits=ROOMY, most=1 << 20)
@example(content=b'{"a":01}\n{"a":1.}\n{"a":.5}\n{"a":1.50}\n{"a":truex}\n', limits=ROOMY, most=1 << 20)
@example(content=b'{"a":{}}\n{"a":[]}\n{"a":[1,"2",true]}\n{"a":[null]}\n{"a":[{}]}\n', limits=ROOMY, most=1 << 20)
def test_lines_of_json(content: bytes, limits: ReadLimits, most: int) -> None:
    assert_same(WINDOWS_JSON, coder_of("windows-json", limits), content, limits, most)


def test_a_record_that_is_not_plain_disturbs_no_neighbour() -> None:
    plain = [{"EventID": 1, "Channel": "Security", "Image": f"C:\\tools\\{number}.exe"} for number in range(5_000)]
    lines = [json.dumps(record).encode() for record in plain]
    for at in (0, 17, 2_500, 4_999):
        lines[at] = b'{"EventID": 1, "EventID": 2, "Image": "no\\u00e9l"}'
    lines[100] = b'{"EventID": 1, "Image": "cut'
    lines[200] = b"\xff\xfe\x00"
    told = assert_same(WINDOWS_JSON, coder_of("windows-json", ROOMY), b"\n".join(lines), ROOMY)
    assert len(told.rows) > 4_900


def test_texts_that_hardly_repeat_get_a_vocabulary_for_each_batch() -> None:
    limits = ReadLimits(batch_records=2_000)
    coder = new_coder("windows-json", limits)
    content = b"".join(b'{"EventID":1,"Channel":"a","ProcessGuid":"%032x"}\n' % number for number in range(9_000))
    assert_same(WINDOWS_JSON, coder, content, limits)
    *_, last = coder.read(io.BytesIO(content), len(content))
    assert last.columns["ProcessGuid"].vocabulary.transient
    assert len(last.columns["ProcessGuid"].vocabulary) == last.rows
    assert not last.columns["EventID"].vocabulary.transient


def test_vocabularies_go_on_from_item_to_item() -> None:
    coder = coder_of("windows-json", ReadLimits(batch_records=100))
    content = b'{"EventID":4624,"Channel":"Security","Computer":"fs01.example"}\n' * 250
    first, *_ = coder.read(io.BytesIO(content), len(content))
    *_, last = coder.read(io.BytesIO(content), len(content))
    assert first.columns["Channel"].vocabulary is last.columns["Channel"].vocabulary
    assert first.columns["Channel"].codes[0] == last.columns["Channel"].codes[0]


def test_an_item_that_is_given_up_leaves_nothing_to_the_next() -> None:
    coder = coder_of("windows-json", ReadLimits(batch_records=100))
    content = b'{"EventID":1,"Channel":"Security"}\n' * 1_000
    next(coder.read(io.BytesIO(content), len(content)))
    told = told_by_codes(coder.read(io.BytesIO(content), len(content)))
    assert [row[0] for row in told.rows] == list(range(1_000))


def test_memory_of_texts_stays_bounded() -> None:
    """Records that are all read one by one, with new keys each, are forgotten in time."""
    limits = ReadLimits(batch_records=500)
    coder = new_coder("windows-json", limits)
    content = b"".join(b'{"EventID":1,"key%d":{"a":%d}}\n' % (number, number) for number in range(6_000))
    told = assert_same(WINDOWS_JSON, coder, content, limits)
    assert len(told.rows) == 6_000


def test_tables_grow_with_what_they_hold() -> None:
    """More distinct texts than there is room for at first, then one text longer than all of that room."""
    keys = [f"field{number}" for number in range(60)]
    lines = [json.dumps({"EventID": 1, **{key: f"{key}-{row}" for key in keys}}).encode() for row in range(700)]
    lines += [json.dumps({"EventID": 1, "Message": "a" * 9_000_000}).encode(), lines[0], lines[699]]
    told = assert_same(WINDOWS_JSON, new_coder("windows-json", ROOMY), b"\n".join(lines), ROOMY)
    assert told.rows[701][3] == told.rows[0][3]


def test_more_keys_than_are_followed_are_read_all_the_same() -> None:
    lines = [json.dumps({"EventID": row, **{f"k{row}_{key}": key for key in range(900)}}).encode() for row in range(8)]
    limits = ReadLimits(batch_records=50)
    told = assert_same(WINDOWS_JSON, new_coder("windows-json", limits), b"\n".join(lines * 2), limits)
    assert len(told.rows) == 16


def test_a_shape_for_every_record_does_not_cost_without_bound() -> None:
    chance = random.Random(4)
    keys = [f"field{number}" for number in range(12)]
    orders = (chance.sample(keys, len(keys)) for _ in range(4_000))
    content = b"".join(json.dumps({"EventID": 1, **dict.fromkeys(order, "a")}).encode() + b"\n" for order in orders)
    coder = new_coder("windows-json", ROOMY)
    list(coder.read(io.BytesIO(b'{"EventID":1}\n'), 14))  # compiles, or loads what was compiled
    start = time.process_time()
    plain = sum(batch.positions.num_rows for batch in WINDOWS_JSON.read(io.BytesIO(content), len(content), ROOMY))
    middle = time.process_time()
    coded = sum(batch.rows for batch in coder.read(io.BytesIO(content), len(content)))
    assert plain == coded == 4_000
    assert time.process_time() - middle < 10 * (middle - start) + 1.0
    assert_same(WINDOWS_JSON, coder, content, ROOMY)


def test_lists_longer_than_a_batch_has_room_for() -> None:
    tags = [f"tag {number}" for number in range(6_000)]
    content = b"".join(json.dumps({"EventID": row, "tags": tags}).encode() + b"\n" for row in range(3))
    assert_same(WINDOWS_JSON, new_coder("windows-json", ROOMY), content, ROOMY)


def test_public_evtx() -> None:
    reader = reader_named("windows-evtx")
    checked = 0
    with tarfile.open(public_logs() / "evtx_to_mitre_CC0" / "evtx_to_mitre.tar.xz") as archive:
        for member in archive:
            if member.name.endswith(".evtx") and member.size < 1_200_000:
                held = archive.extractfile(member)
                assert held is not None
                checked += len(assert_same(reader, coder_of("windows-evtx", ROOMY), held.read(), ROOMY).rows)
    assert checked > 1_000


def test_public_windows_json() -> None:
    checked = 0
    for path in sorted((public_logs() / "otrf_MIT" / "atomic").rglob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith(".json"):
                    content = archive.read(name)[:1_000_000]
                    told = assert_same(WINDOWS_JSON, coder_of("windows-json", ROOMY), content, ROOMY)
                    checked += len(told.rows)
    assert checked > 1_000
