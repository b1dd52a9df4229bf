"""Gaps that a collector tells of itself: files that it found on the machine and could not copy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.evidence.collections.collection import MOST_MISSED
from vigilia.model.evidence import EvidenceItem, Missed
from vigilia.model.result import Gap
from vigilia.model.wording import counted

__all__ = ["missed_file_gaps"]

_MOST_NAMED: Final = 5
# Paths that are logs by their place or ending are named before all others.
_LOG: Final = re.compile(r"\.(?:evtx|log|jsonl?|csv)(?:\.\d|$)|/var/log/|\\winevt\\logs\\|history$", re.IGNORECASE)


def missed_file_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each collection whose collector says that it could not copy something."""
    return [_gap(item) for item in items if item.missed]


def _gap(item: EvidenceItem) -> Gap:
    ordered = sorted(item.missed, key=lambda one: not _LOG.search(one.path[-300:]))
    named = [_said(one) for one in ordered[:_MOST_NAMED]]
    more = len(ordered) - len(named)
    least = "at least " if len(ordered) >= MOST_MISSED else ""
    count = counted(len(ordered), "file or step", "files or steps")
    return Gap(
        id="",
        source="",
        entity=item.host or item.path,
        kind="missing-part",
        start="",
        end="",
        basis=f"{item.collector} says that it could not copy {least}{count}: "
        f"{', '.join(named)}{f', and {more} more' if more else ''}",
        consequence="What stood there was not examined. If a log is among them, copy it by hand or collect again "
        "with administrator's rights.",
    )


def _said(one: Missed) -> str:
    return f"{one.path} ({one.reason})" if one.path and one.reason else one.path or one.reason
