"""Whose records vouch for a way: each machine's, each mailbox's, each database's, for itself alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vigilia.impact.hidden_times import entity_key
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import LogNeeded
from vigilia.model.result import Intrusion

__all__ = ["asked_entities", "in_words", "intruder_hosts", "mailboxes_of", "stores_of"]

_STORES = ("table:", "app:")


def intruder_hosts(intrusion: Intrusion) -> set[str]:
    """Return the machines that are more likely than not the intruder's, as first labels in lower case."""
    likely = load_weights().event.counted
    return {entity_key(one.value) for one in intrusion.hosts if one.probability >= likely}


def mailboxes_of(way: Way, intrusion: Intrusion) -> tuple[str, ...]:
    """Return the mailboxes of a way; where it is all mail, those of the accounts that the intruder used.

    Licence and audit settings differ from mailbox to mailbox, so each must be heard for itself.
    """
    named = [key.removeprefix("mailbox:") for key in way.keys if key.startswith("mailbox:")]
    if not named:
        likely = load_weights().event.counted
        named = [one.value.lower() for one in intrusion.accounts if one.probability >= likely and "@" in one.value]
    return tuple(sorted(set(named)))


def stores_of(way: Way) -> tuple[str, ...]:
    """Return the databases and applications of a way, by the first part of their names in lower case."""
    named = [key.partition(":")[2] for key in way.keys if key.startswith(_STORES)]
    return tuple(sorted({one.partition("/")[0].partition(".")[0] for one in named} - {""}))


def asked_entities(ways: Sequence[Way], intrusion: Intrusion) -> set[str]:
    """Return all machines, mailboxes, databases and applications whose records will be asked for."""
    found = intruder_hosts(intrusion)
    for way in ways:
        found.update(way.hosts(), mailboxes_of(way, intrusion), stores_of(way))
    return found


def in_words(log: LogNeeded, entities: Iterable[str]) -> str:
    """Return the first of several entities as a part of a sentence: " on FS01", " of the mailbox ada@a.example"."""
    first = next(iter(entities), "")
    if not first:
        return ""
    if log.per_mailbox:
        return f" of the mailbox {first}"
    if log.per_store:
        return f" of “{first}”"
    return f" {'of' if log.per_client else 'on'} {first.upper()}"
