"""Whose records vouch for a way: each machine's, each mailbox's, each database's, for itself alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from vigilia.impact.hidden_times import entity_key
from vigilia.impact.locators import RESOURCE_NAME
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import LogNeeded
from vigilia.model.result import Intrusion

__all__ = ["asked_entities", "in_words", "intruder_hosts", "mailboxes_of", "stores_of"]

_STORES = ("table:", "app:", "bucket:")
_NOT_A_WORD = re.compile(r"[^\w]+")


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
    """Return the databases, applications and buckets of a way, by the words of the first part of their names.

    Words are in lower case with a space between them, as records are asked for them.
    """
    named = [key for key in way.keys if key.startswith(_STORES) and not key.startswith(RESOURCE_NAME)]
    return tuple(sorted({_store(*key.split(":", 1)) for key in named} - {""}))


def _store(kind: str, name: str) -> str:
    first = name.partition("/")[0]
    return _NOT_A_WORD.sub(" ", first if kind == "bucket" else first.partition(".")[0]).strip()


def asked_entities(ways: Sequence[Way], intrusion: Intrusion) -> set[str]:
    """Return all machines, mailboxes, databases, applications and buckets whose records will be asked for."""
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
