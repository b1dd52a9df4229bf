"""Markers that a query was made and gave nothing: they are evidence of coverage, though there is no record in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap

__all__ = ["answered_sources", "empty_result_gaps", "is_empty_result"]

# Untitled Goose Tool writes such a file for each query without an answer (github.com/cisagov/untitledgoosetool).
_MARKER: Final = re.compile(r"[-_]no[-_]results\.(?:json|csv|txt)$", re.IGNORECASE)
# Words in its name → the log source that was asked; the first that is found counts.
_ASKED: Final = (
    ("ual", "m365.audit"),
    ("signin", "entra.signin"),
    ("azureadaudit", "entra.audit"),
    ("directoryaudit", "entra.audit"),
    ("messagetrace", "exchange.message-trace"),
    ("inboxrules", "exchange.rules"),
    ("advancedhunting", "defender.hunting"),
    ("activity_log", "azure.activity"),
)


def is_empty_result(path: str) -> bool:
    """Tell whether a file's name says that a query gave nothing."""
    return bool(_MARKER.search(path.rpartition("/")[2][-120:]))


def answered_sources(items: Sequence[EvidenceItem]) -> set[str]:
    """Return the log sources that were asked and held nothing."""
    return {source for item in items if is_empty_result(item.path) and (source := _asked(item.path))}


def empty_result_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each such marker: nothing found is not the same as nothing recorded."""
    return [_gap(item) for item in items if is_empty_result(item.path)]


def _asked(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return next((source for word, source in _ASKED if word in name), "")


def _gap(item: EvidenceItem) -> Gap:
    return Gap(
        id="",
        source=_asked(item.path),
        entity=item.path,
        kind="empty-result",
        start="",
        end="",
        basis="the tool that collected this says that its query was made and gave no result",
        consequence="Either nothing was there, or it was not recorded, no longer kept, or the one who asked was not "
        "allowed to see it: the marker does not tell which.",
    )
