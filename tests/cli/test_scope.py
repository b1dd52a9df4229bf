"""`vigilia scope`: what a person's word needs before anything is changed."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from support.results import empty_result
from vigilia.cli.scope import scope
from vigilia.model.errors import CaseError, UsageError
from vigilia.model.result import Reason, ScopedEntity


def test_a_reason_is_needed_to_confirm_or_reject(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="reason"):
        scope(tmp_path, reject=["account:ada"])
    with pytest.raises(UsageError, match="reason"):
        scope(tmp_path, confirm=["address:192.0.2.1"], why="  ")


def test_an_entity_is_named_once_and_by_a_known_kind(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="twice"):
        scope(tmp_path, confirm=["account:ada"], reject=["account:ADA"], why="both")
    with pytest.raises(UsageError, match="kind:value"):
        scope(tmp_path, undo=["person:ada"])


def test_what_is_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        scope(tmp_path)
    with pytest.raises(CaseError):
        scope(tmp_path, undo=["account:ada"])


def _session(name: str, why: str) -> ScopedEntity:
    return ScopedEntity(
        value=name,
        probability=0.9,
        first_seen="",
        last_seen="",
        events=3,
        reasons=[Reason(text=why, weight=12.0)],
        event_ids=[],
    )


def test_what_has_the_same_reasons_is_told_together_and_the_reasons_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = empty_result()
    sessions = [_session("one", "A rule matched"), _session("two", "It is a twin"), _session("three", "A rule matched")]
    intrusion = msgspec.structs.replace(result.intrusion, sessions=sessions)
    told = msgspec.structs.replace(result, intrusion=intrusion)
    monkeypatch.setattr("vigilia.cli.scope.result_of", lambda _: told)
    scope(tmp_path)
    said = capsys.readouterr().out
    assert said.count("A rule matched") == 1
    assert said.index("session:three") < said.index("A rule matched") < said.index("session:two")
