"""Builds correlation rules and matches in few words: the event "f:anna=12@3" is one that rule f matched.

It stands for user anna, value 12 and second 3; events are named by their place, from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from vigilia.detect.correlation import Correlated, CorrelatedMatch, correlate
from vigilia.detect.correlation_reference import reference_correlate
from vigilia.model.matches import Match
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import RuleSet
from vigilia.store.match_store import match_batch

SECOND = 1_000_000
NAMES = ("f", "g", "h")
_EVENT = re.compile(r"(?P<rules>[fgh]+)(?::(?P<users>[^=@]*))?(?:=(?P<values>[^@]*))?@(?P<time>-?[\d.]+|never)")


def rule_id(name: str) -> str:
    """Return the id of the rule with a name."""
    return f"00000000-0000-4000-8000-{ord(name[0]):012}"


def base_rules(level: str = "low") -> str:
    """Return the rules f, g and h."""
    return "---\n".join(
        f"title: Rule {name}\nname: {name}\nid: {rule_id(name)}\nlevel: {level}\nstatus: test\n"
        f"logsource: {{product: windows}}\ndetection: {{s: {{A: {name}}}, condition: s}}\n"
        for name in NAMES
    )


def correlation(number: int, inside: str, *, name: str = "", head: str = "level: high") -> str:
    """Return a correlation rule; `inside` is the inside of its section."""
    named = f"name: {name}\n" if name else ""
    lines = "\n".join(f"  {line}" for line in inside.strip().splitlines())
    return (
        f"title: Correlation {number}\n{named}id: 00000000-0000-4000-8000-{number:012}\nstatus: test\n{head}\n"
        f"correlation:\n{lines}\n"
    )


def correlation_rules(*texts: str) -> RuleSet:
    """Compile the base rules and correlations that must all be supported."""
    rules = compile_rules([("rules.yml", "---\n".join((base_rules(), *texts)))])
    assert not rules.unsupported, rules.unsupported
    return rules


def matches(events: str) -> list[Match]:
    """Return the matches of events, which blanks part."""
    found = []
    for number, text in enumerate(events.split()):
        parts = _EVENT.fullmatch(text)
        assert parts is not None, text
        context = {
            field: tuple(parts[key].split(",")) for field, key in (("User", "users"), ("Bytes", "values")) if parts[key]
        }
        time = None if parts["time"] == "never" else round(float(parts["time"]) * SECOND)
        found += [
            Match(rule_id=rule_id(name), event_id=f"item:{number:03}", fields={}, time=time, context=context)
            for name in parts["rules"]
        ]
    return found


def both(rules: RuleSet, found: Sequence[Match]) -> Correlated:
    """Run the fast and the plain evaluation, which must agree."""
    correlated = correlate(rules, [match_batch(found)])
    assert correlated.matches == reference_correlate(rules, found)
    return correlated


def numbers(match: CorrelatedMatch) -> list[int]:
    """Return the places of a match's events."""
    return [int(one.rpartition(":")[2]) for one in match.event_ids]
