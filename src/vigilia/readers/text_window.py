"""A moving window over a text stream: UTF-8 bytes to look at, offsets of the bytes as they lie in the evidence."""

from __future__ import annotations

import codecs
from typing import BinaryIO, Final

__all__ = ["TextWindow"]

_CHUNK = 1 << 18
_BOM_UTF8: Final = codecs.BOM_UTF8
_CONTINUATION: Final = bytes(range(0x80, 0xC0))
_LEADS_OF_FOUR: Final = bytes(range(0xF0, 0xF8))


class TextWindow:
    """Holds the part of a stream that is being looked at; UTF-16 (with a mark or plainly so) is seen as UTF-8.

    Attributes:
        text: what is held, UTF-8 (or whatever bytes a file that is not UTF-16 has).
        at: where in `text` the part that has not been taken begins.
        offset: the same place in the evidence.
    """

    def __init__(self, stream: BinaryIO, chunk: int = _CHUNK) -> None:
        self._stream = stream
        self._chunk = chunk
        self._ended = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._odd = b""
        self._step = chunk
        self.text = b""
        self.at = 0
        self.offset = 0
        self._open()

    def _open(self) -> None:
        head = self._stream.read(_CHUNK)
        encoding = _utf16(head)
        if encoding:
            self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
        self.text = self._as_utf8(head)
        self._ended = not head

    def more(self) -> bool:
        """Read on, dropping what was taken; false at the end of the stream.

        Each call without a `skip` between reads twice as much as the one before, so that looking again at what is
        held costs no more than reading it.
        """
        if self._ended:
            return False
        chunk = self._stream.read(self._step)
        self._ended = not chunk
        added = self._as_utf8(chunk)
        self.text = self.text[self.at :] + added
        self.at = 0
        self._step *= 2
        return bool(added) or not self._ended

    def skip(self, count: int) -> int:
        """Take `count` bytes of `text` and return how many bytes of evidence they are."""
        length = self._measure(self.text[self.at : self.at + count]) if self._decoder else count
        self.at += count
        self.offset += length
        self._step = self._chunk
        return length

    def skip_mark(self) -> int:
        """Take the byte order mark, if the window stands at one, and return its length in the evidence."""
        return self.skip(len(_BOM_UTF8)) if self.text.startswith(_BOM_UTF8, self.at) else 0

    @property
    def ended(self) -> bool:
        """Whether nothing follows what is held; known once the stream has been read to its end."""
        return self._ended

    @property
    def decoded(self) -> bool:
        """Whether `text` is not the evidence's own bytes: it was UTF-16."""
        return self._decoder is not None

    @property
    def held(self) -> int:
        """How many bytes of `text` have not been taken."""
        return len(self.text) - self.at

    @property
    def dangling(self) -> int:
        """Bytes at the very end of a UTF-16 stream that are half a character (0 or 1); known once all is read."""
        return len(self._odd) if self._ended else 0

    def _as_utf8(self, chunk: bytes) -> bytes:
        if self._decoder is None:
            return chunk
        whole = self._odd + chunk
        even = len(whole) & ~1
        self._odd = whole[even:]
        return self._decoder.decode(whole[:even], final=not chunk).encode()

    @staticmethod
    def _measure(text: bytes) -> int:
        characters = len(text.translate(None, _CONTINUATION))
        of_two_units = len(text) - len(text.translate(None, _LEADS_OF_FOUR))
        return 2 * (characters + of_two_units)


def _utf16(head: bytes) -> str:
    if head.startswith(codecs.BOM_UTF16_LE) or (len(head) > 3 and head[0] and not head[1] and head[2] and not head[3]):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE) or (len(head) > 3 and not head[0] and head[1] and not head[2] and head[3]):
        return "utf-16-be"
    return ""
