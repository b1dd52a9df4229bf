"""Rule texts → compiled rules. pySigma parses; nothing here touches a disk or a network.

pySigma can download ATT&CK data and keep it in a disk cache, but only from the validators that are never imported here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import cast

import msgspec
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule
from sigma.rule.detection import EmptySigmaDetections
from sigma.rule.logsource import EmptyLogSource

from vigilia.model.errors import RuleError
from vigilia.model.matches import Level
from vigilia.sigma import dialect
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.collection import CollectedRule, collected_rules
from vigilia.sigma.conversion import conditions_of
from vigilia.sigma.documents import Document, read_documents
from vigilia.sigma.expressions import MAX_PATTERN_CHARACTERS, POLICY, ExpressionError, compile_expression
from vigilia.sigma.form import Form, RegexTest, TextTest, leaves
from vigilia.sigma.rules import CompiledRule, LogSource, RuleSet, UnsupportedRule

__all__ = ["compile_rules"]

# What a document is when it is no detection rule, by the key that gives it away.
_OTHER_KINDS = {
    "correlation": "correlation rules are not supported yet",
    "filter": "filters are not supported yet",
}
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
    compiled: dict[str, CompiledRule] = {}
    unsupported: list[UnsupportedRule] = []
    texts = sorted(sources)
    for number, (path, text) in enumerate(texts, start=1):
        for one in _rules_in(text, path):
            try:
                rule = _compile(one, path, adaptation)
                _check_repetition(rule, compiled)
                compiled[rule.id] = rule
            except RuleError as error:
                unsupported.append(_refused(error, path, one.line, one.document))
        if on_progress:
            on_progress(number, len(texts))
    return RuleSet(
        rules=tuple(compiled[one] for one in sorted(compiled)),
        unsupported=tuple(sorted(unsupported, key=lambda one: (one.path, one.line, one.reason))),
    )


def _rules_in(text: str, path: str) -> list[CollectedRule]:
    try:
        return list(collected_rules(read_documents(text, path)))
    except RuleError as error:
        return [CollectedRule(1, {}, error=error)]


def _check_repetition(rule: CompiledRule, compiled: dict[str, CompiledRule]) -> None:
    first = compiled.get(rule.id)
    if first is not None:
        raise RuleError(f"the id {rule.id} is already that of {first.path}", hint="Give the rule an id of its own.")


def _refused(error: RuleError, path: str, line: int, document: Document) -> UnsupportedRule:
    tail = error.where.rpartition(":")[2]
    return UnsupportedRule(
        path=path,
        title=_text(document.get("title")),
        id=_text(document.get("id")),
        reason=error.what,
        line=int(tail) if tail.isascii() and tail.isdigit() else line,
        hint=error.hint or "Correct the rule; the others run without it.",
    )


def _compile(collected: CollectedRule, path: str, adaptation: Adaptation) -> CompiledRule:
    if collected.error is not None:
        raise collected.error
    document = collected.document
    for key, reason in _OTHER_KINDS.items():
        if key in document:
            raise RuleError(reason, hint="The other rules run without it.")
    _check_names(document.get("detection"))
    try:
        rule = SigmaRule.from_dict(document, collect_errors=True, policy=POLICY)
        _check_parsed(rule)
        conditions = conditions_of(rule, adaptation.placeholders)
    except SigmaError as error:
        raise RuleError(_message(error), hint="Correct the rule's detection section.") from error
    except (AttributeError, TypeError, ValueError, KeyError, RecursionError) as error:
        # pySigma trusts the shape of a rule in places; a wrong shape is the rule's fault, not ours.
        raise RuleError(f"the rule has an unexpected shape ({_message(error)})", hint="Correct the rule.") from error
    _check_expressions(conditions)
    compiled = _compiled(rule, document, path, conditions)
    return compiled if collected.number == 1 else _numbered(compiled, collected.number)


def _numbered(rule: CompiledRule, number: int) -> CompiledRule:
    """Tell rules of one collection apart that share its id."""
    return msgspec.structs.replace(rule, id=f"{rule.id}-{number}")


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


def _compiled(rule: SigmaRule, document: Document, path: str, conditions: tuple[Form, ...]) -> CompiledRule:
    tags = sorted({(tag.namespace, tag.name) for tag in rule.tags})
    attack = [name for namespace, name in tags if namespace == "attack"]
    return CompiledRule(
        id=_identifier(rule, document),
        path=path,
        title=_text(rule.title) or "(no title)",
        level=cast(Level, rule.level.name.lower()) if rule.level and not isinstance(rule.level, str) else "medium",
        status=rule.status.name.lower() if rule.status and not isinstance(rule.status, str) else "",
        description=_text(rule.description).strip(),
        technique_ids=tuple(sorted(name.upper() for name in attack if _is_technique(name))),
        tactics=tuple(sorted(name.replace("_", "-") for name in attack if not _is_object(name))),
        false_positives=tuple(_text(one) for one in rule.falsepositives),
        logsource=_log_source(rule),
        conditions=conditions,
        remarks=tuple(_message(error) for error in rule.errors),
    )


def _log_source(rule: SigmaRule) -> LogSource:
    source = rule.logsource
    named = {"product": source.product, "category": source.category, "service": source.service}
    return LogSource(**{key: str(value).strip().lower() for key, value in named.items() if value})


def _identifier(rule: SigmaRule, document: Document) -> str:
    if rule.id is not None:
        return str(rule.id)
    text = repr(sorted((str(key), repr(value)) for key, value in document.items()))
    return f"rule-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _is_object(name: str) -> bool:
    """Tell ATT&CK ids (t1059, g0016, s0002 …) from tactic names."""
    return name[:1] in "tgscm" and name[1:5].isdigit()


def _is_technique(name: str) -> bool:
    return name[:1] == "t" and name[1:5].isdigit()


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _message(error: Exception) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:300]
