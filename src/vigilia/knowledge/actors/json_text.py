"""JSON that somebody handed in: any bytes give a document of the type asked for, or one kind of error."""

from __future__ import annotations

from typing import TypeVar

import msgspec

__all__ = ["decode_json"]

_Document = TypeVar("_Document")


def decode_json(text: bytes, kind: type[_Document]) -> _Document:
    """Return JSON as the type that says what it may hold.

    Raises:
        msgspec.DecodeError: it is no JSON, not UTF-8, nested too deep, or not of this type.
    """
    try:
        return msgspec.json.decode(text, type=kind)
    except RecursionError as error:
        raise msgspec.DecodeError("the document is nested too deep") from error
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("the document is not UTF-8") from error
