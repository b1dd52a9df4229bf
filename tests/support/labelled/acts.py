"""Labelled acts: what was recorded, and what it should be found to name. Same vocabulary and seed, same acts."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from support.labelled.disguises import NO_DISGUISE, RARELY_POSSIBLE, disguise, disguises_for
from support.labelled.shapes import SHAPES, Shape
from support.labelled.spellings import WRAPPERS, fill
from support.labelled.vocabulary import Language, Person, Vocabulary

__all__ = ["LabelledAct", "labelled_acts"]

_BEGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
_STEP = dt.timedelta(seconds=97)  # no two acts within the seconds in which records of one act are folded
_ACTORS = ("ada", "ben", "chen", "dora", "emre", "farah")

# Of a hundred acts: everyday texts, everyday wordings, records that are no search; the others name something.
_EVERYDAY_TEXTS, _EVERYDAY_WORDINGS, _NO_SEARCHES = 14, 8, 5
_EVERYDAY = "everyday"
_NO_SEARCH = "no_search"
_NOT_SPELT_OUT = frozenset({_EVERYDAY, _NO_SEARCH})
_PLAIN = frozenset({"plain", "percent"})
_UNQUOTABLE = frozenset("'\"/\\")


@dataclass(frozen=True, slots=True)
class LabelledAct:
    """One record and the right answer.

    Attributes:
        recorded: query, command line, statement or address as the product writes it down.
        text: what was looked for, with its disguise and without its encoding.
        labels: ids of topics, kinds and persons that it names; of "kind:a|kind:b" either. may: ids that may be found as
            well.
        traits: what was done to the words → how: the questions by which a score is broken down.
    """

    number: int
    at: dt.datetime
    actor: str
    language: str
    shape: str
    recorded: str
    text: str
    labels: frozenset[str]
    may: frozenset[str] = frozenset()
    is_search: bool = True
    traits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A text to look for, what it names, and how a name was written."""

    text: str
    labels: frozenset[str]
    written: str = ""


@dataclass(slots=True)
class _Unplaced:
    """An act before it has its time and number."""

    language: str
    shape: Shape
    recorded: str
    text: str
    labels: frozenset[str]
    may: frozenset[str] = frozenset()
    is_search: bool = True
    traits: dict[str, str] = field(default_factory=dict)


def labelled_acts(vocabulary: Vocabulary, each: int, seed: str = "") -> list[LabelledAct]:
    """Return `each` acts of every language, in time order, spread over all shapes."""
    made = [
        unplaced
        for number, language in enumerate(vocabulary.languages)
        for unplaced in itertools.islice(_Writer(vocabulary, language, seed).acts(number * 7), each)
    ]
    random.Random(f"order {seed}").shuffle(made)
    return [_placed(number, one, vocabulary) for number, one in enumerate(made)]


def _placed(number: int, one: _Unplaced, vocabulary: Vocabulary) -> LabelledAct:
    named = {name for label in one.labels for name in label.split("|")}
    related = {other for name in named for other in vocabulary.related.get(name, ())}
    return LabelledAct(
        number=number,
        at=_BEGIN + number * _STEP,
        actor=_ACTORS[number % len(_ACTORS)],
        language=one.language,
        shape=one.shape.name,
        recorded=one.recorded,
        text=one.text,
        labels=one.labels,
        may=one.may | related,
        is_search=one.is_search,
        traits=one.traits,
    )


