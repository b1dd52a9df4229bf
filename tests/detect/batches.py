"""Builds small batches and rules: a test names only the fields that it is about."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest

from vigilia.model.events import EVENT_SCHEMA, EventBatch
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import CompiledRule, RuleSet

Fields = Mapping[str, "str | Sequence[str | None] | None"]

_TEXTS = pa.list_(pa.string())


def batch(rows: Sequence[Fields], source: str = "windows", **columns: Sequence[str | None]) -> EventBatch:
    """Return a batch; a field is a column of lists as soon as one row has a list. `columns` are normalised ones."""
    names = sorted({name for row in rows for name in row})
    fields = pa.RecordBatch.from_arrays([_array([row.get(name) for row in rows]) for name in names], names=names)
    if not names:
        fields = pa.RecordBatch.from_arrays([pa.nulls(len(rows), pa.string())], names=["nothing"])
    known = {name.replace("__", "."): pa.array(list(values), pa.string()) for name, values in columns.items()}
    known["event.id"] = pa.array([f"0000000000000000:{number}" for number in range(len(rows))], pa.string())
    arrays = [known.get(field.name, pa.nulls(len(rows), field.type)) for field in EVENT_SCHEMA]
    return EventBatch(source, pa.RecordBatch.from_arrays(arrays, names=EVENT_SCHEMA.names), fields)


def slices(whole: EventBatch, size: int) -> list[EventBatch]:
    """Cut a batch into smaller ones."""
    starts = range(0, whole.fields.num_rows, size)
    return [EventBatch(whole.source, whole.events.slice(at, size), whole.fields.slice(at, size)) for at in starts]


def _array(values: list[str | Sequence[str | None] | None]) -> pa.Array:
    if any(isinstance(value, list) for value in values):
        return pa.array([[value] if isinstance(value, str) else value for value in values], _TEXTS)
    return pa.array(values, pa.string())


def rule_text(detection: str, *, number: int = 1, logsource: str = "product: windows", extra: str = "") -> str:
    """Return a rule's YAML; `detection` is the inside of the detection section."""
    inside = "\n".join(f"    {line}" for line in detection.strip().splitlines())
    return (
        f"title: Test rule {number}\nid: 00000000-0000-4000-8000-{number:012}\nstatus: test\nlevel: low\n"
        f"logsource: {{{logsource}}}\n{extra}detection:\n{inside}\n"
    )


def rule_set(*texts: str) -> RuleSet:
    """Compile texts that must all be supported."""
    rules = compile_rules((f"{number}.yml", text) for number, text in enumerate(texts))
    assert not rules.unsupported, rules.unsupported
    return rules


def one_rule(detection: str, *, logsource: str = "product: windows") -> CompiledRule:
    """Compile one rule."""
    return rule_set(rule_text(detection, logsource=logsource)).rules[0]


def public_path(*parts: str) -> Path:
    """Return a path of the public test data, or skip the test where it is absent."""
    root = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"public test data not present: {path.name} (set VIGILIA_TEST_DATA)")
    return path


@cache
def compiled_sigma_rules() -> RuleSet:
    """Return SigmaHQ's three folders compiled, or skip."""
    return compile_rules(sigma_rules("rules", "rules-emerging-threats", "rules-threat-hunting"))


def sigma_rules(*folders: str) -> list[tuple[str, str]]:
    """Return SigmaHQ's rule texts, or skip."""
    root = public_path("sigma")
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*.yml"))
    return [(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def read(content: bytes, *, named: str = "") -> list[EventBatch]:
    """Return the events of a file's bytes, as an investigation reads them."""
    reader = recognise(content)
    assert reader is not None, f"not recognised: {named or content[:80]!r}"
    normalizer = Normalizer(reader.source, "UTC", "0000000000000000")
    return [normalizer.normalize(one) for one in reader.read(io.BytesIO(content), len(content), ReadLimits())]
