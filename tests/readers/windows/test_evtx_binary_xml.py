"""Records made to stand alone say what they said, and what cannot be known is said to be lost."""

from __future__ import annotations

import contextlib
import random
import struct
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.evtx_files import evtx_chunk, logon, records_of
from support.public_logs import public_logs
from vigilia.demo.evtx_writer import chunks_of
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import RecordText, decoded_records
from vigilia.readers.windows.evtx_binary_xml import ChunkXml, Unresolved, laid_out
from vigilia.readers.windows.evtx_chunks import RecordSpan, map_chunk
from vigilia.readers.windows.evtx_remains import CARVED
from vigilia.readers.windows.evtx_salvage import Salvage, Stray
from vigilia.readers.windows.evtx_templates import Filled, Name, Template, TemplateShelf, length_of, name_hash

_PUBLIC_CHUNKS = 40


def _chunks() -> list[bytes]:
    written = chunks_of([logon(number, {"TargetUserName": f"ada{number}", "Empty": ""}) for number in range(1, 300)])
    return [*written, evtx_chunk([(number, {"a": "x" * number}) for number in range(1, 9)])]


def _public_chunks() -> list[bytes]:
    public_logs()
    from bench.corpora import public_evtx
    from bench.evtx_tiles import tiles_of, well_filled

    return [tile.content for tile in well_filled(list(tiles_of(public_evtx())))][::12][:_PUBLIC_CHUNKS]


def _alone(xml: ChunkXml, spans: list[RecordSpan]) -> list[RecordText]:
    salvage = Salvage(ColumnBuilder(ReadLimits()))
    carved = [RecordSpan(one.number, one.offset, one.length, CARVED) for one in spans]
    strays = [Stray(xml, one.offset, one, one.offset, one.length) for one in carved]
    return sorted([*salvage.texts(strays), *salvage.late_texts()], key=lambda text: text.offset)


@pytest.mark.parametrize("source", [_chunks, _public_chunks])
def test_every_record_says_alone_what_it_says_in_its_chunk(source: Any) -> None:
    for chunk in source():
        found = map_chunk(chunk)
        alone = _alone(ChunkXml(chunk, TemplateShelf()), list(found.records))
        assert [(text.content, text.behind_nul) for text in alone] == decoded_records(chunk, found)
        assert all(text.lost == () for text in alone)


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "xmlns":
                yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif value not in (None, ""):
        yield str(value)


# What a template says of an event's head, by the word for its loss.
_SAID_BY = {
    "computer": ["Computer"],
    "channel": ["Channel"],
    "provider": ["Provider"],
    "process": ["Version", "Opcode", "Correlation", "Execution"],
}


def test_without_any_template_real_events_still_say_everything_but_computer_and_names() -> None:
    """Of each record nothing but itself is left of its chunk; only what it brings itself can be used."""
    told = computers = 0
    for chunk in _public_chunks():
        found = map_chunk(chunk)
        for record, whole in zip(found.records, decoded_records(chunk, found), strict=True):
            end = record.offset + record.length
            lonely = bytes(record.offset) + chunk[record.offset : end] + bytes(len(chunk) - end)
            texts = _alone(ChunkXml(lonely, TemplateShelf()), [record])
            if not texts or whole is None:
                continue
            (text,) = texts
            event, said = orjson.loads(whole.content)["Event"], orjson.loads(text.content)["Event"]
            told += 1
            computers += "computer" in text.lost
            for word in text.lost:
                for element in _SAID_BY.get(word, ()):
                    event["System"].pop(element, None)
            assert said["System"] == event["System"]
            if "names" in text.lost:
                assert Counter(_leaves(said.get("EventData"))) <= Counter(_leaves(event))
    assert computers > 1000
    assert told > computers


def test_hostile_bytes_are_refused_or_stand_alone_and_never_take_long() -> None:
    chance = random.Random("hostile")
    (chunk, *_rest) = _chunks()
    spans = records_of(chunk)
    for _ in range(1000):
        damaged = bytearray(chunk)
        start, length = chance.choice(spans[:12])
        for _ in range(chance.randint(1, 12)):
            damaged[start + 24 + chance.randrange(length - 28)] = chance.choice(b"\0\1\2\4\x0c\x0e\x0f\x21\x41\xff")
        xml = ChunkXml(bytes(damaged), TemplateShelf())
        with contextlib.suppress(Unresolved):
            pieces = xml.record(start + 24, start + length - 4, substitutes=True).pieces
            assert len(laid_out(pieces, 536)) == length_of(pieces)


def test_templates_that_share_an_id_and_differ_are_not_chosen_between() -> None:
    shelf = TemplateShelf()
    chunk = evtx_chunk([(1, {"TargetUserName": "ada"})])
    (start, length), *_ = records_of(chunk)
    pieces = ChunkXml(chunk, shelf).record(start + 24, start + length - 4).pieces
    template = next(piece.template for piece in pieces if isinstance(piece, Filled))
    kinds = [kind for _, kind in sorted(template.slots)]
    assert shelf.only(template.guid[:4], kinds) == template
    shelf.add(Template(template.guid, (*template.pieces[:-1], b"\x08A\0", b"\0")))
    assert shelf.only(template.guid[:4], kinds) is None


def test_a_name_is_written_with_its_hash() -> None:
    assert Name.of("EventData").written[:2] == (name_hash("EventData".encode("utf-16-le"))).to_bytes(2, "little")
    assert name_hash("EventData".encode("utf-16-le")) == 0x8244


@given(st.lists(st.integers(0, 0xFFFF), max_size=300))
def test_the_hash_of_a_name_is_the_one_that_the_specification_computes(units: list[int]) -> None:
    """[MS-EVEN6] 2.2.12: each unit is added to 65599 times what came before, in 32 bits; the lower 16 are written."""
    value = 0
    for unit in units:
        value = (value * 65599 + unit) & 0xFFFFFFFF
    assert name_hash(struct.pack(f"<{len(units)}H", *units)) == value & 0xFFFF
