"""Accounts that a person confirmed and of which nothing is unusual: their records are not told as none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vigilia.model.marks import Mark
from vigilia.model.result import Reason
from vigilia.scope.activity import Activity
from vigilia.scope.evidence_units import Bench, Unit

__all__ = ["weigh_confirmed_accounts"]

# An account with records on fewer days has no everyday work from which an intruder's could be told.
_SETTLED_DAYS = 5


def weigh_confirmed_accounts(units: list[Unit], activities: Sequence[Activity], bench: Bench) -> None:
    """Add the units of confirmed accounts of which nothing is unusual, or say why all of them may be the intruder's.

    An account that has hardly an owner's work in the records is the intruder's as a whole. Of others the owner's
    records and the intruder's cannot be told apart: all are equally possible, none is more likely than not.
    """
    by_account: dict[str, list[Activity]] = defaultdict(list)
    for one in activities:
        by_account[one.account].append(one)
    for mark in bench.word.confirmed("account"):
        mine = [unit for unit in units if unit.activity.account == mark.value]
        told = f"A person confirmed the account {mark.value}:"
        if by_account[mark.value] and not any(reason.text.startswith(told) for unit in mine for reason in unit.own):
            known = {unit.activity.key for unit in mine}
            added = [
                bench.judged(Unit(one, trusted=bench.staff.is_trusted(one)))
                for one in by_account[mark.value]
                if one.key not in known
            ]
            units += added
            for unit in (*mine, *added):
                unit.own.append(_reason(mark, unit, bench))


def _reason(mark: Mark, unit: Unit, bench: Bench) -> Reason:
    text = f"A person confirmed the account {mark.value}: {mark.why}"
    if unit.activity.account_days < _SETTLED_DAYS:
        return Reason(text=text, weight=bench.weights.decibans("confirmed"))
    text += ". Nothing tells the owner's records from the intruder's, so any of them may be theirs."
    return Reason(text=text, weight=round(bench.weights.limit("indistinguishable") - unit.decibans, 4))
