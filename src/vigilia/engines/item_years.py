"""The years of an item whose times may have none: a look at all of it before it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from vigilia.model.times import parse_time
from vigilia.normalize.mapping import Mapping
from vigilia.normalize.years import YearHint, scan_year_span, year_hint
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.wrapped_lines import WrappedLines

__all__ = ["item_years"]


def item_years(
    stream: BinaryIO, reader: Reader, mapping: Mapping, modified: str, limits: ReadLimits, beat: Callable[[int], None]
) -> YearHint | None:
    """Return the year of an item's first time, where its log leaves years out; the stream is left at its beginning.

    Args:
        stream: the item; where the log writes years it is not read.
        reader: that reads it.
        mapping: of its log source.
        modified: when the item was last changed; empty where that is not known.
        limits: for lines that are wrapped.
        beat: is told of each piece that is read.
    """
    stream.seek(0)
    if not modified or not mapping.yearless:
        return None
    text = reader.unwrapped(stream, limits) if isinstance(reader, WrappedLines) else stream
    hint = year_hint(parse_time(modified), scan_year_span(text, beat))
    stream.seek(0)
    return hint
