"""Logon records: the layout is known by what makes sense, and nothing else is taken for one."""

from __future__ import annotations

import random
import struct

import pytest

from support.reading import read_all
from vigilia.readers.linux.utmp import READER
from vigilia.readers.linux.utmp_dump import READER as DUMP

NARROW, WIDE = "h2si32s4s32s256shhiii16s20s", "h2si32s4s32s256shhqqq16s20s4x"
TIME = 1_772_442_900


def record(form: str, kind: int = 7, user: bytes = b"ada", seconds: int = TIME, address: bytes = b"") -> bytes:
    line, host = b"pts/0", b"192.0.2.7"
    return struct.pack(form, kind, b"", 4711, line, b"ts/0", user, host, 0, 0, 0, seconds, 5, address, b"")


@pytest.mark.parametrize("form", [NARROW, WIDE])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_layout_is_known_from_the_records(order: str, form: str) -> None:
    content = record(order + form) * 3
    reading = read_all(READER, content)
    assert READER.recognise(content) == 0.95
    assert [row["time"] for row in reading.rows] == [f"{TIME}.000005"] * 3
    assert {position["length"] for position in reading.positions} == {struct.calcsize(order + form)}


def test_a_damaged_record_costs_itself() -> None:
    content = record("<" + NARROW) + b"\xff" * 384 + record("<" + NARROW) * 2 + b"\x07"
    reading = read_all(READER, content)
    assert len(reading.rows) == 3
    assert reading.reasons() == ["not a logon record", "the file ends inside a logon record"]


def test_what_an_earlier_record_left_behind_a_name_is_not_read() -> None:
    (row,) = read_all(READER, record("<" + NARROW, user=b"ada\0ministrator")).rows
    assert row["user"] == "ada"


def test_addresses_of_both_kinds() -> None:
    six = bytes.fromhex("20010db8000000000000000000000009")
    rows = read_all(
        READER, record("<" + NARROW, address=bytes([192, 0, 2, 7])) + record("<" + NARROW, address=six)
    ).rows
    assert [row["address"] for row in rows] == ["192.0.2.7", "2001:db8::9"]


def test_a_wiped_record_is_an_event_without_a_time() -> None:
    rows = read_all(READER, record("<" + NARROW) + bytes(384)).rows
    assert (rows[1]["action"], "time" in rows[1]) == ("empty", False)


@pytest.mark.parametrize("head", [b"", bytes(4096), b"MZ" + bytes(2000), b"text\n" * 400])
def test_what_is_no_logon_record_is_left_alone(head: bytes) -> None:
    assert READER.recognise(head) == 0.0


def test_noise_is_not_recognised() -> None:
    chance = random.Random(7)
    assert all(READER.recognise(chance.randbytes(4000)) == 0.0 for _ in range(50))


def test_utmpdump_writes_absent_values_in_its_own_way() -> None:
    line = "[8] [04711] [    ] [        ] [pts/0       ] [                    ] [0.0.0.0        ] "
    (row,) = read_all(DUMP, f"{line}[1970-01-01T00:00:00,000000+00:00]\n".encode()).rows
    assert row == {"type": "DEAD_PROCESS", "pid": "4711", "line": "pts/0", "action": "logout"}
