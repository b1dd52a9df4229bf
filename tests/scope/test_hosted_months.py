"""An office with only Google Workspace and AWS: a quiet month ends in "nobody found", an intruder's does not.

An outsider's trial found that no rule looked at these logs. These offices were generated for this test alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from scope.hosted_months import BUILDER_ACCOUNT, INTRUDER, STOLEN_ACCOUNT, write_month
from support.cases import investigate_folder
from vigilia.model.result import Result


def _result(tmp_path: Path, seed: int, *, intruder: bool) -> Result:
    write_month(tmp_path / "evidence", seed, intruder=intruder)
    return investigate_folder(tmp_path / "evidence", tmp_path / "case").result


@pytest.mark.parametrize("seed", [1, 2])
def test_everyday_work_is_nobodys_intrusion(seed: int, tmp_path: Path) -> None:
    intrusion = _result(tmp_path, seed, intruder=False).intrusion
    assert intrusion.verdict == "none-found", intrusion.accounts


def test_a_stolen_session_and_a_leaked_key_are_found(tmp_path: Path) -> None:
    result = _result(tmp_path, 1, intruder=True)
    likely = {one.value for one in (*result.intrusion.accounts, *result.intrusion.addresses) if one.probability >= 0.5}
    assert result.intrusion.verdict == "intrusion"
    assert likely == {STOLEN_ACCOUNT, BUILDER_ACCOUNT, INTRUDER}
    assert [one for one in result.rule_reach if one.unlooked] == []
