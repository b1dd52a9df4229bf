"""A table that ships with the package is of its type, or says what is wrong and where."""

import msgspec
import pytest

from vigilia.knowledge.shipped_table import decode_table, read_table, read_text
from vigilia.model.errors import KnowledgeError


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    date: str


def test_a_table_becomes_its_type() -> None:
    assert decode_table('date = "2026-11-21"', "closures.toml", _Table) == _Table(date="2026-11-21")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("date = [", r"closures\.toml: "), ("date = 3", r"\$\.date"), ('date = ""\nmore = 1', "more")],
)
def test_a_wrong_table_is_named_with_its_key(text: str, complaint: str) -> None:
    with pytest.raises(KnowledgeError, match=complaint):
        decode_table(text, "closures.toml", _Table)


def test_a_table_of_another_type_is_refused() -> None:
    with pytest.raises(KnowledgeError, match=r"closures\.toml"):
        read_table("vigilia.knowledge", "closures.toml", _Table)


def test_text_is_read_as_utf_8() -> None:
    assert "Україна" in read_text("vigilia.knowledge", "places.tsv")
