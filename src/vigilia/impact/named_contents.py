"""Kinds of content by name, so few that a sentence can be repeated; the rest are counted."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.result import Impact
from vigilia.model.wording import counted, listed

__all__ = ["few", "grouped_by_channels", "named_contents"]

_MOST_NAMED = 5


def named_contents(rows: Sequence[Impact]) -> str:
    """Write the kinds of content of rows, each once: “Donors” and “Members”."""
    return _few_contents(list(dict.fromkeys(row.label for row in rows)))


def grouped_by_channels(rows: Sequence[Impact]) -> str:
    """Write each data class once, with its channels: “Donors” (mailboxes, file shares) and “Members” (mailboxes)."""
    channels: dict[str, list[str]] = {}
    for row in rows:
        if row.channel_label not in channels.setdefault(row.label, []):
            channels[row.label].append(row.channel_label)
    by_channels: dict[str, list[str]] = {}
    for label, kinds in channels.items():
        by_channels.setdefault(", ".join(kinds), []).append(label)
    return "; ".join(f"{_few_contents(labels)} ({kinds})" for kinds, labels in by_channels.items())


def _few_contents(labels: Sequence[str]) -> str:
    return few(labels, "more kind of content", "more kinds of content")


def few(labels: Sequence[str], more: str, several_more: str) -> str:
    """Name at most five and count the rest: “Inbox”, “Sent” … and 2 more folders."""
    named = [f"“{label}”" for label in labels[:_MOST_NAMED]]
    if len(labels) > _MOST_NAMED:
        named.append(counted(len(labels) - _MOST_NAMED, more, several_more))
    return listed(named)
