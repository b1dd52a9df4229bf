"""Many more rules of the same kind: each variant is a rule whose longer texts differ in one letter."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TypeAlias

import yaml

__all__ = ["varied", "write_variants"]

Node: TypeAlias = "str | int | float | bool | list[Node] | dict[str, Node] | None"

_NAMESPACE = uuid.UUID("6f6a2a53-5f0b-4d0a-9d0e-2b0f6f0c8d11")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Shorter texts stay: they name kinds of event ("true", "4688"), and a variant must be as choosy as its model.
_LONG = 6
# These values have a grammar of their own.
_LEFT_ALONE = ("re", "cidr", "expand", "fieldref", "exists", "lt", "lte", "gt", "gte", "neq")


def write_variants(rules: Path, target: Path, times: int) -> int:
    """Write every rule `times` times below `target`, the first time as it is; return how many were written."""
    written = 0
    for number, path in enumerate(sorted(rules.rglob("*.yml"))):
        documents = [one for one in yaml.load_all(path.read_bytes(), _loader()) if isinstance(one, dict)]
        if any("detection" not in one for one in documents):
            continue
        for variant in range(times):
            file = target / f"{variant}" / f"{number:05d}_{path.name}"
            file.parent.mkdir(parents=True, exist_ok=True)
            made = [varied(one, variant) for one in documents]
            file.write_text(
                yaml.dump_all(made, Dumper=_dumper(), sort_keys=False, allow_unicode=True), encoding="utf-8"
            )
            written += len(made)
    return written


def varied(rule: dict[str, Node], variant: int) -> dict[str, Node]:
    """Return a rule of its own: another id and title, other texts; variant 0 is the rule itself."""
    if not variant:
        return rule
    detection = rule["detection"]
    if not isinstance(detection, dict):
        return rule
    changed = {
        name: part if name in ("condition", "timeframe") else _varied_node(part, variant)
        for name, part in detection.items()
    }
    identity = str(uuid.uuid5(_NAMESPACE, f"{rule.get('id')} {variant}"))
    return {**rule, "title": f"{rule.get('title')} ({variant})", "id": identity, "detection": changed}


def _varied_node(node: Node, variant: int) -> Node:
    if isinstance(node, dict):
        return {
            field: value if _has_grammar(str(field)) else _varied_node(value, variant) for field, value in node.items()
        }
    if isinstance(node, list):
        return [_varied_node(one, variant) for one in node]
    return _varied_text(node, variant) if isinstance(node, str) else node


def _has_grammar(field: str) -> bool:
    return not set(field.split("|")[1:]).isdisjoint(_LEFT_ALONE)


def _varied_text(text: str, variant: int) -> str:
    """Change one letter in the middle: what comes before it still occurs in real logs."""
    letters = [at for at, letter in enumerate(text) if letter.lower() in _LETTERS]
    if len(letters) < _LONG:
        return text
    at = letters[len(letters) * 2 // 3]
    other = _LETTERS[(_LETTERS.index(text[at].lower()) + variant) % len(_LETTERS)]
    return text[:at] + other + text[at + 1 :]


def _loader() -> type[yaml.SafeLoader]:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _dumper() -> type[yaml.SafeDumper]:
    return getattr(yaml, "CSafeDumper", yaml.SafeDumper)
