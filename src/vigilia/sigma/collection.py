"""Rule collections of the old form: documents with `action: global`, `repeat` and `reset` in one file.

Sigma rules specification 1.0, section "Rule Collections". Version 2 dropped them, but collections of that time are
still about.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vigilia.model.errors import RuleError
from vigilia.sigma.documents import Document

__all__ = ["CollectedRule", "collected_rules"]

# Documents that stand for themselves: nothing of `action: global` goes into them.
_OTHER_KINDS = ("correlation", "filter")


@dataclass(frozen=True, slots=True)
class CollectedRule:
    """A rule of a file.

    Attributes:
        line: where its document starts, from 1.
        document: what it says, or what was refused.
        number: which of the rules it is that share one inherited id; 1 for all others.
        error: why there is no rule here.
    """

    line: int
    document: Document
    number: int = 1
    error: RuleError | None = None


def collected_rules(documents: Iterable[tuple[int, Document]]) -> Iterator[CollectedRule]:
    """Yield the rules of one file, and what was meant to be one.

    What several `global` documents say adds up, and takes the place of what a rule says.
    """
    collection = _Collection()
    for line, document in documents:
        try:
            rule, number = collection.rule_of(document)
        except RuleError as error:
            yield CollectedRule(line, document, error=error)
        else:
            if rule is not None:
                yield CollectedRule(line, rule, number)


class _Collection:
    """What the documents read so far mean for those that follow."""

    def __init__(self) -> None:
        self._shared: Document = {}
        self._last: Document | None = None
        self._ids: dict[str, int] = {}

    def rule_of(self, document: Document) -> tuple[Document | None, int]:
        """Return the rule that a document stands for, and its number; None where it only says something of others."""
        if "action" not in document:
            return self._own(document)
        action = document["action"]
        content = {key: value for key, value in document.items() if key != "action"}
        match action:
            case "global":
                self._shared = _merged(self._shared, content)
                return None, 1
            case "reset":
                self._shared = {}
                return None, 1
            case "repeat":
                return self._repeated(content)
        raise RuleError(f"the action {action!r} is unknown", hint="Use global, repeat or reset.")

    def _own(self, document: Document) -> tuple[Document, int]:
        if any(kind in document for kind in _OTHER_KINDS):
            return document, 1
        self._last = _merged(document, self._shared)
        return self._last, self._number(self._last, inherited="id" in self._shared)

    def _repeated(self, content: Document) -> tuple[Document, int]:
        if self._last is None:
            hint = "Put it behind the rule that it changes."
            raise RuleError("there is no rule before this one to repeat", hint=hint)
        self._last = _merged(self._last, content)
        return self._last, self._number(self._last, inherited="id" not in content)

    def _number(self, rule: Document, *, inherited: bool) -> int:
        identifier = str(rule.get("id"))
        self._ids[identifier] = number = self._ids.get(identifier, 0) + 1
        return number if inherited else 1


def _merged(first: Document, second: Document) -> Document:
    """Put what a second document says into a copy of the first, mapping by mapping."""
    merged = copy.copy(first)
    pending = [(merged, second)]
    while pending:
        into, source = pending.pop()
        for key, value in source.items():
            present = into.get(key)
            if isinstance(value, dict) and isinstance(present, dict):
                into[key] = inner = copy.copy(present)
                pending.append((inner, value))
            else:
                into[key] = value
    return merged
