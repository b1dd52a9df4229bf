"""Packed rules come back as they were, and cost no later look for garbage."""

from __future__ import annotations

import gc

import msgspec
import pytest

from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.packed_rules import pack_rules, unpack_rules

RULE = """
title: Anything that was started
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c0008
logsource: {product: windows, category: process_creation}
detection:
  selection: {Image|endswith: '\\net.exe', CommandLine|contains|all: [user, '/add']}
  condition: selection
"""


def test_rules_come_back_as_they_were() -> None:
    rules = compile_rules([("rule.yml", RULE)])
    assert unpack_rules(pack_rules(rules)) == rules


def test_garbage_is_looked_for_as_before_but_not_in_rules() -> None:
    frozen = gc.get_freeze_count()
    try:
        rules = unpack_rules(pack_rules(compile_rules([("rule.yml", RULE)])))
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
        assert all(one is not rules.rules for one in gc.get_objects())
    finally:
        gc.unfreeze()


def test_something_else_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        unpack_rules(b"\x93\x01\x02\x03")
