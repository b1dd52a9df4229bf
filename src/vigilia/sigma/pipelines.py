"""Processing pipelines of pySigma, applied to rules before they are compiled.

A pipeline is a file from somebody else, so only those of its transformations are let in that change rules and nothing
more: none that runs a command, opens a file or an address, or fills in a template. What a pipeline does to one rule is
bounded by `_SizeCheck`, which stands before and behind each transformation.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError, SigmaTransformationError
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import transformations
from sigma.processing.transformations.base import PreprocessingTransformation
from sigma.processing.transformations.external import ExternalSourceBaseTransformation
from sigma.processing.transformations.meta import NestedProcessingTransformation
from sigma.processing.transformations.placeholder import QueryExpressionPlaceholderTransformation
from sigma.rule import SigmaDetection, SigmaRule
from sigma.types import SigmaString

from vigilia.model.errors import RuleError, UsageError
from vigilia.sigma import dialect
from vigilia.sigma.adaptation import Adaptation, PipelineText
from vigilia.sigma.documents import read_documents
from vigilia.sigma.expressions import POLICY

__all__ = ["RulePipeline"]

_KEYS = frozenset({"name", "priority", "transformations", "vars", "allowed_backends"})
_MAX_TRANSFORMATIONS = 500
_MAX_VALUES = 20_000  # of one rule
_MAX_WORK = (
    20_000_000  # characters of each value, squared: what replacing in them may cost (SigmaHQ's most: 13 million)
)
_MAX_REPLACEMENT = 200
_MAX_TARGETS = 16  # to which one field or value may be mapped
_MAX_EXPRESSION = 300  # characters of an expression over conditions, whose parser is not linear
_MAX_PARENTHESES = 4

# Transformations of pySigma that do more than change a rule, each with what it would do.
_REFUSED = {
    "file_placeholders": "reads a file",
    "http_placeholders": "opens an address",
    "command_placeholders": "runs a command",
    "query_expression_placeholders": "writes a query for another product",
    "field_name_transform": "calls a function",
}
_HINT = "See pySigma's documentation of processing pipelines."
_SIZE_CHECK = "vigilia_size_check"


class RulePipeline:
    """All pipelines of an adaptation as one."""

    def __init__(self, adaptation: Adaptation) -> None:
        """Build the pipelines.

        Raises:
            UsageError: one is unknown, is no pipeline, or would do more than change rules.
        """
        dialect.register()
        transformations[_SIZE_CHECK] = _SizeCheck
        transformations["nest"] = _Nested
        parts = sorted(map(_loaded, adaptation.pipelines), key=lambda one: one.priority)
        self._pipeline = functools.reduce(operator.add, parts) if parts else None

    def apply(self, rule: SigmaRule | SigmaCorrelationRule) -> None:
        """Change a rule as the pipelines say.

        Raises:
            sigma.exceptions.SigmaError: a pipeline refuses the rule, or does not fit it.
        """
        if self._pipeline is not None:
            self._pipeline.apply(rule)


def _loaded(source: PipelineText) -> ProcessingPipeline:
    try:
        pipeline = _read(source) if source.text else _installed(source.name)
    except RuleError as error:
        raise UsageError(error.what, where=error.where or source.name, hint=error.hint) from error
    except (SigmaError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        # pySigma trusts the shape of a pipeline in places; a wrong shape is the file's fault.
        reason = " ".join(str(error).split())[:300]
        raise UsageError(f"the pipeline is wrong ({reason})", where=source.name, hint="Correct the file.") from error
    return pipeline


def _read(source: PipelineText) -> ProcessingPipeline:
    documents = read_documents(source.text, source.name)
    if len(documents) != 1:
        raise RuleError("a pipeline file holds one YAML document", hint="Put each pipeline into a file of its own.")
    ((_, document),) = documents
    unknown = sorted(str(key) for key in document if key not in _KEYS)
    if unknown:
        hint = "Finalizers and postprocessing write queries for other products; Vigilia runs rules itself."
        raise RuleError(f"the pipeline has {', '.join(unknown)}, which is not supported", hint=hint)
    items = _sequence(document.get("transformations"), "transformations")
    counted = sum(1 for _ in _all_items(items))
    if counted > _MAX_TRANSFORMATIONS:
        raise RuleError(f"the pipeline has more than {_MAX_TRANSFORMATIONS} transformations", hint="Split it.")
    for number, item in enumerate(_all_items(items), start=1):
        _check_item(item, number)
    return ProcessingPipeline(
        items=[ProcessingItem.from_dict(item, policy=POLICY) for item in _size_checked(items)],
        vars=dict(_mapping(document.get("vars", {}), "vars")),
        priority=_priority(document.get("priority", 0)),
        name=str(document.get("name", source.name)),
        policy=POLICY,
    )


def _priority(value: object) -> int:
    if not isinstance(value, int):
        raise RuleError("the priority is no whole number", hint="Write `priority: 10`.")
    return value


def _sequence(value: object, name: str) -> Sequence[dict[str, object]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise RuleError(f"{name} is not a list of mappings", hint=_HINT)
    return value


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise RuleError(f"{name} is not a mapping", hint=_HINT)
    return value


def _all_items(items: Sequence[dict[str, object]]) -> Iterator[dict[str, object]]:
    """Yield the items and those nested in them; YAML's depth is limited, and so is this."""
    for item in items:
        yield item
        if item.get("type") == "nest":
            yield from _all_items(_sequence(item.get("items"), "items"))


