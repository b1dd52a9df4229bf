from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import evtx
import pytest

from support.evtx_dialects import evtx_dialects
from support.reading import read_all
from vigilia.demo.evidence_files import evidence_files
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.event_xml import READER
from vigilia.readers.windows.evtx import READER as EVTX

_SHARED = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[3].parent / "shared" / "data"))
_SAMPLES = _SHARED / "evtx_rs_samples_MIT-Apache2.tar.xz"
_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"


def _event(data: str, system: str = "<EventID>1</EventID>") -> bytes:
    return f"<Event xmlns='{_NAMESPACE}'><System>{system}</System>{data}</Event>".encode()


def _one(data: str, system: str = "<EventID>1</EventID>") -> dict[str, object]:
    (row,) = read_all(READER, _event(data, system)).rows
    return row


def test_the_fields_are_those_of_the_same_events_as_evtx() -> None:
    """What another program makes of the demo's EVTX in XML is read as the EVTX itself is."""
    (content,) = [file.content() for file in evidence_files(2022) if file.path.endswith(".evtx")]
    parser = evtx.PyEvtxParser(io.BytesIO(content))
    events = [record["data"] for record in parser.records() if record is not None]
    xml = "".join(event.partition("?>")[2] for event in events[:300])
    rows = read_all(READER, xml.encode()).rows
    expected = read_all(EVTX, content).rows[:300]
    assert [_stripped(row) for row in rows] == [_stripped(row) for row in expected]


@pytest.mark.skipif(not _SAMPLES.exists(), reason="the shared test data are not here")
def test_real_events_are_read_from_xml_as_from_evtx() -> None:
    """Only values of one name that an event has twice differ: the decoder of EVTX keeps the last of them."""
    compared = 0
    with tarfile.open(_SAMPLES) as archive:
        for name in ("system.evtx", "security.evtx", "new-user-security.evtx", "Application_no_crc32.evtx"):
            member = archive.extractfile(f"./samples/{name}")
            assert member is not None
            content = member.read()
            records = evtx.PyEvtxParser(io.BytesIO(content)).records()
            xml = "".join(record["data"].partition("?>")[2] for record in records if record is not None)
            known = {row["EventRecordID"]: _stripped(row) for row in read_all(EVTX, content).rows}
            for row in read_all(READER, xml.encode()).rows:
                found = _stripped(row)
                if "_invalid_utf8" not in found and row["EventRecordID"] in known:
                    twice = {name for name in found if name.endswith("_1")}
                    assert {name: found[name] for name in found.keys() - twice} == known[row["EventRecordID"]]
                    compared += 1
    assert compared > 3000


def _stripped(row: dict[str, object]) -> dict[str, object]:
    """That program breaks lines within empty elements, which Windows does not; and XML knows no carriage returns."""
    lists = {name: value if isinstance(value, list) else [value] for name, value in row.items()}
    plain = {name: [str(text).replace("\r", "").strip() for text in texts] for name, texts in lists.items()}
    return {name: texts for name, texts in plain.items() if any(texts)}


@pytest.mark.parametrize("name", sorted(evtx_dialects()))
def test_evtx_itself_is_not_taken_for_xml(name: str) -> None:
    assert READER.recognise(evtx_dialects()[name][:65536]) == 0.0


def test_values_keep_their_blanks_and_their_markup() -> None:
    text = "  <b>&\"' \t"
    assert _one(f"<EventData><Data Name='a'>{escape(text)}</Data></EventData>")["a"] == text
    assert _one(f"<EventData><Data Name={quoteattr(text)}>x</Data></EventData>")[text] == "x"


def test_a_name_of_the_event_that_system_has_too_is_kept_under_its_path() -> None:
    row = _one("<EventData><Data Name='EventID'>x</Data></EventData>")
    assert (row["EventID"], row["EventData.EventID"]) == ("1", "x")


def test_a_name_that_stands_twice_keeps_both_values() -> None:
    data = "<EventData><Data Name='a'>1</Data><Data Name='a'>2</Data><Data Name='a'>3</Data></EventData>"
    row = _one(data)
    assert (row["a"], row["a_1"], row["a_2"]) == ("1", "2", "3")


def test_values_without_names_are_a_list_in_their_order() -> None:
    assert _one("<EventData><Data>x</Data><Data/><Data>y</Data></EventData>")["Data"] == ["x", "", "y"]
    assert _one("<EventData><Data>one text</Data></EventData>")["Data"] == ["one text"]


def test_the_name_of_the_data_itself_is_kept() -> None:
    assert _one("<EventData Name='TIME_JUMP'><Data Name='a'>1</Data></EventData>")["EventData_Name"] == "TIME_JUMP"


def test_nested_user_data_has_names_at_the_top_and_repeats_in_lists() -> None:
    row = _one("<UserData><E xmlns='x'><Name>n</Name><F><Name>m</Name></F><G c='d'>1</G><G>2</G></E></UserData>")
    assert (row["Name"], row["G"], row["G_1"], row["G_c"]) == ("n", "1", "2", "d")
    assert row["UserData.E.F.Name"] == "m"


def test_what_is_no_event_is_refused_by_its_place() -> None:
    before = b"<Events><Event><a/></Event>" + _event("")
    reading = read_all(READER, before + b"<Event><System></Event></Events>")
    assert len(reading.rows) == 1
    assert [(reject.place, reject.reason) for reject in reading.rejects] == [
        ("event 1 at byte 8", "not a record of this log"),
        (f"event 3 at byte {len(before)}", "not well-formed XML"),
    ]


def test_depth_is_bounded_and_marked() -> None:
    deep = "<UserData>" + "<a>" * 50 + "x" + "</a>" * 50 + "</UserData>"
    (row,) = read_all(READER, _event(deep), ReadLimits(depth=6)).rows
    assert row["_truncated"] == "nested deeper than 6"


def test_an_entity_bomb_is_refused_and_costs_nothing() -> None:
    bomb = '<!DOCTYPE Events [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(9)
    )
    content = bomb.encode() + b"]><Events>" + _event("<EventData><Data Name='x'>&a8;</Data></EventData>") + b"</Events>"
    reading = read_all(READER, content)
    assert reading.rows == []
    assert reading.reasons() == ["not well-formed XML"]


def test_only_windows_events_are_recognised() -> None:
    assert READER.recognise(_event("")) > 0.9
    assert READER.recognise("\ufeff".encode("utf-16-le") + _event("").decode().encode("utf-16-le")) > 0.9
    assert READER.recognise(b"<SearchResults><Event Caller='x' Cmdlet='y'/></SearchResults>") == 0.0
    assert READER.recognise(b"<html><Event>conference</Event></html>") == 0.0
