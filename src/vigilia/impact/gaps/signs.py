"""Gaps that the files themselves show: torn ends, cut values, rewritten dates, clocks that jump."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from vigilia.model.evidence import EvidenceItem, Sign, SignKind
from vigilia.model.result import Gap, GapKind

__all__ = ["is_torn_member", "sign_gaps"]

# What each sign means; "form" is noted in the list of evidence and costs nothing.
_MEANS: Final[Mapping[SignKind, tuple[GapKind, str]]] = {
    "torn": (
        "torn",
        "It was cut off, or copied while it was being written: what came after is not here. Copy or export it again.",
    ),
    "cut-values": (
        "cut-values",
        "What stood behind the cut was not examined. Export it again, as JSON or with a newer tool, "
        "and hand it in without opening it in a spreadsheet.",
    ),
    "clock-jump": (
        "clock",
        "The clock was set back, or two logs were put together: times and the order of events are uncertain there. "
        "Setting a clock back is also a way to hide something.",
    ),
    "dates": (
        "clock",
        "Times are less exact than they were recorded, or may mean another day. "
        "Hand in the export as it was downloaded, not saved again.",
    ),
    "replaced-text": (
        "unreadable",
        "Names and words in these records may be mangled, and a search for them may miss. Export them again as UTF-8.",
    ),
}

# What unpacking says of a member whose compressed bytes end too early; the part before it was read.
_CUT_MEMBER: Final = "bytes before that are read."


def sign_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each sign that an item is not whole, or not as it was recorded."""
    return [gap for item in items for gap in _of_item(item)]


def is_torn_member(warning: str) -> bool:
    """Tell whether a warning says that a packed member ended too early."""
    return warning.endswith(_CUT_MEMBER)


def _of_item(item: EvidenceItem) -> Iterator[Gap]:
    for sign in item.signs:
        if sign.kind in _MEANS:
            yield _gap(item, sign)
    for warning in item.warnings:
        if is_torn_member(warning):
            yield _gap(item, Sign(kind="torn", basis=warning.rstrip(".")))


def _gap(item: EvidenceItem, sign: Sign) -> Gap:
    kind, consequence = _MEANS[sign.kind]
    whole = kind == "torn"
    return Gap(
        id="",
        source=item.source,
        entity=item.path,
        kind=kind,
        start=sign.start or (item.last_time if whole else item.first_time),
        end=sign.end or ("" if whole else item.last_time),
        basis=sign.basis,
        consequence=consequence,
    )
