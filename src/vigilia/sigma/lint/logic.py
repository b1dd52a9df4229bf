"""Checks of the compiled condition: whether it can hold at all, whether it always does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from vigilia.sigma.form import All, Any, ExistsTest, Form, Negation, NullTest, Test, TextTest
from vigilia.sigma.lint.checks import Observation, Observations
from vigilia.sigma.rules import CompiledRule

__all__ = ["impossible", "observe_logic"]


def observe_logic(rule: CompiledRule) -> Observations:
    """Yield what the conditions of a rule, taken for themselves, give away."""
    path = ("detection", "condition")
    for condition in rule.conditions:
        if impossible(condition):
            yield Observation(
                "SG202", path, "the condition contradicts itself", "Compare what it asks for and excludes."
            )
        elif impossible(condition, positive=False):
            yield Observation("SG203", path, "the condition holds for every record", "Ask for something.")
        elif _holds_without_fields(condition):
            what = "a record that has none of the rule's fields matches"
            yield Observation("SG206", path, what, "Ask for at least one value that must be there.")
        for name, one, other in sorted(set(_two_values(condition))):
            what = f"{name} would have to be {one!r} and {other!r} at once"
            yield Observation("SG204", path, what, "Put the values into one list, if either will do.")


@dataclass(slots=True)
class _Facts:
    """What is taken as given inside a conjunction: forms that hold or do not, with those of the ones around it."""

    around: _Facts | None = None
    given: dict[Form, bool] = field(default_factory=dict)

    def known(self, form: Form) -> bool | None:
        """Say whether a form holds; None where nothing is known."""
        facts: _Facts | None = self
        while facts is not None:
            if form in facts.given:
                return facts.given[form]
            facts = facts.around
        return None

    def take(self, form: Form, *, positive: bool) -> bool:
        """Add a form and what follows from it; False where that contradicts what is known."""
        for one, holds in ((form, positive), *_consequences(form, positive=positive)):
            known = self.known(one)
            if known is None:
                self.given[one] = holds
            elif known != holds:
                return False
        return True


def impossible(form: Form, *, positive: bool = True, around: _Facts | None = None) -> bool:
    """Say whether a form (or its negation) can be shown never to hold. Linear in its size times its depth."""
    match form:
        case Negation(item=item):
            return impossible(item, positive=not positive, around=around)
        case All(items=items) | Any(items=items):
            if isinstance(form, All) != positive:
                return all(impossible(item, positive=positive, around=around) for item in items)
            facts = _Facts(around)
            if not all(facts.take(one, positive=holds) for one, holds in _parts(items, positive=positive)):
                return True
            joined = (item for item in items if not isinstance(item, Test))
            return any(impossible(item, positive=positive, around=facts) for item in joined)
        case _:
            return not _Facts(around).take(form, positive=positive)


def _parts(items: tuple[Form, ...], *, positive: bool) -> Iterator[tuple[Form, bool]]:
    """Yield the parts of a conjunction without their negations, each with whether it must hold."""
    for item in items:
        form, holds = item, positive
        while isinstance(form, Negation):
            form, holds = form.item, not holds
        yield form, holds


def _consequences(test: Form, *, positive: bool) -> Iterator[tuple[Test, bool]]:
    """Yield what a test says of whether its field is there: `null` and `exists: false` say it is not."""
    field_name = None if isinstance(test, All | Any | Negation) else test.field
    if field_name is None:
        return
    missing, present, absent = NullTest(field_name), ExistsTest(field_name, True), ExistsTest(field_name, False)
    if isinstance(test, NullTest | ExistsTest):
        there = positive != (isinstance(test, NullTest) or not test.exists)
    elif positive:
        there = True
    else:
        return
    yield from ((missing, not there), (present, there), (absent, not there))


def _holds_without_fields(form: Form) -> bool:
    match form:
        case All(items=items):
            return all(map(_holds_without_fields, items))
        case Any(items=items):
            return any(map(_holds_without_fields, items))
        case Negation(item=item):
            return not _holds_without_fields(item)
        case NullTest():
            return True
        case ExistsTest(exists=exists):
            return not exists
        case _:
            return False


def _two_values(form: Form, *, positive: bool = True) -> Iterator[tuple[str, str, str]]:
    """Yield (field, value, other value) where one conjunction wants a field to equal both."""
    match form:
        case Negation(item=item):
            yield from _two_values(item, positive=not positive)
        case All(items=items) | Any(items=items):
            if isinstance(form, All) and positive:
                yield from _unequal(items)
            for item in items:
                yield from _two_values(item, positive=positive)


def _unequal(items: tuple[Form, ...]) -> Iterator[tuple[str, str, str]]:
    first: dict[str, str] = {}
    for item in items:
        if isinstance(item, TextTest) and item.field is not None and item.kind == "exact" and not item.cased:
            earlier = first.setdefault(item.field, item.literal)
            if earlier != item.literal:
                yield item.field, earlier, item.literal
