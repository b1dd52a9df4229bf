"""What was exported twice is counted once; what only looks alike is not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from support.events import event, events_table
from vigilia.model.evidence import EvidenceItem
from vigilia.store.event_store import EventStore
from vigilia.store.event_writer import event_writer
from vigilia.store.repeats import write_repeats

_Rows = Sequence[dict[str, Any]]


class _Case:
    """Items written to a folder, and the store that opens it."""

    def __init__(self, folder: Path) -> None:
        self.events, self.scratch, self.repeats = folder / "events", folder / "scratch", folder / "repeats.parquet"
        self.events.mkdir()
        self.scratch.mkdir()
        self.items: list[EvidenceItem] = []

    def add(self, path: str, rows: _Rows, source: str = "m365.audit") -> None:
        item = f"{len(self.items):016x}"
        placed = [
            row | {"vigilia.item": item, "vigilia.source": source, "event.id": f"{item}:{row['vigilia.record']}"}
            for row in rows
        ]
        table: pa.Table = events_table(placed)
        with event_writer(self.events / f"{item}.parquet") as writer:
            for batch in table.to_batches():
                writer.write(batch)
        times = sorted(row["@timestamp"] for row in rows)
        self.items.append(
            EvidenceItem(
                item=item,
                path=path,
                sha256=item * 4,
                bytes=1,
                status="read",
                source=source,
                records=len(rows),
                first_time=times[0].strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                last_time=times[-1].strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            )
        )

    def counts(self) -> tuple[int, int]:
        """Events that count, and copies left out."""
        write_repeats(self.events, self.items, self.scratch, self.repeats)
        with EventStore.open(self.events, self.scratch, repeats=self.repeats) as store:
            kept = store.rows("SELECT count(*) AS n FROM events")[0]["n"]
            return int(str(kept)), int(str(store.rows("SELECT count(*) AS n FROM repeated")[0]["n"]))

    def ids(self) -> list[str]:
        write_repeats(self.events, self.items, self.scratch, self.repeats)
        with EventStore.open(self.events, self.scratch, repeats=self.repeats) as store:
            return [str(row["event.id"]) for row in store.rows('SELECT "event.id" FROM events ORDER BY 1')]


def _audit(record: int, name: int, **fields: str) -> dict[str, Any]:
    at = f"2026-03-01T10:{name // 60 % 60:02}:{name % 60:02}Z"
    return event(record, at=at, fields={"Id": f"id-{name}", "Operation": "FileAccessed"} | fields)


def _line(record: int, second: int, text: str, source: str = "web.access") -> dict[str, Any]:
    at = f"2026-03-01T10:{second // 60:02}:{second % 60:02}Z"
    return event(record, at=at, vigilia__source=source, fields={"line": text})


def test_overlapping_exports_count_their_common_records_once(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    case.add("a.csv", [_audit(n, n) for n in range(10)])
    case.add("b.json", [_audit(n, n + 5) for n in range(10)])
    assert case.counts() == (15, 5)


def test_a_record_that_stands_twice_in_one_export_counts_once(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    case.add("a.csv", [_audit(0, 1), _audit(1, 2), _audit(2, 1)])
    assert case.counts() == (2, 1)


def test_the_fuller_export_is_kept_and_a_whole_record_rather_than_a_cut_one(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    full = {"SourceFileName": "x" * 400}
    case.add("a_Simple.csv", [_audit(n, n) for n in range(4)])
    case.add(
        "b_full.csv", [_audit(n, n, **full, **({"Export.AuditDataCut": "true"} if n == 2 else {})) for n in range(4)]
    )
    assert case.ids() == [f"{0:016x}:2", f"{1:016x}:0", f"{1:016x}:1", f"{1:016x}:3"]


def test_an_export_that_drops_the_fraction_of_seconds_holds_the_same_records(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    case.add("a.csv", [event(0, at="2026-03-01T10:00:00Z", fields={"Id": "1"})])
    case.add("b.json", [event(0, at="2026-03-01T10:00:00.900000Z", fields={"Id": "1"})])
    assert case.counts() == (1, 1)


def test_the_same_id_at_another_time_is_another_record(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    case.add("a.csv", [event(0, at="2026-03-01T10:00:00Z", fields={"Id": "1"})])
    case.add("b.csv", [event(0, at="2026-03-01T10:00:09Z", fields={"Id": "1"})])
    assert case.counts() == (2, 0)


def test_equal_lines_within_one_log_are_several_events(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    case.add("access.log", [_line(n, 5, "GET /") for n in range(6)], "web.access")
    assert case.counts() == (6, 0)


def test_a_log_copied_twice_counts_once_and_its_equal_lines_as_often_as_they_stand_there(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    rows = [_line(n, n // 2, "GET /") for n in range(20)]
    case.add("monday/access.log", rows, "web.access")
    case.add("tuesday/access.log", [*rows, *(_line(20 + n, 40 + n, "GET /new") for n in range(5))], "web.access")
    assert case.counts() == (25, 20)


def test_two_servers_that_answer_the_same_health_check_keep_all_their_lines(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    for name in ("web01", "web02"):
        checks = [_line(n, n * 10, "GET /health") for n in range(20)]
        visits = [_line(20 + n, n * 7 + 3, f"GET /{name}/{n}") for n in range(25)]
        case.add(f"{name}/access.log", checks + visits, "web.access")
    assert case.counts() == (90, 0)


def test_rotated_logs_that_meet_in_one_second_lose_nothing(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    case.add("access.log", [_line(0, 30, "GET /")] + [_line(n, 30 + n, f"GET /{n}") for n in range(1, 9)], "web.access")
    case.add("access.log.1", [_line(n, n, f"GET /{n}") for n in range(30)] + [_line(30, 30, "GET /")], "web.access")
    assert case.counts() == (40, 0)


def test_records_of_a_windows_log_are_the_same_in_evtx_and_in_json(tmp_path: Path) -> None:
    def logon(record: int, host: str) -> dict[str, Any]:
        return event(
            record,
            at=f"2026-03-01T10:00:{record:02}Z",
            host__name=host,
            event__provider="Security",
            event__code="4624",
            fields={"EventRecordID": str(record), "Computer": host},
        )

    case = _Case(tmp_path)
    case.add("Security.evtx", [logon(n, "FS01.lanternfold.example") for n in range(9)], "windows")
    case.add("security.json", [logon(n, "fs01.lanternfold.example") for n in range(9)], "windows")
    case.add("other/Security.evtx", [logon(n, "DC01.lanternfold.example") for n in range(9)], "windows")
    assert case.counts() == (18, 9)


def test_one_record_that_became_several_events_keeps_them_all(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    several = [
        event(n, at="2026-03-01T10:00:00Z", event__action="edit", fields={"id.uniqueQualifier": "7", "n": str(n)})
        for n in range(3)
    ]
    case.add("drive.json", several, "google.workspace")
    case.add("drive_again.json", [*several, several[0] | {"vigilia.record": 9}], "google.workspace")
    assert case.counts() == (4, 3)


def test_nothing_handed_in_repeats_nothing(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    write_repeats(case.events, [], case.scratch, case.repeats)
    with EventStore.open(case.events, case.scratch, repeats=case.repeats) as store:
        assert not store.rows("SELECT * FROM repeated")


def test_the_same_evidence_gives_the_same_bytes(tmp_path: Path) -> None:
    case = _Case(tmp_path)
    for path in ("a.csv", "b.csv", "c.csv"):
        case.add(path, [_audit(n, n) for n in range(40)])
    case.counts()
    first = case.repeats.read_bytes()
    case.counts()
    assert case.repeats.read_bytes() == first


def test_copies_are_left_out_where_many_small_files_are_gathered(tmp_path: Path) -> None:
    """120 exports, each record in two of them."""
    case = _Case(tmp_path)
    for number in range(120):
        case.add(f"{number}.csv", [_audit(n, number // 2 * 5 + n) for n in range(5)])
    assert case.counts() == (300, 300)
    assert any(case.scratch.glob("gathered-*"))