def _check_item(item: Mapping[str, object], number: int) -> None:
    kind = item.get("type")
    if kind not in transformations or kind == _SIZE_CHECK:
        raise RuleError(f"transformation {number} is of an unknown type {kind!r}", hint="Correct its type.")
    if kind in _REFUSED:
        reason = f"transformation {number} ({kind}) {_REFUSED[str(kind)]}, which a pipeline must not"
        raise RuleError(reason, hint="Give the values of placeholders with --placeholders, or under `vars`.")
    if len(str(item.get("replacement", ""))) > _MAX_REPLACEMENT:
        raise RuleError(f"transformation {number} has a replacement of more than {_MAX_REPLACEMENT} characters")
    mapping = item.get("mapping")
    targets = mapping.values() if isinstance(mapping, dict) else ()
    if any(isinstance(one, list) and len(one) > _MAX_TARGETS for one in targets):
        raise RuleError(f"transformation {number} maps one name to more than {_MAX_TARGETS}")
    for key in ("rule_cond_expr", "detection_item_cond_expr", "field_name_cond_expr"):
        text = str(item.get(key) or "")
        if len(text) > _MAX_EXPRESSION or text.count("(") > _MAX_PARENTHESES:
            raise RuleError(f"{key} of transformation {number} is too long", hint="Split the transformation.")


def _size_checked(items: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Put a check before and behind each item, at every depth."""
    checked: list[dict[str, object]] = [{"type": _SIZE_CHECK}]
    for item in items:
        nested = item.get("type") == "nest"
        inside = {"items": _size_checked(_sequence(item["items"], "items"))} if nested else {}
        checked += [{**item, **inside}, {"type": _SIZE_CHECK}]
    return checked


def _installed(name: str) -> ProcessingPipeline:
    """Return a pipeline of an installed pySigma plug-in; no directory is asked and nothing is downloaded."""
    from sigma.plugins import InstalledSigmaPlugins  # slow, and needed for this alone

    found = InstalledSigmaPlugins.autodiscover(include_backends=False, include_validators=False).pipelines
    if name not in found:
        others = f" Installed: {', '.join(sorted(found))}." if found else ""
        hint = f"Give the name of a pipeline, or a YAML file.{others}"
        raise RuleError(f"there is no pipeline named {name}", hint=hint)
    pipeline = found[name]()
    refused = (ExternalSourceBaseTransformation, QueryExpressionPlaceholderTransformation)
    if any(isinstance(item.transformation, refused) for item in pipeline.items):
        raise RuleError("the pipeline reads files or addresses, or writes queries", hint="Use another.")
    return pipeline


@dataclass
class _SizeCheck(PreprocessingTransformation):
    """Stops a pipeline that makes a rule grow beyond all bounds."""

    def apply(self, rule: SigmaRule | SigmaCorrelationRule) -> None:
        """Count the rule's values and their characters."""
        if not isinstance(rule, SigmaRule):
            return
        values = work = 0
        pending = list(rule.detection.detections.values())
        while pending:
            for item in pending.pop().detection_items:
                if isinstance(item, SigmaDetection):
                    values += 1
                    pending.append(item)
                else:
                    values += 1 + len(item.value)
                    work += sum(len(one) ** 2 for one in item.value if isinstance(one, SigmaString))
            if values > _MAX_VALUES or work > _MAX_WORK:
                raise SigmaTransformationError("a pipeline makes the rule too large")


@dataclass
class _Nested(NestedProcessingTransformation):
    """Nested items see the variables of the pipeline that they stand in; pySigma's own see none."""

    def apply(self, rule: SigmaRule | SigmaCorrelationRule) -> None:
        """Apply the nested items."""
        outer = cast(ProcessingPipeline, self._pipeline)
        self._nested_pipeline.vars = outer.vars
        super().apply(rule)
