"""Random rules and events that hunt for what a fast matcher gets wrong.

The texts of rules and the values of events are made of the same few pieces, so that literals overlap, begin and end
with one another, differ by case alone, and occur at the edges of values and at the edges of slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from detect.batches import Fields, batch
from vigilia.detect.logsources import LogSourceTable, parse_log_sources
from vigilia.detect.patterns import Pattern
from vigilia.model.coded import ABSENT, CodedBatch, CodedColumn, Vocabulary
from vigilia.model.events import EventBatch
from vigilia.sigma.folding import fold
from vigilia.sigma.form import (
    MANY,
    ONE,
    All,
    Any,
    CidrTest,
    CompareTest,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    RegexTest,
    TextTest,
    TimePartTest,
)
from vigilia.sigma.rules import CompiledRule, LogSource, RuleSet

__all__ = [
    "Coder",
    "JsonRow",
    "Scenario",
    "parts_and_texts",
    "patterns_and_texts",
    "rules_and_json_rows",
    "rules_of",
    "scenarios",
    "table",
]

_TABLE = """
updated = "2026-11-22"
notes = ["Made for tests."]

[[route]]
name = "every row"
source = "windows"
product = "windows"

[[route]]
name = "first kind"
source = "windows"
product = "windows"
category = "first"
where = { K = ["1", "One"] }
aliases = { A = ["A", "B"], N = ["ecs:process.command_line"] }

[[route]]
name = "second kind"
source = "windows"
product = "windows"
category = "second"
where = { K = ["2"], C = ["ab"] }
aliases = { A = ["C"], B = ["derived:joined", "B"] }

[[route]]
name = "first kind again"
source = "windows"
product = "windows"
category = "first"
where = { K = ["2"] }
aliases = { N = ["derived:part"], C = ["Absent", "A"] }

[[route]]
name = "third kind"
source = "windows"
product = "windows"
category = "third"
where = { K = ["2"] }

[[route]]
name = "another source"
source = "linux.syslog"
product = "windows"
category = "second"

[[derived]]
sources = ["windows"]
column = "derived:part"
origins = ["C"]
serves = ["P"]
take = "part"
key = "ab"

[[derived]]
sources = ["windows"]
column = "derived:joined"
origins = ["A", "B"]
take = "joined"
key = "="

[[inferred]]
source = "windows"
column = "K"
value = "1"
has = ["A", "C"]
where = { B = ["ab", "σ"] }

