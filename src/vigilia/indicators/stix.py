"""Indicators out of a STIX 2.1 bundle, with the malware, tools and intrusion sets that they indicate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from vigilia.indicators.dates import written_date
from vigilia.indicators.fields import load_field_names
from vigilia.indicators.gathered import Claim, Gathered
from vigilia.indicators.stix_pattern import UnusablePatternError, pattern_values
from vigilia.model.indicators import IndicatorKind

__all__ = ["StixBundle", "gather_stix"]

# STIX 2.1, appendix A: the Admiralty credibility that a confidence stands for, by the least confidence of each.
_CREDIBILITY = ((80, 1), (60, 2), (40, 3), (20, 4), (1, 5))
_NAMED = ("malware", "tool", "intrusion-set", "threat-actor", "campaign")


class _Reference(msgspec.Struct, frozen=True):
    source_name: str = ""
    external_id: str = ""


class _StixObject(msgspec.Struct, frozen=True):
    type: str
    id: str = ""
    name: str = ""
    pattern: str = ""
    pattern_type: str = "stix"
    valid_from: str = ""
    valid_until: str = ""
    revoked: bool = False
    confidence: int | None = None
    created_by_ref: str = ""
    relationship_type: str = ""
    source_ref: str = ""
    target_ref: str = ""
    external_references: list[_Reference] = []


class StixBundle(msgspec.Struct, frozen=True):
    """What of a bundle is read."""

    objects: list[_StixObject]


def gather_stix(bundle: StixBundle, gathered: Gathered) -> None:
    """Take the bundle's indicators. Observed data, which accuses nobody, is passed over."""
    by_id = {one.id: one for one in bundle.objects if one.id}
    indicated: dict[str, list[_StixObject]] = defaultdict(list)
    for one in bundle.objects:
        target = by_id.get(one.target_ref)
        if one.type == "relationship" and one.relationship_type == "indicates" and target and not one.revoked:
            indicated[one.source_ref].append(target)
    for one in bundle.objects:
        if one.type == "indicator":
            _gather(one, indicated[one.id], by_id, gathered)


def _gather(
    one: _StixObject, indicated: Sequence[_StixObject], by_id: Mapping[str, _StixObject], gathered: Gathered
) -> None:
    if one.revoked:
        gathered.leave_out("withdrawn by its source", one.name)
        return
    if one.pattern_type != "stix":
        gathered.leave_out(f"a pattern in another language ({one.pattern_type[:20]})", one.name)
        return
    author = by_id.get(one.created_by_ref)
    targets = [target for target in indicated if target.type in _NAMED]
    claim = Claim(
        names=tuple(target.name for target in targets if target.name),
        attack_ids=tuple(
            reference.external_id
            for target in targets
            for reference in target.external_references
            if reference.source_name == "mitre-attack" and reference.external_id
        ),
        source=author.name if author else "",
        grade=f"F{_credibility(one.confidence)}",
        first_known=written_date(one.valid_from),
        last_known=written_date(one.valid_until),
        reference=one.id,
    )
    try:
        values = pattern_values(one.pattern)
    except UnusablePatternError as error:
        gathered.leave_out(str(error), one.pattern)
        return
    paths = load_field_names().stix_paths
    for path, value in values:
        kind = paths.get(path)
        if kind is None:
            gathered.leave_out(f"a kind of value that is not looked for ({path[:60]})", value)
        else:
            gathered.add(_kind(kind), value, claim)


def _kind(kind: str) -> IndicatorKind | None:
    return None if kind == "guess" else msgspec.convert(kind, IndicatorKind)


def _credibility(confidence: int | None) -> int:
    if confidence is None:
        return 6
    return next((grade for least, grade in _CREDIBILITY if confidence >= least), 5 if confidence else 6)
