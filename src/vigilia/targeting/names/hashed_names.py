"""Names that are known by salted hashes only: made from a watch list, and found in texts.

Each run of words of a text, as names are compared (`folding`), is hashed as the forms of the names were; equal hashes
are the name. A hash is dear (scrypt, RFC 7914), so that trying names out takes long, and each is reckoned once.
"""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vigilia.model.hashed_list import LONGEST_FORM, HashedEntry, HashedWatchList
from vigilia.model.profile import WatchList
from vigilia.targeting.names.name_parts import name_parts
from vigilia.targeting.names.person_forms import person_forms
from vigilia.targeting.terms.folding import fold, fold_with_spans
from vigilia.targeting.terms.mentions import Mention
from vigilia.targeting.terms.scripts import UNSPACED, script_of

__all__ = ["COST", "HASHES_AT_MOST", "HashedNames", "hash_watch_list"]

COST: Final = 256
"""Of scrypt: about half a millisecond and 256 KiB for each hash."""
HASHES_AT_MOST: Final = 200_000
"""Runs of words that are looked at: a minute or two."""
_LEAST_LETTERS: Final = 2


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int


def hash_watch_list(watch: WatchList, salt: bytes, cost: int = COST) -> HashedWatchList:
    """Return the list as hashes: the same forms of each name as are found by name.

    Args:
        watch: the list.
        salt: 16 random bytes.
        cost: scrypt's N.
    """
    topics = {one.id: list(one.terms) for one in watch.topic}
    people = {one.id: person_forms(one) for one in watch.person}
    parts = {one.id: name_parts(one) for one in watch.person}
    forms = [form for those in (topics, people, parts) for terms in those.values() for form in terms]
    hashing = _Hashing(salt, cost)
    return HashedWatchList(
        format="vigilia hashed watch list",
        version=1,
        salt=salt.hex(),
        cost=cost,
        lengths=tuple(sorted({count for form in forms if 0 < (count := len(_words(fold(form)))) <= LONGEST_FORM})),
        person=tuple(
            HashedEntry(id=one, whole=hashing.of(people[one]), parts=hashing.of(parts[one])) for one in people
        ),
        topic=tuple(HashedEntry(id=one, whole=hashing.of(terms)) for one, terms in topics.items()),
    )


class _Hashing:
    """Hashes runs of words, each once.

    Attributes:
        refused: runs that were not hashed because there were too many before them.
    """

    def __init__(self, salt: bytes, cost: int) -> None:
        self._salt = salt
        self._cost = cost
        self._known: dict[str, str] = {}
        self.refused = 0

    def of(self, terms: Iterable[str]) -> tuple[str, ...]:
        """Return the hashes of terms as people write them, sorted."""
        runs = (" ".join(word.text for word in _words(fold(term))) for term in terms)
        return tuple(sorted({self.hash(run) for run in runs if run}))

    def hash(self, run: str) -> str:
        """Return the hash of a run of words."""
        if run not in self._known:
            digest = hashlib.scrypt(run.encode(), salt=self._salt, n=self._cost, r=8, p=1, dklen=16)
            self._known[run] = digest.hex()
        return self._known[run]

    def hash_within_budget(self, run: str) -> str:
        """Return the hash of a run of words, or nothing where that would be one too many."""
        if run not in self._known and len(self._known) >= HASHES_AT_MOST:
            self.refused += 1
            return ""
        return self.hash(run)


@functools.lru_cache(maxsize=4)
def _hashing_of(salt: str, cost: int) -> _Hashing:
    """Return what hashes for a list, one for the whole process: finders of a list ask for the same runs."""
    return _Hashing(bytes.fromhex(salt), cost)


class HashedNames:
    """Finds what hashes stand for.

    Args:
        listed: the list.
        entries: of what is looked for: target → hashes.
    """

    def __init__(self, listed: HashedWatchList, entries: Mapping[str, Sequence[str]]) -> None:
        self._targets: dict[str, list[str]] = defaultdict(list)
        for target, hashes in entries.items():
            for one in hashes:
                self._targets[one].append(target)
        self._hashing = _hashing_of(listed.salt, listed.cost)
        self._lengths = listed.lengths

    @property
    def unexamined(self) -> int:
        """Runs of words that were not looked at because there were too many, by any finder of this list."""
        return self._hashing.refused

    def find(self, text: str) -> list[Mention]:
        """Return the mentions, sorted by place."""
        if not self._targets:
            return []
        folded = fold_with_spans(text)
        found = []
        for run, start, end in self._runs(_words(folded.text)):
            for target in self._targets.get(self._hashing.hash_within_budget(run), ()):
                first, last = folded.original_span(start, end)
                found.append(Mention(target, first, last))
        return found

    def _runs(self, words: Sequence[_Word]) -> Iterator[tuple[str, int, int]]:
        for first, word in enumerate(words):
            for length in self._lengths:
                together = words[first : first + length]
                text = " ".join(one.text for one in together)
                if len(together) == length and sum(map(str.isalpha, text)) >= _LEAST_LETTERS:
                    yield text, word.start, together[-1].end


def _words(folded: str) -> list[_Word]:
    """Return the words of folded text; of scripts that write no spaces each character is one."""
    words = []
    position = 0
    for text in folded.split(" "):
        start = position
        for end in range(position + 1, position + len(text) + 1):
            last = end == position + len(text)
            if last or script_of(folded[end - 1]) in UNSPACED or script_of(folded[end]) in UNSPACED:
                words.append(_Word(folded[start:end], start, end))
                start = end
        position += len(text) + 1
    return words