class _Writer:
    """Writes the acts of one language."""

    def __init__(self, vocabulary: Vocabulary, language: Language, seed: str) -> None:
        self._vocabulary = vocabulary
        self._language = language
        self._chance = random.Random(f"{seed} {language.language}")
        self._persons = [
            _Wanted(text, frozenset({person.id}), how)
            for person in vocabulary.persons
            for how, text in _spellings(person, language)
        ]
        self._topics = _wanted(language.topics)
        self._kinds = _wanted(language.kinds)

    def acts(self, start: int) -> Iterator[_Unplaced]:
        """Yield acts without end, from shape to shape."""
        for shape in itertools.cycle([*SHAPES[start % len(SHAPES) :], *SHAPES[: start % len(SHAPES)]]):
            yield self._act(shape)

    def _act(self, shape: Shape) -> _Unplaced:
        lot = self._chance.randrange(100)
        if lot < _EVERYDAY_TEXTS:
            return self._everyday_text(shape)
        if lot < _EVERYDAY_TEXTS + _EVERYDAY_WORDINGS and shape.wordings:
            return self._everyday_wording(shape)
        if lot < _EVERYDAY_TEXTS + _EVERYDAY_WORDINGS + _NO_SEARCHES and shape.wordings:
            return self._no_search(shape)
        return self._telling(shape)

    def _telling(self, shape: Shape) -> _Unplaced:
        """Return an act that names something, worded and disguised as this shape allows."""
        first, second = self._looked_for(shape), self._looked_for(shape)
        traits = {"disguise": NO_DISGUISE, "encoding": "plain"}
        if first.written:
            traits["name"] = first.written
        if not shape.wordings:
            return self._query(shape, first, second, traits)
        encoding, wording = self._wording(shape)
        if shape.loses_quotes:  # such records show words, not arguments
            first, second = self._one_word(), self._one_word()
            traits.pop("name", None)
        if encoding in _PLAIN:
            first = self._disguised(first, traits)
        traits["encoding"] = encoding
        recorded = self._filled(encoding, wording, first, second)
        if recorded is None:  # the legacy charset cannot write it
            traits["encoding"] = "percent"
            recorded = fill(wording.replace("|legacy>", "|percent>"), {"a": first.text, "b": second.text}, "")
        named = [first, second] if "<b" in wording else [first]
        return _Unplaced(
            self._language.language,
            shape,
            recorded,
            " \n ".join(one.text for one in named),
            frozenset().union(*(one.labels for one in named)),
            self._named_by(wording),
            traits=traits,
        )

    def _query(self, shape: Shape, first: _Wanted, second: _Wanted, traits: dict[str, str]) -> _Unplaced:
        phrase = self._chance.choice(self._language.phrases)
        kind = self._chance.choice(self._kinds)
        labels = frozenset().union(
            *(one.labels for slot, one in (("{a}", first), ("{b}", second), ("{kind}", kind)) if slot in phrase)
        )
        if "{a}" in phrase:
            first = self._disguised(first, traits)
        else:
            traits.pop("name", None)
        text = phrase.replace("{a}", first.text).replace("{b}", second.text).replace("{kind}", kind.text)
        return _Unplaced(self._language.language, shape, text, text, labels, traits=traits)

    def _named_by(self, wording: str) -> frozenset[str]:
        tables = self._vocabulary.named_by_wording.items()
        return frozenset(name for part, names in tables if part in wording for name in names)

    def _everyday_text(self, shape: Shape) -> _Unplaced:
        """Return a search of staff or administrators that only looks as if it named something."""
        text, ids = self._chance.choice(sorted(self._language.everyday.items()))
        recorded = text
        may = frozenset(name.removeprefix("?") for name in ids)
        if shape.wordings:
            if _UNQUOTABLE.intersection(text) or (shape.loses_quotes and " " in text):
                return self._everyday_wording(shape)
            table = self._vocabulary.wordings[shape.wordings[0]]
            wording = self._chance.choice(
                [one for one in table.get("plain", table.get("percent", [])) if "<b" not in one]
            )
            recorded = fill(wording, {"a": text, "b": text}, "")
            may |= self._named_by(wording)
        certain = frozenset(name for name in ids if not name.startswith("?"))
        traits = {"disguise": "everyday text"}
        return _Unplaced(self._language.language, shape, recorded, text, certain, may, traits=traits)

    def _everyday_wording(self, shape: Shape) -> _Unplaced:
        recorded = self._chance.choice(self._listed(shape, _EVERYDAY))
        traits = {"disguise": "everyday command"}
        return _Unplaced(self._language.language, shape, recorded, recorded, frozenset(), traits=traits)

    def _no_search(self, shape: Shape) -> _Unplaced:
        wanted = self._one_word() if shape.loses_quotes else self._looked_for(shape)
        recorded = fill(self._chance.choice(self._listed(shape, _NO_SEARCH)), {"a": wanted.text, "b": ""}, "")
        return _Unplaced(
            self._language.language, shape, recorded, "", frozenset(), is_search=False, traits={"disguise": "no search"}
        )

    def _listed(self, shape: Shape, name: str) -> list[str]:
        return [wording for table in shape.wordings for wording in self._vocabulary.wordings[table].get(name, [])]

    def _wording(self, shape: Shape) -> tuple[str, str]:
        """Choose what is done to the words, plain ones as often as all others, then a wording."""
        table = self._chance.choice(shape.wordings)
        choices = {
            name: texts for name, texts in self._vocabulary.wordings[table].items() if name not in _NOT_SPELT_OUT
        }
        if shape.loses_quotes:  # a shell within a command cannot be told from its arguments
            choices = {name: [text for text in texts if " -c " not in text] for name, texts in choices.items()}
        if not self._language.charsets:
            choices.pop("legacy", None)
        plain = sorted(_PLAIN & choices.keys())
        rest = sorted(choices.keys() - _PLAIN)
        encoding = self._chance.choice(plain if plain and (not rest or self._chance.random() < 0.6) else rest)
        return encoding, self._chance.choice(choices[encoding])

    def _filled(self, encoding: str, wording: str, first: _Wanted, second: _Wanted) -> str | None:
        charset = self._chance.choice(self._language.charsets) if self._language.charsets else ""
        try:
            recorded = fill(wording, {"a": first.text, "b": second.text}, charset)
        except UnicodeEncodeError:
            return None
        return WRAPPERS[encoding](recorded) if encoding in WRAPPERS else recorded

    def _looked_for(self, shape: Shape) -> _Wanted:
        """Return a topic, a person or, in commands, now and then a kind of thing."""
        lot = self._chance.random()
        if lot < 0.4:
            choices = self._persons
        elif lot < 0.92 or not shape.wordings:
            choices = self._topics
        else:
            choices = self._kinds
        if shape.wordings:
            choices = [one for one in choices if not _UNQUOTABLE.intersection(one.text)]
        return self._chance.choice(choices)

    def _one_word(self) -> _Wanted:
        return self._chance.choice([one for one in self._topics if one.text.isalnum()] or self._topics)

    def _disguised(self, wanted: _Wanted, traits: dict[str, str]) -> _Wanted:
        possible = disguises_for(self._language.script, wanted.text)
        if not possible or self._chance.random() < 0.5:
            return wanted
        rare = [one for one in possible if one in RARELY_POSSIBLE]
        name = self._chance.choice(rare if rare and self._chance.random() < 0.5 else possible)
        text = disguise(name, wanted.text, self._chance)
        traits["disguise"] = name
        return _Wanted(text, wanted.labels, wanted.written)


def _wanted(table: dict[str, list[str]]) -> list[_Wanted]:
    return [_Wanted(text, frozenset({name})) for name, texts in table.items() for text in texts]


def _spellings(person: Person, language: Language) -> Iterator[tuple[str, str]]:
    """Yield how this language's searchers write a name: in their own script; two of those in Latin letters."""
    own = person.written.get(language.language, {})
    yield from _flat(own)
    latin = list(_flat(person.written.get("latin", {})))
    yield from latin if language.script == "latin" else latin[:1]


def _flat(table: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for how, texts in table.items():
        for text in texts:
            yield how, text