[[inferred]]
source = "windows"
column = "K"
value = "2"
where = { B = ["ab"] }
"""

JsonRow = dict[str, "str | int | bool | list[str] | None"]

_FIELDS = st.sampled_from(["A", "B", "C", "N", "P", "K", "Absent", "ecs:process.command_line"])
_LOG_SOURCES = st.sampled_from(
    [
        LogSource(product="windows"),
        LogSource(product="windows", category="first"),
        LogSource(product="windows", category="second"),
        LogSource(product="windows", category="third"),
        LogSource(category="first"),
    ]
)
_LETTERS = st.text(alphabet="abAB Σσς\0\n*?\\._%=,iİıſsßẞé😀", min_size=1, max_size=3)
_FIXED = ("", "ab", "AB", "aba", "-", "192.0.2.9", "::ffff:192.0.2.9", "12", "12.5", "2026-03-01T12:00:00Z", "ab=σ,b=a")
_PATTERNS = ("a", "^b", "a.b$", "[ab]+", "σ", "", "^$", "a|^", "(?:ab)+", r"\.", "b$", ".")


def table() -> LogSourceTable:
    """Return routes that share rows, columns and fields in every way that ours do."""
    return parse_log_sources({"made.toml": _TABLE})


@dataclass(frozen=True)
class Scenario:
    """Rules, and batches in the order in which one matcher meets them."""

    rules: RuleSet
    batches: tuple[EventBatch, ...]


class Coder:
    """Writes batches as codes, with vocabularies that go on from batch to batch.

    Some columns share one, some get a new one for each batch, and now and then a text is there twice. Of every second
    column only those rows are written that have it, as readers do with fields that few records have.
    """

    def __init__(self) -> None:
        self._shared = Vocabulary()
        self._own: dict[str, Vocabulary] = {}
        self._count = self._columns = 0

    def coded(self, whole: EventBatch) -> CodedBatch:
        """Return the same records as codes."""
        rows = np.arange(whole.fields.num_rows, dtype=np.int64)
        columns = {
            name: self._column(self._vocabulary(name), whole.fields.column(name).to_pylist())
            for name in sorted(whole.fields.schema.names)
        }
        return CodedBatch(whole.source, rows, rows - 1, rows - 1, columns)

    def _vocabulary(self, name: str) -> Vocabulary:
        if name in ("A", "B"):
            return self._shared
        return Vocabulary(transient=True) if name == "C" else self._own.setdefault(name, Vocabulary())

    def _column(self, vocabulary: Vocabulary, values: list[str | list[str | None] | None]) -> CodedColumn:
        self._columns += 1
        is_text = not any(isinstance(value, list) for value in values)
        if is_text and self._columns % 2:
            codes = [ABSENT if one is None else self._number(vocabulary, str(one)) for one in values]
            return CodedColumn(vocabulary, np.array(codes, dtype=np.int32))
        listed = [[value] if is_text else value or () for value in values]
        elements = [(row, one) for row, several in enumerate(listed) for one in several if one is not None]
        numbers = [self._number(vocabulary, str(text)) for _, text in elements]
        parents = np.array([row for row, _ in elements], dtype=np.int64)
        return CodedColumn(vocabulary, np.array(numbers, dtype=np.int32), parents, single=is_text)

    def _number(self, vocabulary: Vocabulary, text: str) -> int:
        self._count += 1
        if self._count % 3:
            return vocabulary.add(text)
        content = text.encode()
        return vocabulary.extend(np.frombuffer(content, dtype=np.uint8), np.array([len(content)], dtype=np.int64))


def _pieces(letters: Sequence[str]) -> list[str]:
    """Return texts that contain, begin and end one another."""
    whole = "".join(letters)
    made = [*letters, whole, whole[1:], whole[:-1], whole.swapcase(), fold(whole), whole + letters[0], whole * 2]
    return list(dict.fromkeys([*made, *_FIXED]))


def _literals(pieces: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from([piece for piece in pieces if piece])


def _parts(pieces: list[str]) -> st.SearchStrategy[tuple[str | int, ...]]:
    literal = _literals(pieces)
    shapes: list[st.SearchStrategy[tuple[str | int, ...]]] = [
        st.just(()),
        literal.map(lambda one: (one,)),
        literal.map(lambda one: (MANY, one, MANY)),
        literal.map(lambda one: (one, MANY)),
        literal.map(lambda one: (MANY, one)),
        st.lists(literal | st.sampled_from([MANY, ONE]), max_size=5).map(tuple),
    ]
    return st.one_of(shapes)


def _text_test(field: str | None, parts: tuple[str | int, ...], cased: bool) -> TextTest:
    whole = tuple(part if cased or isinstance(part, int) else fold(part) for part in parts)
    return TextTest(field, (MANY, *whole, MANY) if field is None else whole, cased)


def _forms(pieces: list[str]) -> st.SearchStrategy[Form]:
    texts = st.builds(_text_test, _FIELDS | st.none(), _parts(pieces), st.booleans())
    others: st.SearchStrategy[Form] = st.one_of(
        st.builds(RegexTest, _FIELDS | st.none(), st.sampled_from(_PATTERNS), st.sampled_from(["", "i", "im", "s"])),
        st.builds(CidrTest, _FIELDS, st.sampled_from(["192.0.2.0/24", "::/0"])),
        st.builds(CompareTest, _FIELDS, st.sampled_from(["lt", "lte", "gt", "gte"]), st.sampled_from([0, 12, 12.5])),
        st.builds(TimePartTest, _FIELDS, st.just("hour"), st.just(12)),
        st.builds(ExistsTest, _FIELDS, st.booleans()),
        st.builds(NullTest, _FIELDS),
        st.builds(FieldReferenceTest, _FIELDS, _FIELDS, st.booleans(), st.booleans()),
    )
    return st.recursive(
        texts | texts | others,
        lambda inner: st.one_of(
            st.builds(All, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Any, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Negation, inner),
        ),
        max_leaves=6,
    )


def _rule(number: int | str, conditions: tuple[Form, ...], source: LogSource) -> CompiledRule:
    return CompiledRule(
        id=str(number).zfill(3),
        path="",
        title="",
        level="low",
        status="",
        description="",
        technique_ids=(),
        tactics=(),
        false_positives=(),
        logsource=source,
        conditions=conditions,
    )


def rules_of(*conditions: Form, category: str = "") -> RuleSet:
    """Return a rule for each condition."""
    source = LogSource(product="windows", category=category)
    return RuleSet(rules=tuple(_rule(number, (condition,), source) for number, condition in enumerate(conditions)))


@st.composite
def _rule_sets(draw: st.DrawFn, pieces: list[str]) -> RuleSet:
    forms = draw(st.lists(_forms(pieces), min_size=1, max_size=6))
    rules = [_rule(number, (form,), draw(_LOG_SOURCES)) for number, form in enumerate(forms)]
    if draw(st.booleans()):  # the same rule again for another log source, and a rule with two conditions
        rules.append(_rule(900, rules[0].conditions, draw(_LOG_SOURCES)))
        rules.append(_rule(901, (forms[0], forms[-1]), draw(_LOG_SOURCES)))
    return RuleSet(rules=(*_every_shape(pieces, draw(st.sampled_from(["A", "B", "C", None]))), *rules))


def _every_shape(pieces: list[str], field: str | None) -> list[CompiledRule]:
    """Return a rule for each piece and anchor, so that all overlaps of literals in one column are there at once."""
    shapes = [
        shape
        for piece in pieces
        if piece
        for shape in ((piece,), (MANY, piece, MANY), (piece, MANY), (MANY, piece), (MANY, piece, ONE, MANY))
    ]
    folded = [_text_test(field, shape, False) for shape in shapes]
    tests = dict.fromkeys([*folded, *(_text_test(field, shape, True) for shape in shapes[::3])])
    return [_rule(f"every {number:03}", (test,), LogSource(product="windows")) for number, test in enumerate(tests)]


def _texts(pieces: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(pieces) | st.lists(st.sampled_from(pieces), min_size=2, max_size=3).map("".join)


@st.composite
def _batches(draw: st.DrawFn, pieces: list[str]) -> EventBatch:
    text = _texts(pieces)
    value = st.none() | text | text | st.lists(st.none() | text, max_size=3)
    names = draw(st.lists(st.sampled_from(["A", "B", "C", "N"]), unique=True, max_size=4))
    kinds = st.fixed_dictionaries({}, optional={"K": st.sampled_from(["1", "ONE", "2", "3", ""])})
    row = st.builds(
        lambda kind, fields: {**fields, **kind}, kinds, st.fixed_dictionaries({}, optional=dict.fromkeys(names, value))
    )
    rows: list[Fields] = draw(st.lists(row, max_size=6))
    commands = draw(st.lists(st.none() | text, min_size=len(rows), max_size=len(rows)))
    made = batch(rows, process__command_line=commands)
    return _dictionary_encoded(made) if draw(st.booleans()) else made


def _dictionary_encoded(made: EventBatch) -> EventBatch:
    """Return the same batch with its columns of single texts as readers of tables give them."""
    columns = [one.dictionary_encode() if pa.types.is_string(one.type) else one for one in made.fields.columns]
    fields = pa.RecordBatch.from_arrays(columns, names=made.fields.schema.names)
    return EventBatch(made.source, made.events, fields)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Draw rules, and one to four batches made of the same pieces."""
    pieces = _pieces(draw(st.lists(_LETTERS, min_size=2, max_size=4)))
    rules = draw(_rule_sets(pieces))
    return Scenario(rules, tuple(draw(st.lists(_batches(pieces), min_size=1, max_size=4))))


