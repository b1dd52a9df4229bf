"""What collectors say of their collections is read in worker processes: the intruder may have written it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from vigilia.engines.protocol import Task
from vigilia.evidence.collections.collection import Description, Gathered
from vigilia.evidence.collections.gathering import describe

__all__ = ["decode_described", "describe_body", "describe_task"]


def describe_task(gathered: Gathered) -> Task:
    """Return the task that reads what a collector says of a collection; its id is the collection's root."""
    return Task(id=gathered.root, kind="describe", body=msgspec.Raw(msgspec.json.encode(gathered)))


def decode_described(reply: bytes) -> Description:
    """Read the reply to a "describe" task."""
    return msgspec.json.decode(reply, type=Description)


def describe_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out a "describe" task in a worker."""
    return msgspec.json.encode(describe(msgspec.json.decode(body, type=Gathered), beat))
