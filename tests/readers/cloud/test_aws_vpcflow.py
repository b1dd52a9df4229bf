"""AWS VPC flow logs: headings of any order, files put together, lines that are none."""

from __future__ import annotations

import pytest

from support.reading import read_all
from vigilia.readers.cloud.aws_vpcflow import READER

_FLOW = "2 111122223333 eni-0a1 203.0.113.9 192.0.2.7 51000 22 6 20 4249 1772442900 1772442960 ACCEPT OK"


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        (f"{_FLOW}\n{_FLOW}\n", 0.95),
        (f"2026-03-02T09:16:05.000Z {_FLOW}\n", 0.95),
        ("version srcaddr dstaddr bytes\n5 192.0.2.1 192.0.2.2 1\n", 0.96),
        ("Version SrcAddr pkt_dstaddr\n", 0.96),
        (f"{_FLOW}\nsomething else\n", 0.475),
        ("3 111122223333 eni-0a1 203.0.113.9 192.0.2.7 51000 22 6 20 4249 1772442900 1772442960 ACCEPT OK\n", 0.0),
        ("srcaddr was 192.0.2.1 and dstaddr 192.0.2.2\n", 0.0),
        ("srcaddr dstaddr srcaddr\n", 0.0),
        ("", 0.0),
    ],
)
def test_a_flow_log_is_known_by_its_heading_or_by_its_lines(head: str, sure: float) -> None:
    assert READER.recognise(head.encode()) == sure


def test_each_heading_counts_until_the_next() -> None:
    """Files of several flow logs put together have several headings."""
    text = f"{_FLOW}\nversion srcaddr bytes dstaddr\n5 192.0.2.1 10 192.0.2.2\n\ndstaddr srcaddr\n192.0.2.4 192.0.2.3\n"
    reading = read_all(READER, text.encode())
    assert [row["srcaddr"] for row in reading.rows] == ["203.0.113.9", "192.0.2.1", "192.0.2.3"]
    assert reading.rows[1] == {"version": "5", "srcaddr": "192.0.2.1", "bytes": "10", "dstaddr": "192.0.2.2"}
    assert [position["record"] for position in reading.positions] == [0, 2, 5]


def test_a_line_with_other_fields_than_its_heading_is_refused() -> None:
    reading = read_all(READER, b"srcaddr dstaddr bytes\n192.0.2.1 192.0.2.2\n192.0.2.1 192.0.2.2 7\n")
    assert reading.reasons() == ["not a line of this log"]
    assert len(reading.rows) == 1
