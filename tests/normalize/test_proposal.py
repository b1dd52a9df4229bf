"""What `vigilia map` proposes: by values first, by names in several languages second."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.errors import EvidenceError
from vigilia.normalize.proposal import ROLES, propose, role_label

_GERMAN = (
    "Zeitpunkt;Benutzer;IP-Adresse;Vorgang;Datensatz;Suchbegriff;Betrag\r\n"
    "03/04/2026 15:05;ada@lanternfold.example;192.0.2.7;Suche;;Hong Kong;\r\n"
    "03/04/2026 15:06;ada@lanternfold.example;192.0.2.7;Export;Donors 2025;;120\r\n"
)


def roles(content: str | bytes) -> dict[str, str]:
    proposal = propose(io.BytesIO(content.encode() if isinstance(content, str) else content))
    return {column.role: column.name for column in proposal.columns if column.role}


def test_a_german_table_is_understood() -> None:
    assert roles(_GERMAN) == {
        "time": "Zeitpunkt",
        "actor": "Benutzer",
        "address": "IP-Adresse",
        "action": "Vorgang",
        "object": "Datensatz",
        "search": "Suchbegriff",
    }


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_do_not_matter(encoding: str) -> None:
    assert roles(_GERMAN.encode(encoding)) == roles(_GERMAN)


def test_values_speak_where_names_do_not() -> None:
    found = roles("a,b,c,d\n2026-03-01T10:00:00Z,ada@lanternfold.example,192.0.2.7,5\n" * 1)
    assert found == {"time": "a", "actor": "b", "address": "c"}


def test_json_fields_are_proposed_under_their_whole_names() -> None:
    record = {"created_at": "2026-03-01T10:00:00Z", "who": "ada", "event": "view", "target": {"name": "Chen Example"}}
    assert roles(json.dumps(record)) == {
        "time": "created_at",
        "actor": "who",
        "action": "event",
        "object": "target.name",
    }


@pytest.mark.parametrize(
    ("time", "open_order", "zone_told"),
    [
        ("03/04/2026 15:05", True, False),
        ("13/04/2026 15:05", False, False),
        ("2026-04-03 15:05:00", False, False),
        ("2026-04-03T15:05:00+02:00", False, True),
        ("1772366400", False, True),
    ],
)
def test_what_a_time_leaves_open_is_said(time: str, open_order: bool, zone_told: bool) -> None:
    proposal = propose(io.BytesIO(f"time,user\n{time},ada\n".encode()))
    assert (proposal.order_open, proposal.zone_told, proposal.times_unread) == (open_order, zone_told, 0)


def test_times_that_cannot_be_read_are_counted() -> None:
    proposal = propose(io.BytesIO(b"time,user\n2026-04-03T15:05:00Z,ada\nyesterday,ben\n"))
    assert proposal.times_unread == 1


def test_examples_are_few_and_short() -> None:
    proposal = propose(io.BytesIO(b"user,note\n" + b"".join(b"u%d,%s\n" % (n, b"x" * 500) for n in range(50))))
    assert all(len(column.examples) <= 3 for column in proposal.columns)
    assert max(len(one) for column in proposal.columns for one in column.examples) <= 60


@pytest.mark.parametrize("content", [b"", b"a letter to a friend\n", b"1,2,3\n4,5,6\n", bytes(1000), b"\x89PNG\r\n"])
def test_what_is_no_log_is_refused(content: bytes) -> None:
    with pytest.raises(EvidenceError, match="neither a table"):
        propose(io.BytesIO(content))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_proposal_or_are_refused(content: bytes) -> None:
    try:
        proposal = propose(io.BytesIO(content))
    except EvidenceError:
        return
    names = [column.name for column in proposal.columns]
    assert len(set(names)) == len(names)


def test_every_role_says_what_it_means() -> None:
    assert all(role_label(role) for role in ROLES)
