"""Structures as Presto writes them into tables: `{type=IAMUser, username=ada, sessioncontext={attributes=null}}`.

Athena's results have structures in this form. It quotes nothing: a text that holds ", name=" or "}" is cut there, so
that a value of somebody else's choosing can end its structure early. What cannot be read to its end stays text.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["struct_value"]

_LONGEST: Final = 64 * 1024
_DEEPEST: Final = 16
# Each part is bounded, and no part can begin where the one before it could go on.
_NAME: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,63})=", re.ASCII)
_END_OF_MEMBER: Final = re.compile(r"\}|, (?=[A-Za-z_][A-Za-z0-9_]{0,63}=)", re.ASCII)
_END_OF_ELEMENT: Final = re.compile(r"\]|, ")


def struct_value(text: str) -> object:
    """Return the structure or list that a text is, or the text itself where it is none."""
    text = text.strip()
    if len(text) > _LONGEST or text[:1] not in {"{", "["}:
        return text
    reading = _Reading(text)
    try:
        value = reading.value(_END_OF_MEMBER, 0)
    except ValueError:
        return text
    return value if reading.at == len(text) else text


class _Reading:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def value(self, end: re.Pattern[str], depth: int) -> object:
        """Read the value that begins here; a plain one goes up to `end`."""
        if depth > _DEEPEST:
            raise ValueError("nested too deep")
        if self._text.startswith("{", self.at):
            return self._structure(depth)
        if self._text.startswith("[", self.at):
            return self._list(depth)
        found = end.search(self._text, self.at)
        if found is None:
            raise ValueError("a value does not end")
        plain = self._text[self.at : found.start()]
        self.at = found.start()
        return None if plain == "null" else plain

    def _structure(self, depth: int) -> dict[str, object]:
        members: dict[str, object] = {}
        while not self._closed("}", first=not members):
            name = _NAME.match(self._text, self.at)
            if name is None:
                raise ValueError("a member without a name")
            self.at = name.end()
            members[name[1]] = self.value(_END_OF_MEMBER, depth + 1)
        return members

    def _list(self, depth: int) -> list[object]:
        elements: list[object] = []
        while not self._closed("]", first=not elements):
            elements.append(self.value(_END_OF_ELEMENT, depth + 1))
        return elements

    def _closed(self, bracket: str, *, first: bool) -> bool:
        """Pass over what stands before the next part, and say whether instead the end is here."""
        if first:
            self.at += 1
        if self._text.startswith(bracket, self.at):
            self.at += 1
            return True
        if not first:
            if not self._text.startswith(", ", self.at):
                raise ValueError("something behind a value")
            self.at += 2
        return False
