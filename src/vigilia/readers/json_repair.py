"""JSON whose text is not valid Unicode, made readable: one broken character must not hide a whole record."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["INVALID_TEXT", "repaired_json"]

INVALID_TEXT: Final = "_invalid_utf8"
"""The field that says that a record's text was not valid Unicode; what was wrong reads U+FFFD."""

# An escaped backslash is taken whole, so that "\\\\ud800" (a backslash, then letters) stays. Fixed lengths: linear.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


def repaired_json(content: bytes) -> bytes:
    """Return JSON text with lone surrogates and bytes that are no UTF-8 as U+FFFD; the same text if it had none.

    RFC 8259, section 8.2: an escape of half a surrogate pair is allowed by the grammar and unpredictable in effect.
    """
    text = content.decode(errors="replace").encode()
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found[1] else found[0], text)
