"""S-03, S-04, S-05: bombs of every kind beside good records; each costs itself, in bounded time and memory."""

from __future__ import annotations

import pytest

from support.cases import command
from support.evtx_files import evtx_chunk, evtx_file
from support.memory import measure
from vigilia.model.evidence import EvidenceItem
from vigilia.report.json_document import decode

HEADER = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData"
ROW = "1,2026-03-01T10:00:01Z,6,FileAccessed,a@example.org,"
LINE = "2026-03-01T05:00:00+00:00 web01 sshd[1]: Accepted password for {} from 203.0.113.1 port 22 ssh2\n"


def _record(number: int, more: str = "") -> str:
    return (
        f'{{"CreationTime":"2026-03-01T10:00:00","Id":"{number}","Operation":"FileAccessed","RecordType":6,'
        f'"UserId":"a@example.org","Workload":"SharePoint"{more}}}\n'
    )


def _between(more: str) -> bytes:
    return (_record(1) + _record(2, more) + _record(3)).encode()


# name → content, and how many records must be read out of it.
BOMBS: dict[str, tuple[bytes, int]] = {
    "depth of lists.jsonl": (_between(',"X":' + "[" * 500_000 + "]" * 500_000), 2),
    "depth of objects.jsonl": (_between(',"X":' + '{"a":' * 200_000 + "1" + "}" * 200_000), 2),
    "many keys.jsonl": (_between("".join(f',"k{n}":"v"' for n in range(200_000))), 3),
    "many named values.jsonl": (
        _between(',"L":[' + ",".join(f'{{"Name":"n{n}","Value":"v"}}' for n in range(60_000)) + "]"),
        3,
    ),
    "one string of 20 MB.jsonl": (_between(',"S":"' + "x" * (20 << 20) + '"'), 2),
    "giant integer.jsonl": (_between(',"N":' + "9" * 1_000_000), 2),
    "giant exponent.jsonl": (_between(',"E":1e999999999'), 2),
    "duplicate keys.jsonl": (_between(',"UserId":"b@example.org"'), 2),
    "NUL.jsonl": (_between(',"N":"a\\u0000b"') + b"\0\0\0\0\n", 3),
    "half a surrogate.jsonl": (_between(',"N":"a\\ud800b"'), 3),
    "UTF-16.jsonl": (_between("").decode().encode("utf-16"), 3),
    "UTF-16 without mark.jsonl": (_between("").decode().encode("utf-16-be"), 3),
    "array that never ends.json": (("[" + _record(1).strip() + ",[" * 200_000).encode(), 1),
    "wide header.csv": ((HEADER + "," * 1_000_000 + "\n" + ROW + '"{}"' + "," * 1_000_000 + "\n").encode(), 0),
    "wide row.csv": ((HEADER + "\n" + ROW + '"{}"' + "," * 1_000_000 + "\n" + ROW + "\n").encode(), 1),
    "only quotes.csv": ((HEADER + "\n" + ROW + '"' + '"' * 4_000_001 + "\n").encode(), 1),
    "many marks on one letter.log": (LINE.format("a" + "\u0301" * 100_000).encode() + LINE.format("b").encode(), 2),
    "forged count.evtx": (evtx_file(evtx_chunk([(1, {"A": "b"})]), counted=65_535), 1),
    "forged count of none.evtx": (evtx_file(evtx_chunk([(2, {"A": "b"})]), counted=0), 1),
    "forged end.evtx": (evtx_file(evtx_chunk([(3, {"A": "b"})], stated=0xFFFFFFFF)), 1),
    "good.log": (LINE.format("deploy").encode(), 1),
}


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EvidenceItem]:
    folder = tmp_path_factory.mktemp("bombs")
    (folder / "evidence").mkdir()
    for name, (content, _) in BOMBS.items():
        (folder / "evidence" / name).write_bytes(content)
    done = measure(command("investigate", folder / "evidence", "--case", folder / "case"), folder)
    assert done.returncode == 3, done.talk
    assert done.seconds < 120
    assert done.peak_bytes < 1400 * 1024 * 1024  # the main process and its workers together
    result = decode((folder / "case" / "result.json").read_bytes())
    return {item.path.rpartition("/")[2]: item for item in result.evidence}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_itself_and_is_counted(name: str, items: dict[str, EvidenceItem]) -> None:
    item = items[name]
    assert item.status == "read", item.warnings
    assert item.records == BOMBS[name][1], item.rejects
    assert item.bytes == item.bytes_parsed + item.bytes_quarantined + item.bytes_ignored
    assert not [one for one in item.warnings if "unaccounted" in one or "internal error" in one]
