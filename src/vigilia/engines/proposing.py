"""A look at one file, to propose what its columns mean. Runs in a worker: the bytes may come from an attacker."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from vigilia.engines.protocol import Task
from vigilia.evidence.file_kinds import what_it_is
from vigilia.evidence.opened_file import open_evidence
from vigilia.model.errors import EvidenceError
from vigilia.normalize.proposal import Proposal, propose
from vigilia.readers.reader import HEAD_BYTES
from vigilia.readers.recognise import recognise

__all__ = ["Look", "decode_look", "propose_body", "propose_task"]


_NOT_A_TABLE: Final = "Only tables (CSV, TSV) and JSON records can be mapped."


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a file gave.

    Attributes:
        known: title of the reader that takes such files already, or empty.
        proposal: None where the file is known.
    """

    known: str = ""
    proposal: Proposal | None = None


class _Body(msgspec.Struct, frozen=True, kw_only=True):
    location: bytes


def propose_task(path: Path) -> Task:
    """Return the task that looks at one file."""
    body = _Body(location=os.fsencode(path.absolute()))
    return Task(id=str(path), kind="propose", body=msgspec.Raw(msgspec.json.encode(body)))


def propose_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out a "propose" task in a worker."""
    beat(1)
    asked = msgspec.json.decode(body, type=_Body)
    with open_evidence(Path(os.fsdecode(asked.location))) as stream:
        head = stream.read(HEAD_BYTES)
        reader = recognise(head)
        if reader is not None:
            return msgspec.json.encode(Look(known=reader.title))
        if said := what_it_is(head):
            raise EvidenceError(said[:1].lower() + said[1:].rstrip("."), where="the file", hint=_NOT_A_TABLE)
        stream.seek(0)
        return msgspec.json.encode(Look(proposal=propose(stream)))


def decode_look(reply: bytes) -> Look:
    """Read the reply to a "propose" task."""
    return msgspec.json.decode(reply, type=Look)
