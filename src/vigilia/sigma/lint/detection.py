"""Checks of the detection section as it is written: selections, modifiers, values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from vigilia.model.errors import RuleError
from vigilia.sigma.condition import Quantified, named, parse_condition, resembles
from vigilia.sigma.condition import Selection as NamedSelection
from vigilia.sigma.detection_items import DetectionItem, detection_items, selection_names
from vigilia.sigma.documents import Document
from vigilia.sigma.folding import fold
from vigilia.sigma.lint.checks import Observation, Observations
from vigilia.sigma.places import Places

__all__ = ["observe_detection"]

_LEAST_KEYWORD = 3
_LEAST_ENCODED = 3
_AFFIXES = ("contains", "startswith", "endswith")
_ESCAPED_WILDCARD = re.compile(r"[\w:%)]\\\*")
_META = re.compile(r"[\\.^$*+?{}()|\[\]]")
_EXTENSION = re.compile(
    r"[A-Za-z0-9_]\.(?:exe|dll|sys|ps1|bat|cmd|vbs|hta|docx?|xlsx?|zip|txt|tmp|log|scr|lnk|jar|php|aspx?|jsp)\b"
)
_PARTS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "week": (1, 53), "month": (1, 12)}
_EXACT = frozenset({"re", "cased", "base64", "base64offset"})  # after which values differ that differ by case alone
_SHOWN = 80


def observe_detection(document: Document, places: Places) -> Observations:
    """Yield what is doubtful in a rule's detection section; a rule that cannot be run may have another shape."""
    detection = document.get("detection")
    if not isinstance(detection, Mapping):
        return
    yield from _unused(detection)
    for item in detection_items(detection):
        yield from _item(item, places)


def _unused(detection: Mapping[str, object]) -> Observations:
    conditions = detection.get("condition")
    used: set[str] = set()
    names = selection_names(detection)
    try:
        for condition in conditions if isinstance(conditions, list) else [conditions]:
            for one in named(parse_condition(condition, names)):
                match one:
                    case NamedSelection(name=name):
                        used.add(name)
                    case Quantified(pattern=pattern):
                        used.update(name for name in names if resembles(name, pattern))
    except RuleError:
        return  # told as SG001
    for name in names:
        if name not in used:
            what = f"the selection {name!r} is never used"
            yield Observation("SG201", ("detection", name), what, "Use it in the condition, or leave it out.")


def _item(item: DetectionItem, places: Places) -> Observations:
    yield from _number_of_values(item)
    yield from _repeated(item)
    yield from _written_otherwise(item, places)
    if "re" in item.modifiers:
        yield from _expressions(item)
    else:
        yield from _wildcards(item)
        yield from _keywords(item)
    yield from _time_parts(item)
    yield from _offsets(item)


def _number_of_values(item: DetectionItem) -> Observations:
    if item.listed and not item.values:
        hint = "Write `null` if the field must be missing; else give values."
        yield Observation("SG309", item.path, f"{item.field or 'the list'} has no values", hint)
    elif "all" in item.modifiers and len(item.values) == 1:
        yield Observation("SG301", item.path, "`all` has only one value", "Leave `all` out, or give more values.")


def _repeated(item: DetectionItem) -> Observations:
    exact = bool(_EXACT & set(item.modifiers))
    seen = Counter[str]()
    for path, text in item.texts:
        key = text if exact else fold(text)
        seen[key] += 1
        if seen[key] == 2:
            yield Observation("SG302", path, f"{_shown(text)} is there twice", "Leave one out; case does not matter.")


def _written_otherwise(item: DetectionItem, places: Places) -> Observations:
    for path, value in item.values:
        written = places.plain(path)
        if written is None or isinstance(value, str) or value is None:
            continue
        read = str(value).lower()
        if isinstance(value, float) and value.is_integer():
            read = str(int(value))
        if read != written.lower() and not (isinstance(value, bool) and "exists" in item.modifiers):
            what = f"{_shown(written)} is read as {read}"
            yield Observation("SG310", path, what, "Put it in quotes if it is to be compared as it is written.")


def _wildcards(item: DetectionItem) -> Observations:
    affixes = set(_AFFIXES) & set(item.modifiers)
    for path, text in item.texts:
        if affixes and not text:
            hint = "Leave it out, or use `exists: true`."
            yield Observation("SG311", path, f"an empty text under {'|'.join(item.modifiers)} is in every value", hint)
        starts = bool({"contains", "endswith"} & affixes) and text.startswith("*")
        ends = bool({"contains", "startswith"} & affixes) and text.endswith("*") and not text.endswith("\\*")
        if text.strip("*") and (starts or ends):
            hint = "Leave it out, or write a backslash before it if the character itself is meant."
            yield Observation("SG303", path, f"{_shown(text)} has a wildcard that the modifier adds", hint)
        if _ESCAPED_WILDCARD.search(text) and not text.startswith("\\*"):  # which is no path, but written on purpose
            hint = "Write two backslashes if a backslash and then anything are meant."
            yield Observation("SG304", path, f"in {_shown(text)} the wildcard is a plain character", hint)


def _keywords(item: DetectionItem) -> Observations:
    if item.field:
        return
    for path, value in item.values:
        text = str(value).strip("*")
        if value is not None and len(text) < _LEAST_KEYWORD:
            hint = "Keywords are looked for anywhere in every field: use a longer one, or a field."
            yield Observation("SG308", path, f"the keyword {_shown(text)} is very short", hint)


def _expressions(item: DetectionItem) -> Observations:
    for path, text in item.texts:
        if not _META.search(text) and text and "i" not in item.modifiers:
            hint = "Use `contains|cased`."
            yield Observation("SG305", path, f"{_shown(text)} is a plain text", hint)
        if text.startswith(".*") or (text.endswith(".*") and not text.endswith("\\.*")):
            hint = "Leave it out: an expression is found anywhere in a value."
            yield Observation("SG306", path, f"{_shown(text)} begins or ends with `.*`", hint)
        if (found := _EXTENSION.search(text)) is not None:
            hint = "Write a backslash before the dot."
            yield Observation("SG307", path, f"the dot in {found.group()!r} stands for any character", hint)


def _time_parts(item: DetectionItem) -> Observations:
    for part, (least, most) in _PARTS.items():
        if part not in item.modifiers:
            continue
        for path, value in item.values:
            if isinstance(value, int) and not least <= value <= most:
                what = f"no time has the {part} {value}"
                yield Observation("SG312", path, what, f"Use {least} to {most}.")


def _offsets(item: DetectionItem) -> Observations:
    for path, text in item.texts if "base64offset" in item.modifiers else ():
        if len(text.encode("utf-8", "surrogatepass")) < _LEAST_ENCODED:
            hint = "Nearly every encoded text has so few characters: use a longer one."
            yield Observation("SG313", path, f"{_shown(text)} is very short", hint)


def _shown(text: str) -> str:
    """Return a value as it is written; `repr` would double the backslashes that some remarks are about."""
    return f"'{text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'}'"
