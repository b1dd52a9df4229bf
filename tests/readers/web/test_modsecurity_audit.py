"""ModSecurity's serial audit log: a body cannot end its transaction or begin another."""

from __future__ import annotations

from support.reading import read_all
from vigilia.readers.web.modsecurity_audit import READER

_A = "--{0}-A--\n[02/Mar/2026:09:15:00 +0000] id{0} 203.0.113.9 51000 192.0.2.10 443\n"
_B = "--{0}-B--\nPOST / HTTP/1.1\nHost: www.lanternfold.example\n"
_Z = '--{0}-H--\nMessage: x [id "942100"]\n--{0}-Z--\n\n'


def test_a_body_that_imitates_a_beginning_hides_no_rule() -> None:
    body = "--aaaaaaaa-C--\n" + _A.format("ffffffff") + "more\n"
    log = _A.format("aaaaaaaa") + _B.format("aaaaaaaa") + body + _Z.format("aaaaaaaa") + _A.format("bbbbbbbb")
    reading = read_all(READER, log.encode())
    assert [row["transaction"] for row in reading.rows] == ["idaaaaaaaa", "idbbbbbbbb"]
    assert reading.rows[0]["rule_id"] == ["942100"]


def test_a_torn_transaction_is_refused_and_counted_with_what_it_swallows() -> None:
    log = (
        _A.format("aaaaaaaa")
        + _A.format("bbbbbbbb")
        + _Z.format("bbbbbbbb")
        + _A.format("cccccccc")
        + _Z.format("cccccccc")
    )
    reading = read_all(READER, log.encode())
    assert [row["transaction"] for row in reading.rows] == ["idcccccccc"]
    assert reading.reasons() == ["not a record of this log"]


def test_it_is_known_by_its_first_boundary() -> None:
    assert READER.recognise((_A.format("aaaaaaaa") + _Z.format("aaaaaaaa")).encode()) == 0.97
    assert READER.recognise(b"--aaaaaaaa-A--\nno time\n") == 0.0
    assert READER.recognise(b"-- a comment\n") == 0.0
