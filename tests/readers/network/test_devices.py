"""Firewalls' lines: headers of every kind, what belongs to which reader, and what is none of theirs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest

from support.reading import read_all
from vigilia.readers.columns import FieldValue
from vigilia.readers.network.cisco import parse_cisco_line
from vigilia.readers.network.common_event import parse_cef_line
from vigilia.readers.network.device_lines import read_header
from vigilia.readers.network.filterlog import READER as FILTERLOG
from vigilia.readers.network.filterlog import parse_filterlog_line
from vigilia.readers.network.fortigate import parse_fortigate_line
from vigilia.readers.network.juniper import parse_juniper_line
from vigilia.readers.network.leef import parse_leef_line
from vigilia.readers.network.meraki import parse_meraki_line
from vigilia.readers.network.netfilter import parse_netfilter_line
from vigilia.readers.network.paloalto import parse_paloalto_line
from vigilia.readers.network.sonicwall import parse_sonicwall_line
from vigilia.readers.network.sophos import parse_sophos_line
from vigilia.readers.network.watchguard import parse_watchguard_line
from vigilia.readers.network.zscaler import parse_zscaler_line
from vigilia.readers.recognise import recognise

Parse = Callable[[str], Mapping[str, FieldValue] | None]

PARSERS: dict[str, Parse] = {
    "cef": parse_cef_line,
    "cisco": parse_cisco_line,
    "filterlog": parse_filterlog_line,
    "fortigate": parse_fortigate_line,
    "juniper": parse_juniper_line,
    "leef": parse_leef_line,
    "meraki": parse_meraki_line,
    "netfilter": parse_netfilter_line,
    "paloalto": parse_paloalto_line,
    "sonicwall": parse_sonicwall_line,
    "sophos": parse_sophos_line,
    "watchguard": parse_watchguard_line,
    "zscaler": parse_zscaler_line,
}


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("", {}),
        ("<189>", {"syslog_priority": "189"}),
        (
            "<166>Mar 02 2026 09:15:00 asa1 : ",
            {"syslog_priority": "166", "syslog_time": "Mar 02 2026 09:15:00", "syslog_host": "asa1"},
        ),
        ("Mar  2 09:15:00 192.0.2.1 ", {"syslog_time": "Mar  2 09:15:00", "syslog_host": "192.0.2.1"}),
        (
            "Mar  2 09:15:00 filterlog[42]: ",
            {"syslog_time": "Mar  2 09:15:00", "syslog_program": "filterlog", "syslog_pid": "42"},
        ),
        (
            "2026-03-02 09:15:00\tLocal0.Info\t192.0.2.1\t",
            {"syslog_time": "2026-03-02 09:15:00", "syslog_host": "192.0.2.1"},
        ),
    ],
)
def test_headers_of_collectors_are_read(header: str, fields: dict[str, str]) -> None:
    assert read_header(header) == fields


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Mar  2 09:15:00 web01 sshd[42]: Accepted password for ada from 192.0.2.7 port 50022 ssh2",
        '192.0.2.7 - - [02/Mar/2026:09:15:00 +0000] "GET /?date=2026-03-02%20time=1&logid=3 HTTP/1.1" 200 1',
        "type=SYSCALL msg=audit(1772442900.123:42): arch=c000003e",
        "date,user,operation",
        '{"CEF": "no"}',
    ],
)
def test_lines_of_other_logs_are_no_firewalls(line: str) -> None:
    assert [name for name, parse in PARSERS.items() if parse(line) is not None] == []


def test_an_unknown_number_of_cisco_is_read_by_what_it_names() -> None:
    line = "%ASA-4-419002: Duplicate TCP SYN from inside:192.0.2.7/50022 to outside:198.51.100.9/443 with different"
    fields = parse_cisco_line(line)
    assert fields is not None
    assert (fields["src_ip"], fields["dst_port"]) == ("192.0.2.7", "443")
    vpn = parse_cisco_line("%ASA-5-722037: Group <STAFF> User <ada> IP <203.0.113.9> SVC closing connection: Idle.")
    assert vpn is not None
    assert (vpn["action"], vpn["user"], vpn["reason"]) == ("session-closed", "ada", "SVC closing connection: Idle.")


@pytest.mark.parametrize(
    ("ends", "source"),
    [
        ("outside:198.51.100.9/443 to inside:192.0.2.7/50022", "192.0.2.7"),
        ("outside:203.0.113.9/40001 to dmz:192.0.2.20/443", "203.0.113.9"),
        ("outside:203.0.113.9/40001 to dmz:192.0.2.20/40002", "203.0.113.9"),
    ],
)
def test_a_teardown_does_not_say_who_asked_and_the_guess_is_marked(ends: str, source: str) -> None:
    fields = parse_cisco_line(f"%ASA-6-302014: Teardown TCP connection 1 for {ends} duration 0:00:01 bytes 10")
    assert fields is not None
    assert fields["src_ip"] == source
    assert fields["direction_assumed"] == "true"


def test_what_a_user_types_cannot_end_the_header_of_cef() -> None:
    fields = parse_cef_line(r"CEF:0|V|P|1|100|Login \| failed for x|5|suser=a\=b msg=CEF:0|x|y src=192.0.2.7")
    assert fields is not None
    assert fields["Name"] == "Login | failed for x"
    assert (fields["suser"], fields["msg"], fields["src"]) == ("a=b", "CEF:0|x|y", "192.0.2.7")


def test_cef_with_fewer_header_cells_is_none() -> None:
    assert parse_cef_line("CEF:0|V|P|1") is None
    short = parse_cef_line("CEF:0|V|P|1|100|Name|5")
    assert short is not None
    assert short["Severity"] == "5"


def test_a_key_that_stands_twice_keeps_both_values() -> None:
    fields = parse_fortigate_line(
        'date=2026-03-02 time=09:15:00 logid="1" type="event" user="ada" srcip=192.0.2.7 user="ben"'
    )
    assert fields is not None
    assert fields["user"] == ["ada", "ben"]


def test_a_file_that_is_mostly_something_else_is_left_to_the_system_log() -> None:
    rule = b"5,,,1,igb0,match,block,in,4,0x0,,52,1,0,DF,6,tcp,60,192.0.2.7,192.0.2.8,1,2,0"
    packet = b"Mar  2 09:15:00 gw filterlog[42]: " + rule + b"\n"
    other = b"Mar  2 09:15:00 gw sshd[42]: Connection from 203.0.113.9 port 40001\n"
    assert FILTERLOG.recognise(packet * 4 + other) > 0.9
    assert FILTERLOG.recognise(packet * 3 + other * 2) < 0.6
    rows = read_all(FILTERLOG, packet + other + b"no header\n")
    assert [row["syslog_program"] for row in rows.rows] == ["filterlog", "sshd"]
    assert len(rows.rejects) == 1


def test_packets_among_other_system_messages_are_left_to_the_system_log() -> None:
    packet = b"Mar  2 09:15:00 web01 kernel: [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.7 DST=192.0.2.8 PROTO=TCP DPT=22\n"
    other = b"Mar  2 09:15:00 web01 sshd[42]: Accepted password for ada from 203.0.113.9 port 40001 ssh2\n"
    found = recognise(packet * 9 + other), recognise(packet * 9)
    assert [one.name for one in found if one is not None] == ["linux-syslog", "netfilter-syslog"]


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("tail", ["=", "a=", "| ", "\\", '"', ", ", "a b=", ": ", "[", "% "])
def test_hostile_tails_take_linear_time(name: str, tail: str) -> None:
    starts = {
        "cef": "CEF:0|V|P|1|1|N|5|a=b ",
        "cisco": "%ASA-6-302014: Teardown TCP connection 1 for a:",
        "filterlog": "Mar  2 09:15:00 gw filterlog[42]: 5,,,1,igb0,match,block,in,4,",
        "fortigate": "date=2026-03-02 time=09:15:00 logid=1 type=event ",
        "juniper": " RT_FLOW - RT_FLOW_SESSION_CREATE [junos@2636.1.1.1.2.129 ",
        "leef": "LEEF:2.0|V|P|1|E|^|",
        "meraki": "1772442900.250000123 MX84 urls src=192.0.2.7:1 ",
        "netfilter": "kernel: IN=eth0 OUT= SRC=192.0.2.7 PROTO=TCP ",
        "paloalto": "1,2026/03/02 10:15:01,001801000001,TRAFFIC,end,",
        "sonicwall": "id=firewall sn=1 src=",
        "sophos": 'device="SFW" log_component=x ',
        "watchguard": 'msg_id="3000-0148" Allow ',
        "zscaler": "2026-03-02 09:15:00\treason=Allowed\taction=Allowed\t",
    }
    line = starts[name] + tail * (500_000 // len(tail))
    began = time.process_time()
    PARSERS[name](line)
    assert time.process_time() - began < 5
