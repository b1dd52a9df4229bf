"""What people wrote down by hand: values for which an item holds, events that a rule takes, rules that are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import msgspec
import pytest
import yaml

from detect.batches import Fields, batch, rule_set, rule_text
from detect.conformance.oracle import rule_holds
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.matches import Match
from vigilia.sigma.compilation import compile_rules

_TABLES = sorted(Path(__file__).parent.glob("*.toml"))
_LEAST_EXPECTATIONS = 300


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A detection item over the field A, or over keywords, and values of A; `missing` says what holds without A."""

    item: str
    holds: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()
    missing: bool = False
    ours: bool = False


class Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The inside of a detection section, and events; `shows` are the fields of the match of the first that holds."""

    detection: str
    holds: tuple[dict[str, str | list[str]], ...] = ()
    fails: tuple[dict[str, str | list[str]], ...] = ()
    shows: dict[str, str] | None = None
    ours: bool = False


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The inside of a detection section that cannot be run, and a part of the reason."""

    detection: str
    reason: str


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file. `ours` marks what the specification leaves open, so that the oracle need not agree."""

    about: str
    item: tuple[Item, ...] = ()
    rule: tuple[Whole, ...] = ()
    refused: tuple[Refused, ...] = ()


def _tables() -> Iterator[tuple[str, Table]]:
    for path in _TABLES:
        yield path.stem, msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Table)


def _as_rule(one: Item) -> Whole:
    """Return the item as a rule: an event has the value in A and something else in B."""
    lacking: tuple[dict[str, str | list[str]], ...] = ({"B": "-"},)
    holds = tuple[dict[str, str | list[str]], ...]({"A": value, "B": "-"} for value in one.holds)
    fails = tuple[dict[str, str | list[str]], ...]({"A": value, "B": "-"} for value in one.fails)
    detection = f"s:\n    {one.item}\ncondition: s"
    if one.missing:
        return Whole(detection, holds + lacking, fails, ours=one.ours)
    return Whole(detection, holds, fails + lacking, ours=one.ours)


_RULES = [
    (f"{name}: {rule.detection.splitlines()[1].strip()[:70]} [{number}]", rule)
    for name, table in _tables()
    for number, rule in enumerate([*map(_as_rule, table.item), *table.rule])
]
_REFUSED = [
    (f"{name}: {' '.join(one.detection.split())[:70]}", one) for name, table in _tables() for one in table.refused
]


def _matches(text: str, rows: Sequence[Fields]) -> list[Match]:
    rules, events = rule_set(text), batch(rows)
    matches = Matcher(rules).match(events)
    assert matches == reference_match(rules, events)
    return matches


@pytest.mark.parametrize("rule", [rule for _, rule in _RULES], ids=[name for name, _ in _RULES])
def test_a_rule_holds_where_a_person_says_so(rule: Whole) -> None:
    text, rows = rule_text(rule.detection), cast("list[Fields]", [*rule.holds, *rule.fails])
    matches = _matches(text, rows)
    assert {int(one.event_id.rpartition(":")[2]) for one in matches} == set(range(len(rule.holds)))
    if rule.shows is not None:
        assert dict(matches[0].fields) == rule.shows
    if not rule.ours:
        parsed = cast("Mapping[str, object]", yaml.safe_load(text))
        assert [rule_holds(parsed, row) for row in rows] == [number < len(rule.holds) for number in range(len(rows))]


@pytest.mark.parametrize("one", [one for _, one in _REFUSED], ids=[name for name, _ in _REFUSED])
def test_a_rule_is_refused_for_the_reason_that_a_person_gives(one: Refused) -> None:
    rules = compile_rules([("folder/rule.yml", rule_text(one.detection))])
    assert not rules.rules
    (refused,) = rules.unsupported
    assert one.reason.lower() in refused.reason.lower()
    assert refused.hint
    assert refused.line >= 1


def test_there_are_some_hundred_expectations() -> None:
    count = sum(len(rule.holds) + len(rule.fails) for _, rule in _RULES) + len(_REFUSED)
    print(f"\n{count} expectations written by hand")  # noqa: T201 - the figure is the point
    assert count >= _LEAST_EXPECTATIONS
