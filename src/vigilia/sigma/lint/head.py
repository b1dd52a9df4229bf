"""Checks of what describes a rule: title, id, level, status, dates, tags."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence

from vigilia.knowledge.attack import technique_table
from vigilia.model.matches import LEVELS
from vigilia.sigma.documents import Document
from vigilia.sigma.lint.checks import Observation, Observations

__all__ = ["observe_head"]

_STATUSES = ("stable", "test", "experimental", "deprecated", "unsupported")
_NAMESPACES = ("attack", "car", "cve", "d3fend", "detection", "stp", "tlp")  # Sigma tags appendix 2.1
_MAX_TITLE = 256
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAG = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")
_TECHNIQUE = re.compile(r"t[0-9]{4}(\.[0-9]{3})?")
_OBJECT = re.compile(r"[gscmd][a-z]?[0-9]{4}(\.[0-9]{3})?")  # groups, software, campaigns, mitigations, data sources

# Tactics of Enterprise ATT&CK that its table does not name, because newer or older versions have them; and those of
# Mobile and of industrial control systems, which share the namespace.
_OTHER_TACTICS = frozenset(
    {
        "defense-impairment",
        "stealth",
        "reconnaissance",
        "resource-development",
        "network-effects",
        "remote-service-effects",
        "evasion",
        "inhibit-response-function",
        "impair-process-control",
    }
)


def observe_head(document: Document, remarks: Sequence[str]) -> Observations:
    """Yield what is wrong with a rule's head.

    Args:
        document: the rule.
        remarks: what pySigma said of it; only told where none of our own checks speaks of it.
    """
    own = [
        *_title(document.get("title")),
        *_identifier(document.get("id")),
        *_level(document.get("level")),
        *_status(document.get("status")),
        *_dates(document),
        *_tags(document.get("tags")),
    ]
    yield from own
    if not own:
        for remark in remarks:
            yield Observation("SG110", (), remark, "Correct it, or leave it out.")


def _title(title: object) -> Observations:
    if not isinstance(title, str) or not title.strip():
        yield Observation("SG101", ("title",), "there is no title", "Say in a few words what the rule finds.")
    elif len(title) > _MAX_TITLE:
        yield Observation("SG101", ("title",), f"the title has {len(title)} characters", f"Use at most {_MAX_TITLE}.")


def _identifier(identifier: object) -> Observations:
    if identifier is None:
        hint = "Give it a random UUID (version 4), so that others can refer to it."
        yield Observation("SG103", ("id",), "there is no id", hint)
        return
    try:
        uuid.UUID(str(identifier))
    except ValueError:
        yield Observation("SG104", ("id",), f"the id {str(identifier)[:60]!r} is not a UUID", "Use a random UUID.")


def _level(level: object) -> Observations:
    if str(level).lower() not in LEVELS:
        what = "there is no level" if level is None else f"the level {str(level)[:60]!r} is unknown"
        yield Observation("SG105", ("level",), f"{what}; the rule counts as medium", f"Use {', '.join(LEVELS)}.")


def _status(status: object) -> Observations:
    if str(status).lower() not in _STATUSES:
        what = "there is no status" if status is None else f"the status {str(status)[:60]!r} is unknown"
        yield Observation("SG106", ("status",), what, f"Use {', '.join(_STATUSES)}.")


def _dates(document: Document) -> Observations:
    for key in ("date", "modified"):
        written = document.get(key)
        if written is not None and not _is_date(str(written)):
            what = f"{key} {str(written)[:60]!r} is not a date"
            yield Observation("SG107", (key,), what, "Write it as YYYY-MM-DD.")


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def _tags(tags: object) -> Observations:
    for number, tag in enumerate(tags if isinstance(tags, list) else ()):
        namespace, _, name = str(tag).partition(".")
        if not _TAG.fullmatch(str(tag)) or namespace not in _NAMESPACES:
            what = f"the tag {str(tag)[:60]!r} has another form than namespace.name, or an unknown namespace"
            yield Observation("SG108", ("tags", number), what, f"Namespaces are {', '.join(_NAMESPACES)}.")
        elif namespace == "attack":
            yield from _attack(name, number)


def _attack(name: str, number: int) -> Observations:
    table = technique_table()
    path = ("tags", number)
    if _TECHNIQUE.fullmatch(name):
        known = table.techniques.get(name.upper())
        if known is None:
            what = f"ATT&CK {table.version} has no technique {name.upper()}"
            yield Observation("SG109", path, what, "Correct the number, if it is not of a later version.")
        elif known.retired:
            what = f"the technique {name.upper()} is revoked or deprecated in ATT&CK {table.version}"
            yield Observation("SG109", path, what, "Use the one that took its place.")
    elif not _OBJECT.fullmatch(name) and name.replace("_", "-") not in _tactics():
        yield Observation("SG109", path, f"ATT&CK {table.version} has no tactic {name[:60]!r}", "Correct the name.")


def _tactics() -> frozenset[str]:
    named = {tactic for one in technique_table().techniques.values() for tactic in one.tactics}
    return _OTHER_TACTICS | named
