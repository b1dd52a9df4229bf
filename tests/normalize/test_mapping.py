"""Mapping tables name only what exists, and a wrong table is refused with its place."""

from __future__ import annotations

import pytest

from vigilia.model.errors import KnowledgeError
from vigilia.model.events import EVENT_SCHEMA
from vigilia.normalize.mapping import Part, load_mapping, mapping_sources, parse_mapping, parse_template
from vigilia.normalize.transforms import TRANSFORMS
from vigilia.readers.registry import readers

SOURCES = mapping_sources()


def test_every_log_source_has_a_table_and_every_table_a_reader() -> None:
    assert set(SOURCES) == {reader.source for reader in readers()}


@pytest.mark.parametrize("source", SOURCES)
def test_a_table_says_where_its_facts_come_from(source: str) -> None:
    """`load_mapping` itself refuses unknown keys, columns and transforms."""
    mapping = load_mapping(source)
    assert mapping.source == source
    assert bool(mapping.time) != mapping.timeless
    assert all(link.startswith("https://") for link in mapping.reference)
    assert mapping.date >= "2026-01-01"
    assert all(column.to in EVENT_SCHEMA.names for column in mapping.column)


def test_every_transform_is_used_by_a_table() -> None:
    columns = [column for source in SOURCES for column in load_mapping(source).column]
    parts = [part for column in columns for template in column.templates for part in parse_template(template)]
    used = {name for column in columns for name in column.transform} | {
        name for part in parts for name in part.transforms
    }
    assert used | {"number"} == set(TRANSFORMS)


def test_a_source_without_a_table_is_named() -> None:
    with pytest.raises(KnowledgeError, match=r"'no\.such'"):
        load_mapping("no.such")


TABLE = """
schema = 1
source = "x"
title = "X"
reference = []
date = "2026-01-01"
time = [{ field = "t" }]
[[column]]
"""


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ('to = "user.nmae"\nfrom = ["a"]', "no column 'user.nmae'"),
        ('to = "event.id"\nfrom = ["a"]', "no column 'event.id' to fill"),
        ('to = "user.name"\nfrom = ["a"]\ntransform = ["upper"]', "no transform 'upper'"),
        ('to = "user.name"\ntemplates = ["{a|upper}"]', "no transform 'upper'"),
        ('to = "user.name"', "exactly one of"),
        ('to = "user.name"\nfrom = ["a"]\nconstant = "b"', "exactly one of"),
        ('to = "user.name"\nform = ["a"]', "unknown field"),
        ('to = "user.name"\ntemplates = ["{a"]', "open brace"),
        ("to = [", "cannot be read"),
        (
            'to = "user.name"\nfrom = ["a"]\n[[default]]\nfield = "a"\nvalue = "b"\nwhen = { a = ["c"] }',
            "asks about itself",
        ),
    ],
)
def test_a_mistake_in_a_table_is_refused(entry: str, complaint: str) -> None:
    with pytest.raises(KnowledgeError, match=complaint) as caught:
        parse_mapping((TABLE + entry).encode(), where="x.toml")
    assert "upper" in complaint or "brace" in complaint or caught.value.where == "x.toml"


def test_a_template_is_text_fields_and_transforms() -> None:
    assert parse_template("{node?}:ses{ses|lower}") == (
        Part(field="node", optional=True),
        Part(literal=":ses"),
        Part(field="ses", transforms=("lower",)),
    )
