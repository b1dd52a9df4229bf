"""What every kind of rule says about itself: title, level, tags …, from pySigma's objects."""

from __future__ import annotations

import hashlib
from typing import cast

from sigma.rule.attributes import SigmaLevel, SigmaStatus
from sigma.rule.base import SigmaRuleBase

from vigilia.model.matches import Level
from vigilia.sigma.documents import Document
from vigilia.sigma.rules import RuleHead

__all__ = ["head_of", "message_of", "text_of"]

_MESSAGE_CHARACTERS = 300


def head_of(rule: SigmaRuleBase, document: Document, path: str) -> RuleHead:
    """Return what a rule says about itself; errors that pySigma collected are its remarks."""
    tags = sorted({(tag.namespace, tag.name) for tag in rule.tags})
    attack = [name for namespace, name in tags if namespace == "attack"]
    return RuleHead(
        id=_identifier(rule, document),
        path=path,
        title=text_of(rule.title) or "(no title)",
        level=cast(Level, rule.level.name.lower()) if isinstance(rule.level, SigmaLevel) else "medium",
        status=rule.status.name.lower() if isinstance(rule.status, SigmaStatus) else "",
        description=text_of(rule.description).strip(),
        technique_ids=tuple(sorted(name.upper() for name in attack if _is_technique(name))),
        tactics=tuple(sorted(name.replace("_", "-") for name in attack if not _is_object(name))),
        software_ids=tuple(sorted(name.upper() for name in attack if _is_software(name))),
        false_positives=tuple(text_of(one) for one in rule.falsepositives),
        name=text_of(document.get("name")).strip(),
        remarks=tuple(message_of(error) for error in rule.errors),
    )


def text_of(value: object) -> str:
    """Return a value of a document as text; empty where there is none."""
    return "" if value is None else str(value)


def message_of(error: Exception) -> str:
    """Return an error's message on one line."""
    return " ".join((str(error) or type(error).__name__).split())[:_MESSAGE_CHARACTERS]


def _identifier(rule: SigmaRuleBase, document: Document) -> str:
    if rule.id is not None:
        return str(rule.id)
    text = repr(sorted((str(key), repr(value)) for key, value in document.items()))
    return f"rule-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def _is_object(name: str) -> bool:
    """Tell ATT&CK ids (t1059, g0016, s0002 …) from tactic names."""
    return name[:1] in "tgscm" and name[1:5].isdigit()


def _is_technique(name: str) -> bool:
    return name[:1] == "t" and name[1:5].isdigit()


def _is_software(name: str) -> bool:
    return name[:1] == "s" and name[1:5].isdigit()
