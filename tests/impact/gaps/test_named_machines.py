"""A machine that the intruder's records name, and of which no log is here, is asked for by its name."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from support.events import event, events_table
from vigilia.impact.gaps.named_machines import named_machine_gaps
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore


def _command(text: str, record: int = 1, **more: Any) -> dict[str, Any]:
    return event(
        record,
        at="2026-03-01T00:00:00Z",
        vigilia__source="windows",
        host__name="WS07.office.example",
        event__code="4688",
        process__command_line=text,
        **more,
    )


def _gaps(rows: list[dict[str, Any]], told: list[str] | None = None, *, theirs: bool = True) -> list[Gap]:
    with EventStore.from_table(events_table(rows)) as store:
        if theirs:
            ids = [str(row["event.id"]) for row in rows]
            chosen = {"event.id": ids, "probability": [0.9] * len(ids), "reason": ["a rule"] * len(ids)}
            store.register("intruder_events", pa.table(chosen))
        return named_machine_gaps(store, [], told or [])


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (r'7z.exe a C:\Temp\x.7z "\\FS01\Donors\*" -r', ["fs01"]),
        (r"cmd /c copy x.exe \\fs02.office.example\C$\Temp", ["fs02.office.example"]),
        (r"robocopy \\FS01\a \\FS03\b", ["fs01", "fs03"]),
        (r"net use \\files.collect.example\in", []),
        (r"type C:\\Users\\mira\\notes.txt", []),
        (r"mklink /d x \\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1", []),
        (r"copy a \\tsclient\C\b", []),
        (r"dir \\ws07\C$", []),
        (r"dir \\192.0.2.9\C$", []),
        ("whoami /all", []),
    ],
)
def test_paths_of_other_machines_inside_name_them(command: str, named: list[str]) -> None:
    assert sorted(gap.entity for gap in _gaps([_command(command)])) == named


def test_a_logon_with_other_credentials_names_its_target() -> None:
    target = event(
        2, at="2026-03-02T00:00:00Z", vigilia__source="windows", host__name="WS07", event__code="4648",
        fields={"TargetServerName": "DC01.office.example"},
    )  # fmt: skip
    own = target | {"event.id": "x:3", "vigilia.fields": '{"TargetServerName":"localhost"}'}
    (gap,) = _gaps([_command("whoami"), target, own])
    assert (gap.source, gap.entity, gap.kind) == ("windows", "dc01.office.example", "not-provided")
    assert gap.basis == "logs of the machine dc01.office.example: none was handed in; 1 record of the intruder names it"
    assert gap.event_ids == [target["event.id"]]


def test_what_is_told_already_or_has_a_log_is_not_told_again() -> None:
    reached = _command(r"dir \\FS01\Donors")
    assert not _gaps([reached], told=["FS01"])
    kept = event(2, at="2026-03-01T00:00:00Z", vigilia__source="linux.syslog", host__name="fs01.office.example")
    assert not _gaps([reached, kept])


def test_commands_of_the_staff_and_cases_without_scope_ask_for_nothing() -> None:
    assert not _gaps([_command(r"dir \\FS01\Donors")], theirs=False)
