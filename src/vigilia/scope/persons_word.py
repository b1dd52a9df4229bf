"""What a person confirmed or rejected, as evidence: it outweighs everything that the records say by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vigilia.model.marks import Mark, MarkKind
from vigilia.model.result import Reason
from vigilia.scope.activity import Activity, Key
from vigilia.scope.marked_events import marked_rows
from vigilia.scope.weights import Weights
from vigilia.store.event_store import EventStore

__all__ = ["PersonsWord", "Place", "load_persons_word"]

# An activity's key, a session or "*" (empty: without one), a day or "*".
Place = tuple[Key, str, str]


@dataclass(frozen=True)
class PersonsWord:
    """Marks, resolved to what scope judges.

    Attributes:
        places: where confirmed events, sessions and addresses are. rejected_sessions: (realm, session).
    """

    marks: tuple[Mark, ...] = ()
    places: Mapping[Place, Mark] = field(default_factory=dict)
    rejected_sessions: frozenset[tuple[str, str]] = frozenset()

    def confirmed(self, kind: MarkKind) -> list[Mark]:
        """Return what was confirmed of one kind."""
        return [one for one in self.marks if one.verdict == "confirmed" and one.kind == kind]

    def reasons(self, activity: Activity, session: str, day: str, *, unusual: bool, weights: Weights) -> list[Reason]:
        """Return what the marks say of a unit; a rejection outweighs a confirmation.

        Args:
            activity: of the unit.
            session: of the unit, or "*".
            day: of the unit, or "*".
            unusual: whether the unit has matches, a new place or a strange program. To confirm an account or a machine
                says that it was used by the intruder, not that its owner's everyday work was theirs.
            weights: of the observations.
        """
        if not self.marks:
            return []
        rejected = [one for one in self.marks if one.verdict == "rejected" and self._names(one, activity, session)]
        if rejected:
            return [_reason("rejected", rejected[0], weights)]
        place = self._place(activity.key, session, day)
        found = [_reason("confirmed", place, weights)] if place else []
        for one in (*self.confirmed("account"), *self.confirmed("machine")) if unusual and not found else ():
            if one.value == activity.account or one.value in (activity.host, *activity.machines):
                found.append(_reason(f"confirmed-{one.kind}", one, weights))
        return found

    def _names(self, mark: Mark, activity: Activity, session: str) -> bool:
        if mark.kind == "machine":
            machines = [activity.host] if activity.host else activity.machines
            return machines == [mark.value]
        if mark.kind == "session":
            return (activity.realm, session) in self.rejected_sessions
        return mark.value in {"account": [activity.account], "address": [activity.address]}.get(mark.kind, [])

    def _place(self, key: Key, session: str, day: str) -> Mark | None:
        """Return the mark on a unit; one anywhere in an activity that is judged as a whole is on all of it."""
        if (session, day) == ("*", "*"):
            return next((mark for (where, _, _), mark in self.places.items() if where == key), None)
        return self.places.get((key, session, day)) or self.places.get((key, "*", "*"))


def load_persons_word(store: EventStore, marks: Sequence[Mark]) -> PersonsWord:
    """Find in the records what the marks name; needs `scope_acted`."""
    kept = [one for one in marks if one.kind in ("address", "session", "event")]
    columns = "realm, account, address, host, session, day"
    rows = marked_rows(store, kept, columns)
    by_name = {(str(one.kind), one.value): one for one in kept}
    places: dict[Place, Mark] = {}
    sessions: set[tuple[str, str]] = set()
    for row in sorted(rows, key=lambda one: [str(one[name]) for name in one]):
        realm, account, address, host, session, day = (str(row[name]) for name in columns.split(", "))
        mark = by_name[str(row["mark_kind"]), str(row["mark_value"])]
        if mark.verdict == "rejected":
            sessions |= {(realm, session)} if mark.kind == "session" else set()
        elif mark.kind == "address":
            places[(realm, account, address, host), "*", "*"] = mark
        else:
            places[(realm, account, address, host), session, "*" if session else day] = mark
    return PersonsWord(tuple(marks), places, frozenset(sessions))


def _reason(weight: str, mark: Mark, weights: Weights) -> Reason:
    text = f"A person {mark.verdict} the {mark.kind} {mark.value}: {mark.why}"
    return Reason(text=text, weight=weights.decibans(weight))