@st.composite
def parts_and_texts(draw: st.DrawFn) -> tuple[tuple[str | int, ...], str]:
    """Draw a pattern and a text that are made of the same pieces."""
    pieces = _pieces(draw(st.lists(_LETTERS, min_size=2, max_size=4)))
    parts = draw(st.lists(_literals(pieces) | st.sampled_from([MANY, ONE]), max_size=6).map(tuple))
    return parts, draw(_texts(pieces))


@st.composite
def patterns_and_texts(draw: st.DrawFn) -> tuple[list[Pattern], list[str]]:
    """Draw distinct patterns of one column, and texts made of the same pieces."""
    pieces = _pieces(draw(st.lists(_LETTERS, min_size=2, max_size=4)))
    anchored = st.builds(Pattern, _literals(pieces).map(fold), st.booleans(), st.booleans())
    patterns = draw(st.lists(anchored | st.just(Pattern("", at_start=True, at_end=True)), unique=True, max_size=30))
    return patterns, draw(st.lists(_texts(pieces), max_size=8))


@st.composite
def rules_and_json_rows(draw: st.DrawFn) -> tuple[RuleSet, list[JsonRow]]:
    """Draw rules, and events as JSON has them: texts, numbers, booleans, lists and null."""
    pieces = _pieces(draw(st.lists(_LETTERS, min_size=2, max_size=4)))
    text = _texts(pieces)
    value = st.one_of(text, text, st.none(), st.booleans(), st.integers(-20, 20), st.lists(text, max_size=3))
    names = st.sampled_from(["A", "B", "C", "N", "K", "New name", "Σ"])
    rows = draw(st.lists(st.dictionaries(names, value, max_size=5), min_size=1, max_size=8))
    return draw(_rule_sets(pieces)), rows
