"""Forms of a person's name: how it may be written where somebody looks for it."""

from __future__ import annotations

import itertools

from vigilia.model.profile import WatchedPerson
from vigilia.targeting.terms.scripts import UNSPACED, script_of

__all__ = ["person_forms"]


def person_forms(person: WatchedPerson) -> list[str]:
    """Return the forms in which a person's name is looked for: as given, other order of words, written together."""
    forms: list[str] = []
    for name in (person.name, *person.aliases):
        words = name.replace(",", " ").split()
        orders = itertools.permutations(words) if 2 <= len(words) <= 3 else [tuple(words)]
        for order in orders:
            joined = "".join(order)
            forms.append(" ".join(order))
            if len(words) > 1 and len(joined) >= 6:
                forms.append(joined)
            if len(words) > 1 and script_of(name) in UNSPACED:
                forms.append(joined)
    return sorted(set(forms))
