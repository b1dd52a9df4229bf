"""What a log writes once holds for its later records, by connection, and only so long."""

from __future__ import annotations

from vigilia.readers.carried_fields import Carrier, Carry


def test_a_field_holds_until_it_is_written_anew() -> None:
    carrier = Carrier([Carry(("time",))])
    records = [{"a": "1"}, {"time": "t1"}, {"a": "2"}, {"time": "t2"}]
    assert [dict(carrier.complete(one)) for one in records] == [
        {"a": "1"},
        {"time": "t1"},
        {"time": "t1", "a": "2"},
        {"time": "t2"},
    ]


def test_connections_are_told_apart_and_what_is_taken_over_can_be_seen() -> None:
    carrier = Carrier([Carry(("user", "database"), by="thread", prefix="connect.")])
    records = [
        {"thread": "1", "user": "ada", "database": "crm"},
        {"thread": "2", "user": "ben"},
        {"thread": "1"},
        {"thread": "1", "database": "wiki"},
        {"thread": "1"},
        {"thread": "2", "user": "cem"},
        {"thread": "2"},
        {},
    ]
    taken = [dict(carrier.complete(one)) for one in records]
    assert taken[2] == {"thread": "1", "connect.user": "ada", "connect.database": "crm"}
    assert taken[3] == {"thread": "1", "connect.user": "ada", "database": "wiki"}
    assert taken[4] == {"thread": "1", "connect.user": "ada", "connect.database": "wiki"}
    assert taken[6] == {"thread": "2", "connect.user": "cem"}
    assert taken[7] == {}


def test_memory_is_bounded() -> None:
    carrier = Carrier([Carry(("user",), by="thread")])
    for number in range(5000):
        carrier.complete({"thread": str(number), "user": "u"})
    assert dict(carrier.complete({"thread": "0"})) == {"thread": "0"}
    assert dict(carrier.complete({"thread": "4999"})) == {"thread": "4999", "user": "u"}
    carrier.complete({"thread": "4999", "user": "u" * 10_000})
    assert dict(carrier.complete({"thread": "4999"})) == {"thread": "4999"}
