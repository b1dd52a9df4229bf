"""Readers made from line forms: patterns say where a record begins and what its fields are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import SourceBatch
from vigilia.readers.byte_patterns import BytePattern
from vigilia.readers.columns import FieldValue
from vigilia.readers.field_details import FieldDetails, compiled, named_groups
from vigilia.readers.head_patterns import HeadPattern
from vigilia.readers.line_forms import LineForm
from vigilia.readers.line_records import BlockReader, LineReader, head_texts, share_of
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["line_form_reader"]

_BEGINS_WITHIN: Final = 30  # lines: a log whose first record begins later is not recognised by its form


def line_form_reader(form: LineForm) -> Reader:
    """Return the reader that a line form describes.

    Raises:
        KnowledgeError: a pattern of the form is none.
    """
    return _LineFormReader(form)


@dataclass(frozen=True)
class _LineFormReader:
    form: LineForm
    _inner: Reader = field(init=False)
    _patterns: _Patterns = field(init=False)

    def __post_init__(self) -> None:
        patterns = _Patterns.of(self.form)
        form = self.form
        inner: Reader
        if form.lines.further:
            inner = BlockReader(
                form.name,
                form.source,
                form.title,
                patterns.begins,
                patterns.fields,
                is_frame=patterns.is_frame,
                carry=form.lines.carry,
            )
        else:
            inner = LineReader(form.name, form.source, form.title, patterns.fields_of_line, is_frame=patterns.is_frame)
        object.__setattr__(self, "_patterns", patterns)
        object.__setattr__(self, "_inner", inner)

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def source(self) -> str:
        return self.form.source

    @property
    def title(self) -> str:
        return self.form.title

    def recognise(self, head: bytes) -> float:
        """Answer by the share of lines that begin a record; where others may go on with it, the first says half."""
        patterns = self._patterns
        if not patterns.may_fit(head):
            return 0.0
        lines = [line for line in head_texts(head) if not patterns.is_frame(line)]
        if not any(patterns.begins(line) for line in lines[:_BEGINS_WITHIN]):
            return 0.0
        if patterns.sign and not any(_matches(patterns.sign, line) for line in lines):
            return 0.0
        likeness = share_of(lines, patterns.begins)
        if self.form.lines.further and patterns.begins(lines[0]):
            likeness = (1 + likeness) / 2
        return round(self.form.lines.sureness * likeness, 4)

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        """Read line by line or block by block."""
        return self._inner.read(stream, size, limits)


class _FirstLine:
    """How a record begins. Of the line that was asked for last the answer is kept: it is asked for twice in a row."""

    def __init__(self, patterns: Sequence[BytePattern]) -> None:
        self._patterns = patterns
        self._line = ""
        self._groups: dict[str, str] | None = self._match("")

    def groups(self, line: str) -> Mapping[str, str] | None:
        """Return the groups of the first pattern that fits a line, or None."""
        if line != self._line:
            self._line, self._groups = line, self._match(line)
        return self._groups

    def _match(self, line: str) -> dict[str, str] | None:
        text = line.encode()
        return next((told for one in self._patterns if (told := named_groups(one, text)) is not None), None)


@dataclass(frozen=True, slots=True)
class _Patterns:
    form: LineForm
    first: _FirstLine
    frame: tuple[BytePattern, ...]
    sign: tuple[BytePattern, ...]
    details: FieldDetails
    begins_somewhere: HeadPattern
    signed_somewhere: HeadPattern

    @classmethod
    def of(cls, form: LineForm) -> _Patterns:
        lines = form.lines
        return cls(
            form,
            _FirstLine(compiled(lines.first, form.name)),
            compiled(lines.frame, form.name),
            compiled(lines.sign, form.name),
            FieldDetails(form.detail, form.name),
            HeadPattern(lines.first, None if lines.frame else _BEGINS_WITHIN),
            HeadPattern(lines.sign),
        )

    def may_fit(self, head: bytes) -> bool:
        """Tell at little cost whether a head can be of this log at all; most are of another."""
        return self.begins_somewhere.may_fit(head) and self.signed_somewhere.may_fit(head)

    def begins(self, line: str) -> bool:
        return self.first.groups(line) is not None

    def is_frame(self, line: str) -> bool:
        return bool(self.frame) and _matches(self.frame, line)

    def fields_of_line(self, line: str) -> Mapping[str, FieldValue] | None:
        return self.fields((line,))

    def fields(self, lines: Sequence[str]) -> Mapping[str, FieldValue] | None:
        """Return the fields of a record, or None where its first line is of no known form."""
        shape = self.form.lines
        first = self.first.groups(lines[0])
        if first is None:
            return None
        found: dict[str, FieldValue] = {**first}
        if len(lines) > 1:
            found[shape.text] = "\n".join((first.get(shape.text, ""), *lines[1:]))
        self.details.add_to(found)
        return shape.add | {shape.rename.get(name, name): value for name, value in found.items()}


def _matches(patterns: Sequence[BytePattern], line: str) -> bool:
    text = line.encode()
    return any(pattern.search(text) for pattern in patterns)
