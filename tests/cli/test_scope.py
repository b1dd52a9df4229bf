"""`vigilia scope`: what a person's word needs before anything is changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from vigilia.cli.scope import scope
from vigilia.model.errors import CaseError, UsageError


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
