"""A source that is read has a rule of ours that looks at it, or stands in the list of docs/rules.md with its reason."""

from __future__ import annotations

import re
from pathlib import Path

from vigilia.detect.logsources import default_log_sources
from vigilia.detect.rulepack import builtin_rules
from vigilia.investigate.rule_reach import rules_by_source
from vigilia.normalize.mapping import mapping_sources
from vigilia.sigma.compilation import compile_rules

_PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_ROW = re.compile(r"(?m)^\| `([a-z0-9.-]+)` \| (.+) \|$")


def _without_rules() -> dict[str, str]:
    """Return source → reason, as the page lists them."""
    page = _PAGE.read_text(encoding="utf-8")
    section = page[page.index("### Sources without rules") : page.index("## Field names of Microsoft 365")]
    return dict(_ROW.findall(section))


def test_every_source_has_a_rule_or_a_reason() -> None:
    looking = rules_by_source(compile_rules(builtin_rules()).rules, default_log_sources())
    assert set(mapping_sources()) - looking.keys() == set(_without_rules())


def test_where_people_sign_in_and_keep_their_files_rules_look() -> None:
    """Those at which an outsider's trial found none, and their like."""
    first = {
        "google.workspace": 25,
        "m365.audit": 25,
        "aws.cloudtrail": 25,
        "entra.signin": 5,
        "entra.audit": 5,
        "okta.system": 5,
        "github.audit": 5,
        "slack.audit": 5,
        "dropbox.team": 4,
        "box.events": 4,
        "gcp.audit": 5,
        "crm.salesforce": 5,
    }
    looking = rules_by_source(compile_rules(builtin_rules()).rules, default_log_sources())
    counts = {source: sum(count for _, count in looking.get(source, [])) for source in first}
    assert {source: counts[source] for source, least in first.items() if counts[source] < least} == {}


def test_reasons_lead_to_a_source_that_is_read() -> None:
    listed = _without_rules()
    referred = {reason.removeprefix("as ") for reason in listed.values() if reason.startswith("as ")}
    assert referred <= set(mapping_sources())
