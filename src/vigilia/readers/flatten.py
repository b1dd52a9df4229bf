"""Nested JSON becomes flat fields with dotted names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from vigilia.readers.columns import TRUNCATED, FieldValue

__all__ = ["flatten", "scalar_text"]

_PAIR = {"Name", "Value"}
_CHANGE = {"Name", "NewValue", "OldValue"}


def scalar_text(value: object) -> str:
    """Return a JSON scalar as text: strings as they are, numbers and booleans as JSON writes them."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def flatten(value: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    """Flatten one JSON object.

    - Nesting becomes dots: `{"A": {"B": 1}}` → `A.B`. Null, `{}` and `[]` give no field.
    - A list of scalars becomes a list of texts.
    - A list of `{Name, Value}` folds into names: `Parameters.ForwardTo`; `{Name, NewValue, OldValue}` into
      `ModifiedProperties.<Name>.NewValue` and `….OldValue`.
    - Any other list of objects gives one list for each leaf: `Folders.FolderItems.InternetMessageId`.
    - What is nested deeper than `depth` stays JSON text, and the field `_truncated` says so.
    - Names that fall together gather their values in a list, in order of occurrence.
    """
    flattener = _Flattener(depth)
    for key, below in value.items():
        flattener.add(key, below, 1, several=False)
    return flattener.fields


class _Flattener:
    def __init__(self, depth: int) -> None:
        self.fields: dict[str, FieldValue] = {}
        self._depth = depth

    def add(self, name: str, value: object, level: int, *, several: bool) -> None:
        if value is None:
            return
        if not isinstance(value, dict | list):
            self._put(name, scalar_text(value), several=several)
        elif level >= self._depth:
            self._put(name, orjson.dumps(value).decode(), several=several)
            self.fields[TRUNCATED] = f"nested deeper than {self._depth}"
        elif isinstance(value, dict):
            for key, below in value.items():
                self.add(f"{name}.{key}", below, level + 1, several=several)
        else:
            self._add_list(name, value, level, several=several)

    def _add_list(self, name: str, values: Sequence[object], level: int, *, several: bool) -> None:
        if _all_have(values, _PAIR):
            for pair in values:
                self.add(f"{name}.{pair['Name']}", pair["Value"], level + 1, several=several)  # type: ignore[index] # _all_have
        elif _all_have(values, _CHANGE):
            for change in values:
                for side in ("NewValue", "OldValue"):
                    self.add(f"{name}.{change['Name']}.{side}", change[side], level + 1, several=several)  # type: ignore[index] # _all_have
        else:
            for one in values:
                self.add(name, one, level + 1, several=True)

    def _put(self, name: str, text: str, *, several: bool) -> None:
        held = self.fields.get(name)
        if held is None:
            self.fields[name] = [text] if several else text
        elif isinstance(held, list):
            held.append(text)
        else:
            self.fields[name] = [held, text]


def _all_have(values: Sequence[object], keys: set[str]) -> bool:
    return bool(values) and all(
        isinstance(one, dict) and one.keys() == keys and isinstance(one["Name"], str) for one in values
    )
