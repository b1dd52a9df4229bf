"""The documentation's table of log sources is the table that runs."""

from __future__ import annotations

from pathlib import Path

from vigilia.detect.logsources import Route, default_log_sources
from vigilia.sigma.rules import LogSource

PAGE = Path(__file__).parents[2] / "docs" / "detection.md"


def _row(route: Route) -> str:
    kind = "category: " if route.category else "service: " if route.service else ""
    says = kind + (route.category or route.service or "(product alone)")
    rows = [f"{column} = {', '.join(values)}" for column, values in route.where.items()]
    rows += [f"{column} is not {', '.join(values)}" for column, values in route.unless.items()]
    return f"| {route.product or 'any'} | {says} | `{route.source}` | {'; '.join(rows) or 'all'} |"


def test_every_log_source_has_its_row_and_every_row_its_log_source() -> None:
    wanted = sorted(_row(route) for route in default_log_sources().routes)
    written = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("|") and "`" in line]
    rows = [line for line in written if line.count("|") == 5 and not line.startswith("| `")]
    assert sorted(rows) == wanted


def test_every_log_source_that_nothing_reads_has_its_row() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for one in default_log_sources().unserved:
        named = LogSource(product=one.product, category=one.category, service=one.service)
        assert f"| {named} | {one.reason} |" in page
