"""`result.json` has one form, follows its published schema and reads back."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from support.results import empty_result, rich_result
from vigilia.model.errors import CaseError
from vigilia.report.json_document import decode, encode, schema_document

DOCS = Path(__file__).parents[2] / "docs"


def test_the_same_result_gives_the_same_bytes_and_reads_back() -> None:
    document = encode(rich_result())
    assert document == encode(rich_result())
    assert document.endswith(b"}\n")
    assert decode(document) == rich_result()


def test_the_published_schema_is_the_model() -> None:
    """When this fails, write schema_document() to docs/result.schema.json (docs/report.md says how)."""
    assert (DOCS / "result.schema.json").read_bytes() == schema_document()


@pytest.mark.parametrize("result", [rich_result, empty_result])
def test_documents_follow_the_published_schema(result: object) -> None:
    assert callable(result)
    schema = json.loads((DOCS / "result.schema.json").read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(encode(result()))
    jsonschema.Draft202012Validator(schema).validate(document)
    document["intrusion"]["verdict"] = "safe"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(document)


@pytest.mark.parametrize("document", [b"", b"{}", b"[1]", b'{"schema_version": 1}', b"\xff"])
def test_what_is_no_result_document_is_refused_in_one_sentence(document: bytes) -> None:
    with pytest.raises(CaseError, match=r"result\.json"):
        decode(document)
