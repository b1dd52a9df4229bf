"""What an action is called in the timeline: in words, and where there are none nothing that sounds like words."""

from __future__ import annotations

import pytest

from vigilia.scope.timeline import deeds


@pytest.mark.parametrize(
    ("actions", "said"),
    [
        (["4624", "1149"], "logged on and connected by remote desktop"),
        (["24"], "caused event 24"),
        (["OddAction"], "did “OddAction”"),
        ([""], "did “something without a name”"),
        (["1102", "1102"], "cleared the security log"),
    ],
)
def test_actions_are_named(actions: list[str], said: str) -> None:
    assert deeds(actions) == said
