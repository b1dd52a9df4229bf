"""Whose forms: the written forms of all persons of a list, each once, with the persons that it may stand for."""

from __future__ import annotations

import itertools
from array import array
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from vigilia.model.profile import WatchedPerson
from vigilia.targeting.names.written_forms import WrittenForm, written_forms

__all__ = ["FormOwners"]


class FormOwners:
    """The forms of persons. A form with initials that fits two of them is nobody's, and is left out.

    Owners are numbers in arrays: lists of a hundred thousand names have a million forms.

    Attributes:
        forms: each form once, in the order of the persons.
    """

    def __init__(self, persons: Sequence[WatchedPerson]) -> None:
        names: defaultdict[str, list[str]] = defaultdict(list)
        for person in persons:
            names[person.id] += [person.name, *person.aliases]
        self._ids = list(names)
        known: dict[WrittenForm, int] = {}
        numbers, owners = array("q"), array("q")
        for owner, spelt in enumerate(names.values()):
            for form in dict.fromkeys(itertools.chain.from_iterable(map(written_forms, spelt))):
                numbers.append(known.setdefault(form, len(known)))
                owners.append(owner)
        by_form = np.frombuffer(numbers, dtype=np.int64)
        counts = np.bincount(by_form, minlength=len(known)).astype(np.int64)
        self._owners = np.frombuffer(owners, dtype=np.int64)[np.argsort(by_form, kind="stable")].astype(np.int32)
        kept = [form.how != "initials" or owned == 1 for form, owned in zip(known, counts.tolist(), strict=True)]
        self.forms = list(itertools.compress(known, kept))
        self._ends = np.cumsum(counts)[kept]
        self._starts = self._ends - counts[kept]

    def of(self, number: int) -> list[str]:
        """Return the ids of those whom a form, by its number in `forms`, may stand for."""
        return [self._ids[owner] for owner in self._owners[self._starts[number] : self._ends[number]].tolist()]
