"""Scope on generated months with exact truth: one of each kind of intrusion, and months without any.

`make bench-scope` measures many more. The seeds here were seen while the weights were set; the bench's are not.
"""

from __future__ import annotations

import pytest

from scope.incidents.intrusions import KINDS
from scope.incidents.measuring import ENTITIES, QUIET, Judged, Month, judge_months, score

SEED = 4


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    months = [*(Month(kind, SEED) for kind in KINDS), Month(QUIET, SEED), Month(QUIET, SEED + 1)]
    return {one.month.name: one for one in judge_months(months, tmp_path_factory.mktemp("months"))}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_intrusion_is_told_from_the_staffs_work(kind: str, judged: dict[str, Judged]) -> None:
    one = judged[f"{kind}-{SEED}"]
    assert one.intrusion.verdict != "none-found"
    assert score([one]).precision >= 0.9
    assert score([one]).recall >= 0.8


def test_most_intrusions_are_called_so_and_their_entities_are_found(judged: dict[str, Judged]) -> None:
    incidents = [one for one in judged.values() if one.month.kind != QUIET]
    assert sum(one.intrusion.verdict == "intrusion" for one in incidents) >= 6
    for kind in ("events", *ENTITIES):
        found = score(incidents, kind)
        assert found.precision >= 0.9, kind
        assert found.recall >= 0.9, kind


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_a_noisy_month_without_an_intruder_ends_in_none_found(seed: int, judged: dict[str, Judged]) -> None:
    one = judged[f"{QUIET}-{seed}"]
    assert one.intrusion.verdict == "none-found"
    assert not [event for event, chance in one.events.items() if chance >= 0.5]
    assert (one.intrusion.phases, one.intrusion.persistence) == ([], [])
