"""The result document as bytes: one canonical form, and its JSON Schema."""

from __future__ import annotations

import msgspec

from vigilia.model.errors import CaseError
from vigilia.model.result import Result, result_schema
from vigilia.report.consistency import check_result

__all__ = ["decode", "encode", "schema_document"]


def encode(result: Result) -> bytes:
    """Return canonical JSON: fields as declared, mappings by key, indented by one space, one newline at the end."""
    return _indented(msgspec.json.encode(result, order="deterministic"))


def decode(document: bytes) -> Result:
    """Read `result.json` back.

    Raises:
        CaseError: it is not a result document of this version.
        InconsistentReport: it points to something that it does not hold.
    """
    try:
        result = msgspec.json.decode(document, type=Result)
    except msgspec.DecodeError as error:
        raise CaseError(
            f"it is not a result document ({error})", where="result.json", hint="Run the investigation again."
        ) from error
    check_result(result)
    return result


def schema_document() -> bytes:
    """Return the JSON Schema (2020-12) of `result.json`, as docs/result.schema.json holds it."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Vigilia result document",
    }
    return _indented(msgspec.json.encode(head | result_schema(), order="deterministic"))


def _indented(document: bytes) -> bytes:
    return msgspec.json.format(document, indent=1) + b"\n"
