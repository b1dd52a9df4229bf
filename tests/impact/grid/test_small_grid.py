"""A small grid, run from evidence files to the result document: comfort is never false, and what is recorded is found.

`make bench-impact` runs the whole of it; docs/impact-benchmark.md has the figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.impact_grid.cases import Plan, Scenario, write_case
from support.impact_grid.exposure import compare_case, write_mailboxes
from support.impact_grid.figures import Figures, add_up
from support.impact_grid.judging import judge
from support.impact_grid.mailboxes import mailbox_case
from support.impact_grid.running import CaseRunner

_FIRST_NUMBER = 27  # what is drawn depends on it
_LEAST_RECALL, _LEAST_PRECISION = 0.8, 0.8
_ORGANISATIONS = (
    ("full", (("sharepoint-download", "left"), ("mail-sync", "left"), ("mail-read", "read"))),
    ("days-deleted", (("sharing-link", "left"), ("ediscovery-export", "left"), ("oauth-app", "left"))),
    ("retention", (("mail-forwarding", "left"), ("sharepoint-sync", "left"))),
    ("full", (("share-read", "left"), ("dns", "left"), ("archive-staging", "read"))),
    ("cleared", (("share-read", "left"), ("web-upload", "left"))),
    ("cut-export", (("google-drive", "left"), ("google-mail", "left"), ("google-takeout", "read"))),
    ("unreadable", (("crm-export", "left"), ("database-dump", "read"))),
)  # fmt: skip


@pytest.fixture(scope="module")
def runner() -> CaseRunner:
    """Return what runs cases in this process."""
    return CaseRunner(whole=False)


@pytest.fixture(scope="module")
def figures(runner: CaseRunner, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Run the small grid once."""
    judged = []
    for number, (telemetry, dealt) in enumerate(_ORGANISATIONS, _FIRST_NUMBER):
        plan = Plan("small", number, telemetry, tuple(Scenario(*one) for one in dealt))
        folder = tmp_path_factory.mktemp(plan.name)
        truth = write_case(plan, folder)
        judged.append(judge(runner.run(folder), truth))
    return add_up(judged)


def test_nothing_that_left_behind_a_gap_is_covered_by_comfort(figures: Figures) -> None:
    assert figures.rows > len(_ORGANISATIONS)
    assert figures.false_reassurance == 0


def test_comfort_prints_window_channels_and_probability(figures: Figures) -> None:
    assert figures.unqualified == 0


def test_what_left_and_is_recorded_is_found_and_nothing_else_is_called_taken(figures: Figures) -> None:
    assert figures.recall.of > 0
    assert figures.recall.share >= _LEAST_RECALL
    assert figures.precision.share >= _LEAST_PRECISION


def test_sets_without_losses_have_no_gaps(figures: Figures) -> None:
    assert figures.clean_cases > 0
    assert figures.spurious == 0


def test_every_sentence_rests_on_events_or_gaps_of_the_document(figures: Figures) -> None:
    assert figures.statements > 0
    assert figures.unresolved == 0


def test_exposed_messages_equal_the_procedure(runner: CaseRunner, tmp_path: Path) -> None:
    """Sessions that go on from the owner's own address are left to the benchmark: scope must tell them first."""
    case = mailbox_case("small", 1)
    write_mailboxes(case, tmp_path)
    compared = compare_case(runner.run(tmp_path), case, 1)
    assert [one for one in compared if not one.equal and "office" not in one.features] == []
