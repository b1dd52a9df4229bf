"""Correlation rules over the matches of a whole case: between reading and findings."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from vigilia.detect.correlation import Correlated, CorrelatedMatch, correlate
from vigilia.model.matches import Match
from vigilia.report.rebuild import rewrite_strings
from vigilia.sigma.rules import RuleSet
from vigilia.store.case_folder import CaseFolder
from vigilia.store.durable import staged
from vigilia.store.match_store import match_batch, match_writer, matches_of_rules

__all__ = ["correlate_case"]

_FILE: Final = "correlated.parquet"  # among the items' files, whose names are hashes
_ROWS_AT_ONCE: Final = 50_000


def correlate_case(case: CaseFolder, rules: RuleSet, redact: Callable[[str], str]) -> Correlated:
    """Run the correlation rules on the matches of a case, and store what they match beside those.

    Raises:
        CaseError: the case folder cannot be read or written.
    """
    for path in (case.matches / _FILE, case.correlated):
        path.unlink(missing_ok=True)
    if not rules.correlations:
        return Correlated(matches=())
    referred = sorted({one for rule in rules.correlations for one in rule.rules})
    found = correlate(rules, matches_of_rules(case.matches, referred, case.scratch, repeats=case.repeats))
    with staged(case.matches / _FILE) as part, match_writer(part) as writer:
        matches = _as_matches(found.matches)
        while some := list(itertools.islice(matches, _ROWS_AT_ONCE)):
            writer.write(match_batch(some))
    with staged(case.correlated) as part, part.open("wb") as stream:
        stream.writelines(msgspec.json.encode(rewrite_strings(one, redact)) + b"\n" for one in found.matches)
    return found


def _as_matches(found: Sequence[CorrelatedMatch]) -> Iterator[Match]:
    for one in found:
        for event_id in one.event_ids:
            yield Match(rule_id=one.rule_id, event_id=event_id, fields=one.group)
