"""TOML that people write, or that was meddled with: any text gives a document or one kind of error."""

from __future__ import annotations

from typing import TypeVar

import msgspec

__all__ = ["decode_toml"]

_Document = TypeVar("_Document")


def decode_toml(text: str | bytes, kind: type[_Document]) -> _Document:
    """Return TOML as the type that says what it may hold.

    Raises:
        msgspec.DecodeError: it is no TOML, or not UTF-8, or nested too deep, or holds a number that is too long.
        msgspec.ValidationError: it is not of this type; names the key that is wrong.
    """
    try:
        return msgspec.toml.decode(text, type=kind)
    except RecursionError as error:
        raise msgspec.DecodeError("the document is nested too deep") from error
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError("the document is not UTF-8") from error
    except msgspec.DecodeError:
        raise
    except ValueError as error:  # of a number with more digits than Python takes
        raise msgspec.DecodeError("the document holds a number that is too long") from error
