"""macOS logs: Apple's names stay, what is hidden stays hidden, and other JSON is left alone."""

from __future__ import annotations

import json

import pytest

from support.reading import read_all
from vigilia.readers.macos.asl_raw import READER as ASL
from vigilia.readers.macos.eslogger import READER as ESLOGGER
from vigilia.readers.macos.install_log import READER as INSTALL
from vigilia.readers.macos.unified_json import READER as JSON
from vigilia.readers.macos.unified_text import READER as TEXT

ENTRY = {
    "timestamp": "2026-03-02 10:15:00.123456+0100",
    "machTimestamp": 1,
    "eventMessage": "Accepted password for ada from 192.0.2.7 port 50022 ssh2",
    "processImagePath": "/usr/sbin/sshd",
    "category": "auth",
}


@pytest.mark.parametrize("reader", [ASL, ESLOGGER, INSTALL, JSON, TEXT], ids=lambda reader: reader.name)
@pytest.mark.parametrize(
    "head",
    [
        b"",
        b'{"timestamp":"2026-03-02T09:15:00Z","message":"x","category":"y"}\n',
        b'{"event":{"id":1},"process":"x","event_type":"y"}\n',
        b"2026-03-02 09:15:00 INFO main: started\n",
        b"2026-03-02 09:15:00.123 main[12]: started\n",
        b"Mar  2 09:15:00 ada-mac sshd[512]: Accepted\n",
        b"\x00\x01" * 500,
    ],
)
def test_what_is_another_format_is_left_alone(reader: object, head: bytes) -> None:
    assert reader.recognise(head) < 0.5  # type: ignore[attr-defined] # a Reader


def test_what_the_entry_has_itself_stays() -> None:
    (row,) = read_all(JSON, json.dumps(ENTRY | {"source": None, "user": "x"}).encode()).rows
    assert (row["category"], row["event_category"], row["user"], row["action"]) == (
        "auth",
        "authentication",
        "x",
        "accepted",
    )


def test_hidden_values_are_not_taken_for_names() -> None:
    message = "     <private> : TTY=ttys000 ; PWD=<private> ; USER=root ; COMMAND=<private>"
    (row,) = read_all(
        JSON, json.dumps(ENTRY | {"eventMessage": message, "processImagePath": "/usr/bin/sudo"}).encode()
    ).rows
    assert (row["action"], row["user"], row["target_user"]) == ("sudo", "<private>", "root")


def test_an_object_that_only_looks_like_the_last_line_is_a_record() -> None:
    reading = read_all(
        JSON, json.dumps(ENTRY).encode() + b'\n{"count":1,"finished":1}\n{"count":1,"finished":1,"x":2}\n'
    )
    assert [row.get("count") for row in reading.rows] == [None, "1"]


def test_lines_before_the_first_entry_are_refused() -> None:
    reading = read_all(TEXT, b"lost\n2026-03-02 10:15:00.123456+0100  localhost sshd[512]: x\n\n")
    assert [row["eventMessage"] for row in reading.rows] == ["x"]
    assert reading.reasons() == ["a line outside of any record"]


def test_an_escaped_bracket_does_not_end_a_value() -> None:
    (row,) = read_all(ASL, rb"[ASLMessageID 1] [Time 1772442900] [Message a \] [Sender forged\] b] [Sender app]").rows
    assert (row["Message"], row["Sender"]) == ("a ] [Sender forged] b", "app")
