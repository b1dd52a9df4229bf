"""What `log_source_cases/*.toml` says of records of each source: which rules look at them, and what their fields find.

A case is one record as its reader gives it:

    [[case]]
    source = "windows"
    serves = ["product: windows, category: process_creation", …]  # whose rules look at it: these and no others
    record = { Channel = "Security", EventID = "4688", NewProcessName = 'C:\\x\\a.exe', … }
    columns = { "process.executable" = … }  # its normalised columns, where rules look at them
    finds = { Image = 'C:\\x\\a.exe' }  # what a rule of the first log source finds under names of its own
    hidden = ["Protocol"]  # recorded fields whose value a rule with that name does not mean

Every recorded field that is neither in `finds` nor `hidden` must be found under its own name.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import cast

import msgspec
import pytest

from detect.batches import batch, rule_set, rule_text
from vigilia.detect.logsources import default_log_sources
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.events import EventBatch
from vigilia.sigma.rules import RuleSet

_FOLDER = Path(__file__).with_name("log_source_cases")


class Case(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    serves: list[str]
    record: dict[str, str | list[str]]
    columns: dict[str, str] = {}
    finds: dict[str, str] = {}
    hidden: list[str] = []

    @property
    def batch(self) -> EventBatch:
        columns = {name.replace(".", "__"): [value] for name, value in self.columns.items()}
        return batch([self.record], self.source, **columns)

    @property
    def wanted(self) -> dict[str, str]:
        """What must be found, under which name."""
        own = {name: value for name, value in self.record.items() if name not in self.hidden}
        texts = {name: value if isinstance(value, str) else value[0] for name, value in own.items()}
        return texts | self.finds


def _cases() -> list[pytest.ParameterSet]:
    found = []
    for path in sorted(_FOLDER.glob("*.toml")):
        content = cast("dict[str, list[object]]", tomllib.loads(path.read_text(encoding="utf-8")))
        for number, case in enumerate(content["case"], start=1):
            found.append(pytest.param(msgspec.convert(case, Case), id=f"{path.stem}-{number}"))
    return found


CASES = _cases()


@cache
def _rules_on_everything() -> tuple[RuleSet, Matcher, dict[str, str]]:
    """Return a rule for each log source that matches whatever record it looks at, and rule id → log source."""
    kinds = sorted({_kind(one.product, one.category, one.service) for one in default_log_sources().routes})
    texts = [
        rule_text("s:\n    Absent: null\ncondition: s", number=number, logsource=kind)
        for number, kind in enumerate(kinds, start=1)
    ]
    rules = rule_set(*texts)
    return rules, Matcher(rules), {rule.id: str(rule.logsource) for rule in rules.rules}


def _kind(product: str, category: str, service: str) -> str:
    parts = (("product", product), ("category", category), ("service", service))
    return ", ".join(f"{name}: {value}" for name, value in parts if value)


@pytest.mark.parametrize("case", CASES)
def test_a_record_is_looked_at_by_the_rules_of_these_log_sources_and_no_others(case: Case) -> None:
    rules, matcher, kinds = _rules_on_everything()
    found = matcher.match(case.batch)
    assert sorted(kinds[one.rule_id] for one in found) == sorted(case.serves)
    assert found == reference_match(rules, case.batch)


@pytest.mark.parametrize("case", CASES)
def test_a_rule_finds_what_a_record_says_under_the_name_that_rules_have_for_it(case: Case) -> None:
    quoted = {
        name: value.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?") for name, value in case.wanted.items()
    }
    texts = [
        rule_text(
            f"s:\n    {msgspec.json.encode(name).decode()}: {_yaml(value)}\ncondition: s",
            number=number,
            logsource=case.serves[0],
        )
        for number, (name, value) in enumerate(sorted(quoted.items()), start=1)
    ]
    rules = rule_set(*texts)
    found = Matcher(rules).match(case.batch)
    numbers = {int(one.rule_id[-12:]) for one in found}
    missed = [name for number, name in enumerate(sorted(quoted), start=1) if number not in numbers]
    assert missed == []
    assert found == reference_match(rules, case.batch)


@pytest.mark.parametrize("case", [one for one in CASES if cast(Case, one.values[0]).hidden])
def test_a_field_that_means_something_else_to_rules_is_not_looked_at(case: Case) -> None:
    for name in case.hidden:
        value = case.record[name]
        text = rule_text(f"s:\n    {name}: {_yaml(str(value))}\ncondition: s", logsource=case.serves[0])
        assert Matcher(rule_set(text)).match(case.batch) == []


def test_every_route_has_a_case() -> None:
    """The first log source of a case on the source of a route: otherwise the route could take nothing at all."""
    covered = {(case.source, kind) for one in CASES for case in [cast(Case, one.values[0])] for kind in case.serves}
    routes = {(one.source, _kind(one.product, one.category, one.service)) for one in default_log_sources().routes}
    assert routes - covered == set()


def _yaml(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
