"""Records that belong to one act: recorded twice, or typed letter by letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from vigilia.model.times import parse_time
from vigilia.targeting.acts.act import Act

__all__ = ["FoldedActs", "fold_acts"]

# Two logs of one machine note the same program start within moments; clocks of two machines differ by a little.
_SAME_ACT = dt.timedelta(seconds=5)
# Whoever types a word in a box that searches with every letter pauses for less than this.
_TYPING = dt.timedelta(seconds=10)
_TYPED_KINDS = frozenset({"query", "url"})


@dataclass(frozen=True, slots=True)
class FoldedActs:
    """The acts, in the order of their first records.

    Attributes:
        typed: records that hold only the beginning of what was then searched for.
    """

    acts: list[Act]
    typed: int


def fold_acts(acts: Sequence[Act]) -> FoldedActs:
    """Fold records of the same act; the first is kept and lists the others.

    - The same terms, within five seconds, by the same actor, from the same address or on the same machine.
    - Words typed letter by letter ("hon", "hong k", "hong kong"), within ten seconds of each other, by the same actor
      in the same source: the longest is kept.

    Args:
        acts: in time order, those without a time last.
    """
    folding = _Folding()
    for act in acts:
        folding.add(act)
    return FoldedActs([act for act in folding.kept if act is not None], folding.typed)


@dataclass(slots=True)
class _Folding:
    """What was kept so far, and where the latest act of each identity and term stands."""

    kept: list[Act | None] = field(default_factory=list)
    typed: int = 0
    _latest: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _typing: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def add(self, act: Act) -> None:
        terms = " ".join(act.terms).casefold()
        earlier = self._repeated(act, terms)
        if earlier is None:
            earlier = self._typed_on(act, terms)
        if earlier is None:
            earlier = len(self.kept)
            self.kept.append(act)
        for identity in _identities(act):
            self._latest[*identity, terms] = earlier
        if act.kind in _TYPED_KINDS:
            self._typing[act.source, act.actor] = (earlier, act.time)

    def _repeated(self, act: Act, terms: str) -> int | None:
        """Fold an act into an earlier record of the same."""
        for identity in _identities(act):
            place = self._latest.get((*identity, terms))
            first = None if place is None else self.kept[place]
            if place is not None and first is not None and _within(_SAME_ACT, first.time, act.time):
                self.kept[place] = replace(
                    first,
                    same_act=(*first.same_act, act.event_id, *act.same_act),
                    address=first.address or act.address,
                    where=first.where or act.where,
                )
                return place
        return None

    def _typed_on(self, act: Act, terms: str) -> int | None:
        """Fold an act and the one before it into one where one holds the beginning of the other."""
        place, time = self._typing.get((act.source, act.actor), (-1, ""))
        before = self.kept[place] if act.kind in _TYPED_KINDS and act.actor and place >= 0 else None
        if before is None:
            return None
        earlier = " ".join(before.terms).casefold()
        begins = terms.startswith(earlier) or earlier.startswith(terms)
        if not (begins and _within(_TYPING, time, act.time)):
            return None
        whole = act if len(terms) > len(earlier) else before
        ids = (before.event_id, *before.same_act, act.event_id, *act.same_act)
        self.kept[place] = replace(whole, same_act=tuple(one for one in ids if one != whole.event_id))
        self.typed += 1
        return place


def _identities(act: Act) -> Iterator[tuple[str, str]]:
    """Yield what an act's actor is known by, each with its kind: an address is no account."""
    named = (("machine", act.machine), ("actor", act.actor), ("address", act.address))
    return ((kind, name) for kind, name in named if name)


def _within(span: dt.timedelta, first: str, second: str) -> bool:
    return bool(first and second) and parse_time(second) - parse_time(first) <= span
