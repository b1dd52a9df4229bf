"""All checks over all rules, as sorted remarks with file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from vigilia.model.errors import RuleError
from vigilia.sigma.collection import collected_rules
from vigilia.sigma.documents import Document, read_documents
from vigilia.sigma.lint.checks import Observation, Observations, Remark
from vigilia.sigma.lint.detection import observe_detection
from vigilia.sigma.lint.head import observe_head
from vigilia.sigma.lint.logic import observe_logic
from vigilia.sigma.places import Places, places_by_line
from vigilia.sigma.rules import CompiledRule, LogSource, RuleSet

__all__ = ["check_rule_texts"]

# Says why a log source is not served; empty where it is.
WhyUnserved = Callable[[LogSource], str]


@dataclass(frozen=True, slots=True)
class _Written:
    """One rule as it is written."""

    document: Document
    places: Places

    @property
    def title(self) -> str:
        return str(self.document.get("title") or "")

    def remark(self, path: str, seen: Observation) -> Remark:
        line = self.places.line_of(seen.path)
        return Remark(path=path, line=line, code=seen.code, what=seen.what, hint=seen.hint, title=self.title)


def check_rule_texts(texts: Iterable[tuple[str, str]], rules: RuleSet, why_unserved: WhyUnserved) -> tuple[Remark, ...]:
    """Check rules; what cannot be run is among the remarks.

    Args:
        texts: (name, YAML text) of the rules.
        rules: what they were compiled to.
        why_unserved: says why nothing serves a log source.
    """
    compiled: dict[str, list[CompiledRule]] = {}
    for rule in rules.rules:
        compiled.setdefault(rule.path, []).append(rule)
    found = [
        Remark(path=one.path, line=one.line, code="SG001", what=one.reason, hint=one.hint, title=one.title)
        for one in rules.unsupported
    ]
    titles: dict[str, str] = {}
    for path, text in sorted(texts):
        for written in _written(text, path):
            seen = [*_observed(written, _compiled(written, compiled.get(path, ())), why_unserved)]
            found += [written.remark(path, one) for one in (*seen, *_same_title(written, path, titles))]
    return tuple(sorted(set(found)))


def _written(text: str, path: str) -> Iterator[_Written]:
    """Yield the rules of a file; of a file that cannot be read, SG001 tells."""
    try:
        documents = read_documents(text, path)
    except RuleError:
        return
    places = places_by_line(text, documents)
    for collected in collected_rules(documents):
        if collected.error is None and "filter" not in collected.document:
            yield _Written(collected.document, places[collected.line])


def _compiled(written: _Written, rules: Sequence[CompiledRule]) -> list[CompiledRule]:
    """Return what a document was compiled to: the rules of its file that have its id, or the only one without any."""
    identifier = str(written.document.get("id") or "").lower()
    if not identifier:
        unnamed = [rule for rule in rules if rule.id.startswith("rule-")]
        return unnamed if len(unnamed) == 1 else []
    return [rule for rule in rules if rule.id == identifier or rule.id.startswith(f"{identifier}-")]


def _observed(written: _Written, rules: Sequence[CompiledRule], why_unserved: WhyUnserved) -> Observations:
    head = observe_head(written.document, rules[0].remarks if rules else ())
    if "correlation" in written.document:  # it has no detection, and takes its level from the rules that it refers to
        yield from (one for one in head if one.code != "SG105")
        return
    yield from head
    yield from observe_detection(written.document, written.places)
    for rule in rules:
        yield from observe_logic(rule)
        if reason := why_unserved(rule.logsource):
            hint = "It only runs on records that are labelled with their log source."
            yield Observation("SG205", ("logsource",), f"{rule.logsource} is not served: {reason}", hint)


def _same_title(written: _Written, path: str, titles: dict[str, str]) -> Observations:
    title = " ".join(written.title.lower().split())
    first = titles.setdefault(title, path)
    if title and first != path:
        hint = "Reports show titles: let them differ."
        yield Observation("SG102", ("title",), f"{first} has the same title", hint)
