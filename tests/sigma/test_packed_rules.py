"""Packed rules come back as they were, and cost no later look for garbage."""

from __future__ import annotations

import gc

import msgspec
import pytest

from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.packed_rules import pack_rules, unpack_outlines, unpack_rules

RULE = """
title: Anything that was started
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0008
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\\net.exe', CommandLine|contains|all: [user, '/add']}
  condition: selection
"""
COUNT = """
title: Many were started
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0009
correlation:
  type: event_count
  rules: [6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0008]
  group-by: [User]
  timespan: 5m
  condition: {gte: 3}
"""
FILTER = """
title: Own tool
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0010
logsource: {product: windows, category: process_creation}
filter:
  rules: [6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0008]
  selection: {User: keeper}
  condition: not selection
"""


def test_rules_come_back_as_they_were() -> None:
    rules = compile_rules([("rule.yml", RULE)])
    assert unpack_rules(pack_rules(rules)) == rules


def test_outlines_say_of_each_rule_what_the_rule_says() -> None:
    rules = compile_rules([("rule.yml", RULE), ("count.yml", COUNT), ("own.yml", FILTER), ("broken.yml", "title: [")])
    outlines = unpack_outlines(pack_rules(rules))
    for told, whole in ((outlines.rules, rules.rules), (outlines.correlations, rules.correlations)):
        assert len(told) == len(whole) == 1
        said = msgspec.structs.asdict(told[0])
        assert said == {name: getattr(whole[0], name) for name in said}
    assert outlines.rules[0].filters == ("Own tool",)
    assert outlines.unsupported == rules.unsupported
    assert [one.path for one in outlines.unsupported] == ["broken.yml"]


def test_garbage_is_looked_for_as_before() -> None:
    """What is frozen for good is never taken apart: DuckDB complains of that on the terminal when a command ends."""
    frozen = gc.get_freeze_count()
    unpack_rules(pack_rules(compile_rules([("rule.yml", RULE)])))
    assert gc.isenabled()
    assert gc.get_freeze_count() == frozen


def test_something_else_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_rules(b"\x93\x01\x02\x03")
    with pytest.raises(msgspec.DecodeError):
        unpack_outlines(b"\x93\x01\x02\x03")
