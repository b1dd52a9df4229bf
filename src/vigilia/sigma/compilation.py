"""Rule texts → compiled rules. pySigma parses; nothing here touches a disk or a network.

pySigma can download ATT&CK data and keep it in a disk cache, but only from the validators that are never imported here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

import msgspec
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.rule.detection import EmptySigmaDetections
from sigma.rule.logsource import EmptyLogSource

from vigilia.model.errors import RuleError
from vigilia.sigma import dialect
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.collection import CollectedRule, collected_rules
from vigilia.sigma.conversion import conditions_of
from vigilia.sigma.correlation_links import link_correlations
from vigilia.sigma.correlations import DraftCorrelation, read_correlation
from vigilia.sigma.detection_items import ItemPath, detection_items
from vigilia.sigma.documents import Document, read_documents
from vigilia.sigma.expressions import MAX_PATTERN_CHARACTERS, POLICY, ExpressionError, compile_expression
from vigilia.sigma.fault_lines import fault_line
from vigilia.sigma.filters import Filter, apply_filters, read_filter
from vigilia.sigma.form import Form, RegexTest, TextTest, leaves
from vigilia.sigma.growth import check_growth
from vigilia.sigma.heads import head_of, message_of, text_of
from vigilia.sigma.part_errors import LineOf, PartError, line_of_error
from vigilia.sigma.pipelines import RulePipeline
from vigilia.sigma.places import Places, places_by_line
from vigilia.sigma.rules import CompiledRule, LogSource, RuleHead, RuleSet, UnsupportedRule

__all__ = ["compile_rules"]

_PROBE = "a value that no pipeline changes"
_MOST_LOCATED = 100  # faults whose line is looked for; a pack with more is broken as a whole
_MAX_TEXT_CHARACTERS = MAX_PATTERN_CHARACTERS // 4  # a pattern with wildcards becomes an expression


def compile_rules(
    sources: Iterable[tuple[str, str]],
    adaptation: Adaptation = UNCHANGED,
    on_progress: Callable[[int, int], None] | None = None,
) -> RuleSet:
    """Compile rules; what cannot be run is reported by name and keeps nothing else from running.

    Args:
        sources: pairs of a name (a path, for people) and the YAML text, in any order.
        adaptation: processing pipelines and placeholders.
        on_progress: called with how many texts were compiled, and of how many.

    Raises:
        UsageError: the adaptation itself is wrong.
    """
    dialect.register()
    compilation = _Compilation(adaptation)
    texts = sorted(sources)
    for number, (path, text) in enumerate(texts, start=1):
        compilation.add(path, text)
        if on_progress:
            on_progress(number, len(texts))
    return compilation.finished()


class _Compilation:
    """Rules, filters and correlations as they are read; what they say of each other waits for the last of them."""

    def __init__(self, adaptation: Adaptation) -> None:
        self._compiled = functools.partial(_compile, adaptation=adaptation, pipeline=RulePipeline(adaptation))
        self._rules: list[CompiledRule] = []
        self._documents: dict[str, Document] = {}  # of rules that pipelines change
        self._changing = bool(adaptation.pipelines)
        self._filters: list[Filter] = []
        self._correlations: list[DraftCorrelation] = []
        self._paths: dict[str, str] = {}
        self._unsupported: list[UnsupportedRule] = []
        self._located = 0

    def add(self, path: str, text: str) -> None:
        """Take the documents of one file, and remember why some cannot be run."""
        try:
            documents = read_documents(text, path)
        except RuleError as error:
            self._unsupported.append(_refused(error, path, 1, {}))
            return
        places = functools.cache(lambda: places_by_line(text, documents))
        for one in collected_rules(documents):
            try:
                if one.error is not None:
                    raise one.error
                self._take(one, path, functools.partial(_line_of, places, one.line))
            except RuleError as error:
                line = self._line(one, error, places)
                self._unsupported.append(_refused(error, path, line, one.document))

    def _line(self, refused: CollectedRule, error: RuleError, places: Callable[[], dict[int, Places]]) -> int:
        """Return the line of a fault, or, after many of them, that on which the rule starts."""
        self._located += 1
        if self._located > _MOST_LOCATED or refused.error is not None:
            return refused.line
        if isinstance(error, PartError):
            return line_of_error(error, places()[refused.line].line_of)
        alone = functools.partial(_compile, path="", adaptation=UNCHANGED, pipeline=RulePipeline(UNCHANGED))
        return fault_line(refused.document, places()[refused.line], error, alone)

    def _take(self, collected: CollectedRule, path: str, line_of: LineOf) -> None:
        if "correlation" in collected.document:
            draft = read_correlation(collected.document, path, line_of)
            self._check_repetition(draft.rule)
            self._correlations.append(draft)
        elif "filter" in collected.document:
            compiled = functools.partial(self._compiled, path=path)
            self._filters.append(read_filter(collected.document, line_of, compiled))
        else:
            rule = _numbered(self._compiled(collected.document, path=path), collected.number)
            self._check_repetition(rule)
            self._rules.append(rule)
            if self._changing:
                self._documents[rule.id] = collected.document

    def _check_repetition(self, rule: RuleHead) -> None:
        if rule.id in self._paths:
            what = f"the id {rule.id} is already that of {self._paths[rule.id]}"
            raise RuleError(what, hint="Give the rule an id of its own.")
        self._paths[rule.id] = rule.path

    def finished(self) -> RuleSet:
        """Return everything that can be run, and what cannot."""
        filtered = apply_filters(sorted(self._rules, key=lambda one: one.id), self._filters)
        linked = link_correlations(filtered.rules, self._correlations)
        unsupported = (*self._unsupported, *filtered.unsupported, *linked.unsupported)
        return RuleSet(
            rules=tuple(map(self._renamed, linked.rules)) if self._changing else linked.rules,
            correlations=linked.correlations,
            unsupported=tuple(sorted(unsupported, key=lambda one: (one.path, one.line, one.reason))),
        )

    def _renamed(self, rule: CompiledRule) -> CompiledRule:
        """Find out what pipelines make of the fields that a rule carries, by rules that test nothing else."""
        names = {name: self._fields_for(name, rule) for name in rule.carried}
        return msgspec.structs.replace(rule, carried_as={name: made for name, made in names.items() if made != (name,)})

    def _fields_for(self, name: str, rule: CompiledRule) -> tuple[str, ...]:
        probe = {**self._documents[rule.id], "detection": {"probe": {name: _PROBE}, "condition": "probe"}}
        try:
            conditions = self._compiled(probe, path=rule.path).conditions
        except RuleError:
            return (name,)
        tests = (test for condition in conditions for test, _ in leaves(condition))
        fields = [test.field for test in tests if isinstance(test, TextTest) and test.parts == (_PROBE,) and test.field]
        return tuple(dict.fromkeys(fields)) or (name,)


def _line_of(places: Callable[[], dict[int, Places]], start: int, part: ItemPath) -> int:
    return places()[start].line_of(part)


def _refused(error: RuleError, path: str, line: int, document: Document) -> UnsupportedRule:
    tail = error.where.rpartition(":")[2]
    return UnsupportedRule(
        path=path,
        title=text_of(document.get("title")),
        id=text_of(document.get("id")),
        reason=error.what,
        line=int(tail) if tail.isascii() and tail.isdigit() else line,
        hint=error.hint or "Correct the rule; the others run without it.",
    )


def _compile(document: Document, *, path: str, adaptation: Adaptation, pipeline: RulePipeline) -> CompiledRule:
    _check_names(document.get("detection"))
    check_growth(detection_items(document.get("detection")))
    try:
        rule = SigmaRule.from_dict(document, collect_errors=True, policy=POLICY)
        _check_parsed(rule)
        pipeline.apply(rule)
        conditions = conditions_of(rule, adaptation.placeholders)
    except SigmaError as error:
        raise RuleError(message_of(error), hint="Correct the rule's detection section.") from error
    except (AttributeError, TypeError, ValueError, KeyError, RecursionError) as error:
        # pySigma trusts the shape of a rule in places; a wrong shape is the rule's fault, not ours.
        raise RuleError(f"the rule has an unexpected shape ({message_of(error)})", hint="Correct the rule.") from error
    _check_expressions(conditions)
    head = head_of(rule, document, path)
    return CompiledRule(**msgspec.structs.asdict(head), logsource=_log_source(rule), conditions=conditions)


def _numbered(rule: CompiledRule, number: int) -> CompiledRule:
    """Tell rules of one collection apart that share its id."""
    return rule if number == 1 else msgspec.structs.replace(rule, id=f"{rule.id}-{number}")


def _check_names(detection: object) -> None:
    for name in detection if isinstance(detection, dict) else ():
        if not isinstance(name, str):
            reason = f"a name in the detection section is read as {name!r}, not as text"
            raise RuleError(reason, hint="YAML reads off, on, yes and no as true or false: choose another name.")


def _check_parsed(rule: SigmaRule) -> None:
    if isinstance(rule.detection, EmptySigmaDetections) or isinstance(rule.logsource, EmptyLogSource):
        raise rule.errors[0] if len(rule.errors) == 1 else _gravest(rule.errors)


def _gravest(errors: list[SigmaError]) -> SigmaError:
    """Return the error in the detection or log source: those in titles and dates don't stop a rule."""
    grave = [error for error in errors if "Date" not in type(error).__name__ and "Tag" not in type(error).__name__]
    return (grave or errors)[-1]


def _check_expressions(conditions: tuple[Form, ...]) -> None:
    for condition in conditions:
        for test, _ in leaves(condition):
            if isinstance(test, RegexTest):
                _check_expression(test)
            elif isinstance(test, TextTest):
                _check_length(test)


def _check_length(test: TextTest) -> None:
    length = sum(len(part) if isinstance(part, str) else 1 for part in test.parts)
    if length > _MAX_TEXT_CHARACTERS:
        raise RuleError(f"a value has more than {_MAX_TEXT_CHARACTERS} characters", hint="Look for a part of it.")


def _check_expression(test: RegexTest) -> None:
    try:
        compile_expression(test.expression)
    except ExpressionError as error:
        hint = "Rewrite it without lookaround and back references."
        raise RuleError(f"RE2 cannot run the regular expression {test.pattern!r}: {error}", hint=hint) from error


def _log_source(rule: SigmaRule) -> LogSource:
    source = rule.logsource
    named = {"product": source.product, "category": source.category, "service": source.service}
    return LogSource(**{key: str(value).strip().lower() for key, value in named.items() if value})
