"""What is gathered while a list is read: indicators, and what of the list could not be used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from vigilia.indicators.values import UnusableValueError, canonical_value, kind_of_value
from vigilia.model.indicators import Indicator, IndicatorKind, UnusedIndicators

__all__ = ["Claim", "Gathered"]

_EXAMPLE = 80


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says of a value, beside the value; fields as in `Indicator`."""

    names: tuple[str, ...] = ()
    attack_ids: tuple[str, ...] = ()
    source: str = ""
    grade: str = "F6"
    first_known: str = ""
    last_known: str = ""
    reference: str = ""


class Gathered:
    """Collects what lists say; values that cannot be used are counted by reason, with one example each."""

    def __init__(self) -> None:
        self.indicators: list[Indicator] = []
        self._unused: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, kind: IndicatorKind | None, value: str, claim: Claim) -> None:
        """Take a value; None: the value itself tells what it is."""
        try:
            found, canonical = canonical_value(kind or kind_of_value(value), value)
        except UnusableValueError as error:
            self.leave_out(str(error), value)
            return
        self.indicators.append(
            Indicator(
                kind=found,
                value=canonical,
                names=tuple(sorted(set(claim.names))),
                attack_ids=tuple(sorted(set(claim.attack_ids))),
                source=claim.source,
                grade=claim.grade,
                first_known=claim.first_known,
                last_known=claim.last_known,
                reference=claim.reference,
            )
        )

    def leave_out(self, reason: str, example: str = "") -> None:
        """Count an entry that is not looked for."""
        self._unused[reason] += 1
        self._examples.setdefault(reason, example[:_EXAMPLE])

    def unused(self) -> Sequence[UnusedIndicators]:
        """Return what was left out, by reason."""
        return [
            UnusedIndicators(reason=reason, count=count, example=self._examples[reason])
            for reason, count in sorted(self._unused.items())
        ]
