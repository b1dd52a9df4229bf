"""The table of rules in docs/rules.md is that of the pack."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import yaml

from vigilia.detect.rulepack import builtin_rules

_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_LEVELS = ("critical", "high", "medium", "low", "informational")


def _row(name: str, text: str) -> tuple[str, int, str]:
    """Return (room, rank of the level, line of the table)."""
    rule = next(yaml.safe_load_all(text))
    room, _, file = name.partition("/")
    techniques = ", ".join(
        tag[len("attack.") :].upper() for tag in rule["tags"] if tag[len("attack.t") :][:1].isdigit()
    )
    line = f"| {rule['title']} | {rule['level']} | {techniques} | `{file.removesuffix('.yml')}` |"
    return room, _LEVELS.index(rule["level"]), line


def rules_table() -> str:
    """Return the part of docs/rules.md that lists the rules, room by room, the gravest first."""
    rows = sorted(_row(name, text) for name, text in builtin_rules())
    parts = []
    for room in sorted({room for room, _, _ in rows}):
        lines = [line for one, _, line in rows if one == room]
        head = [f"### {room}", "", "| rule | level | techniques | file |", "|---|---|---|---|"]
        parts.append("\n".join([*head, *lines]))
    return "\n\n".join(parts) + "\n"


def test_every_rule_stands_in_the_table_as_it_is() -> None:
    page = _PAGE.read_text(encoding="utf-8")
    missing = [line for line in rules_table().splitlines() if line not in page.splitlines()]
    assert missing == [], "put these lines into docs/rules.md"
    assert page.endswith(rules_table()), "docs/rules.md lists a rule that is not there, or in another order"


def test_the_pack_covers_windows_linux_and_web_servers() -> None:
    rooms = Counter(name.partition("/")[0] for name, _ in builtin_rules())
    assert rooms["windows"] >= 20
    assert rooms["linux"] >= 20
    assert rooms["web"] >= 12
