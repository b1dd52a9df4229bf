"""Lines of a text stream with their places, in bounded memory; UTF-16 is seen as UTF-8, without its byte order mark."""

from __future__ import annotations

import functools
import io
import itertools
from collections.abc import Iterator
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.lines import Line
from vigilia.readers.text_window import TextWindow

__all__ = ["head_lines", "iterate_text_lines"]

_HEAD_LINES: Final = 200


def iterate_text_lines(stream: BinaryIO, line_bytes: int) -> Iterator[Line | Reject]:
    """Yield every line; one longer than `line_bytes` becomes a `Reject` and is never held in memory whole.

    Offsets and lengths are those of the evidence, and the lengths add up to its bytes. Use `iterate_lines` where a
    format is never anything but bytes: it is faster.
    """
    window = TextWindow(stream)
    marked = window.skip_mark()  # belongs to the first line
    number = 1
    while window.held or window.more():
        if window.held:
            yield _next_line(window, number, line_bytes, marked)
            number, marked = number + 1, 0
    if marked:
        yield Line(number, 0, marked, b"", terminated=False)
    if window.dangling:
        reason = "the file ends in the middle of a character"
        yield Reject(place="end of file", reason=reason, offset=window.offset, length=window.dangling)


def _next_line(window: TextWindow, number: int, line_bytes: int, marked: int) -> Line | Reject:
    offset, dropped = window.offset - marked, 0
    while True:
        end = window.text.find(b"\n", window.at)
        if end >= 0:
            break
        if window.held > line_bytes + 1:
            dropped += window.skip(window.held)
        if not window.more():
            break
    stop = end + 1 if end >= 0 else window.at + window.held
    whole = window.text[window.at : stop]
    length = marked + dropped + window.skip(len(whole))
    content = whole[:-1].removesuffix(b"\r") if end >= 0 else whole
    if dropped or len(content) > line_bytes:
        reason = f"line longer than {line_bytes} bytes"
        return Reject(place=f"line {number}", reason=reason, offset=offset, length=length)
    return Line(number, offset, length, content, terminated=end >= 0)


@functools.lru_cache(maxsize=2)
def head_lines(head: bytes, most: int = _HEAD_LINES) -> tuple[bytes, ...]:
    """Return the first lines in the head of an item, without a last one that the head may have cut.

    Kept for the many readers that look at the same head.
    """
    found = itertools.islice(iterate_text_lines(io.BytesIO(head), len(head) + 1), most + 1)
    lines = [line for line in found if isinstance(line, Line)]
    if len(lines) > 1 and not lines[-1].terminated:
        lines.pop()
    return tuple(line.content for line in lines[:most])
