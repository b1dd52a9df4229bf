"""Zeek in tabs and in JSON: the same record gives the same fields."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from support.public_logs import public_logs
from support.reading import read_all
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.network.zeek_json import READER as JSON
from vigilia.readers.network.zeek_tsv import READER as TSV
from vigilia.readers.network.zeek_values import clock_text, unescaped
from vigilia.readers.reader import Reader, ReadLimits

_TWINS = "zed_zeek_CC-BY-SA-4.0"
_LOGS = (
    *("dce_rpc", "dns", "ftp", "kerberos", "ldap_search", "notice", "ntlm", "rdp", "smb_files", "smb_mapping", "smtp"),
    *("ssh", "ssl", "syslog", "weird", "x509"),
)
_WRITTEN_ONLY_IN_JSON = '"_write_ts":"[^"]*",'
_COMPARED = (
    *("@timestamp", "event.action", "event.provider", "event.outcome", "user.name"),
    *("source.ip", "source.port", "destination.ip", "destination.port", "source.bytes"),
)

HEADER = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{path}\n"
    "#open\t2026-03-02-09-15-00\n#fields\t{names}\n#types\t{kinds}\n"
)


def _tsv(path: str, columns: dict[str, str], *rows: tuple[str, ...]) -> bytes:
    header = HEADER.format(path=path, names="\t".join(columns), kinds="\t".join(columns.values()))
    return (header + "".join("\t".join(row) + "\n" for row in rows) + "#close\t2026-03-02-10-00-00\n").encode()


def test_every_type_has_the_same_text_in_both_forms() -> None:
    columns = {"ts": "time", "id.orig_h": "addr", "n": "count", "took": "interval", "ok": "bool", "seen": "set[string]"}
    row = ("1772442900.250000", "192.0.2.7", "12", "0.000431", "T", "a,(empty),b\\x2cc")
    twin = {"ts": 1772442900.25, "id.orig_h": "192.0.2.7", "n": 12, "took": 0.00043106, "ok": True}
    twin["seen"] = ["a", "", "b,c"]
    expected = {
        "_path": "conn",
        "ts": "2026-03-02T09:15:00.250000Z",
        "id.orig_h": "192.0.2.7",
        "n": "12",
        "took": "0.000431",
        "ok": "true",
        "seen": ["a", "", "b,c"],
    }
    assert read_all(TSV, _tsv("conn", columns, row)).rows == [expected]
    assert read_all(JSON, json.dumps({"_path": "conn"} | twin).encode()).rows == [expected]


def test_unset_and_empty_are_not_the_same() -> None:
    columns = {"ts": "time", "name": "string", "addl": "string", "uids": "vector[string]"}
    reading = read_all(TSV, _tsv("weird", columns, ("1772442900.0", "(empty)", "-", "(empty)")))
    assert reading.rows == [{"_path": "weird", "ts": "2026-03-02T09:15:00.000000Z", "name": ""}]


def test_each_row_is_read_by_the_header_above_it() -> None:
    first = _tsv("dns", {"ts": "time", "query": "string"}, ("1772442900.0", "lanternfold.example"))
    second = _tsv("http", {"ts": "time", "host": "string", "uri": "string"}, ("1772442901.0", "a.example", "/"))
    rows = read_all(TSV, first + second).rows
    assert [row["_path"] for row in rows] == ["dns", "http"]
    assert rows[1]["host"] == "a.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\\\\FS01\\Donors", r"\\FS01\Donors"),
        (r"a\x09b", "a\tb"),
        (r"\xc3\xa9", "é"),
        ("é\\xc3\\xa9", "éé"),
        (r"\xff", r"\xff"),
        (r"\x", r"\x"),
        (r"\\x41", r"\x41"),
    ],
)
def test_escapes_are_undone_once(text: str, expected: str) -> None:
    assert unescaped(text) == expected


@pytest.mark.parametrize("text", ["", "-1.0", "x", "9" * 15, "nan", "1.x"])
def test_what_is_no_time_stays_or_has_no_fraction(text: str) -> None:
    assert clock_text(text) in {text, "1970-01-01T00:00:01.000000Z"}


def test_a_log_without_its_name_is_known_by_its_fields() -> None:
    record = {"ts": 1772442900.0, "uid": "CAb1", "id.orig_h": "192.0.2.7", "trans_id": 1, "rejected": False}
    assert JSON.recognise(json.dumps(record).encode()) > 0.9
    assert read_all(JSON, json.dumps(record).encode()).rows[0]["_path"] == "dns"


def test_a_collector_s_copy_is_unwrapped_and_names_the_log_by_its_file() -> None:
    inner = {"ts": "2026-03-02T09:15:00.000000Z", "uid": "CAb1", "id.orig_h": "192.0.2.7", "mbps": 3.5}
    outer = {"message": json.dumps(inner), "log_file": "/var/log/corelight/conn_burst_20260302_09:15:00.log"}
    (row,) = read_all(JSON, json.dumps([outer]).encode()).rows
    assert (row["_path"], row["mbps"]) == ("conn_burst", "3.5")


def test_other_json_with_a_ts_is_not_taken_for_zeek() -> None:
    assert JSON.recognise(b'{"level":"info","ts":1772442900.5,"logger":"http","msg":"started"}') == 0.0
    assert JSON.recognise(b'{"ts":1772442900.5,"status":"ok"}') == 0.0


def _events(reader: Reader, content: bytes) -> list[tuple[str, ...]]:
    """Return each event with its fields as text, sorted: Zeek's two writers do not keep the same order."""
    normalizer = Normalizer(reader.source, "UTC", "item")
    rows: list[tuple[str, ...]] = []
    for batch in reader.read(io.BytesIO(content), len(content), ReadLimits()):
        events = normalizer.normalize(batch).events
        columns = [events.column(name).cast(pa.string()).to_pylist() for name in _COMPARED]
        fields = pc.replace_substring_regex(events.column("vigilia.fields"), _WRITTEN_ONLY_IN_JSON, "")
        rows += zip(*(map(str, column) for column in columns), fields.to_pylist(), strict=True)
    return sorted(rows)


@pytest.mark.parametrize("log", _LOGS)
def test_twins_of_the_same_traffic_give_the_same_events(log: str) -> None:
    folder = public_logs() / _TWINS
    tabs = _events(TSV, gzip.decompress((folder / "zeek-default" / f"{log}.log.gz").read_bytes()))
    objects = _events(JSON, gzip.decompress((folder / "zeek-json" / f"{log}.json.gz").read_bytes()))
    assert len(tabs) == len(objects) > 0
    assert next((pair for pair in zip(tabs, objects, strict=True) if pair[0] != pair[1]), None) is None
