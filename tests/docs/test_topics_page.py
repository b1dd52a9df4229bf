"""docs/topics.md lists every topic that the shipped tables know, and no other."""

from __future__ import annotations

from pathlib import Path

from vigilia.knowledge.gazetteer import load_gazetteer
from vigilia.knowledge.kinds import load_kinds

PAGE = Path(__file__).parents[2] / "docs" / "topics.md"


def rows() -> list[str]:
    found = []
    for entry in load_gazetteer():
        within = f" **{entry.parent}** " if entry.names_parent else f" {entry.parent} " if entry.parent else " "
        found.append(f"| `{entry.id}` | {entry.label} | {entry.kind} |{within}| {len(entry.terms)} |")
    return found + [f"| `{kind.id}` | {kind.label} | {len(kind.terms)} |" for kind in load_kinds()]


def test_the_page_has_a_row_for_each_topic_and_kind() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert lines == rows()
