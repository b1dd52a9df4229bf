"""The kinds of work that a worker knows: a name, and a function from a JSON body to a JSON reply."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from vigilia.engines.examination import examine_body
from vigilia.engines.proposing import propose_body
from vigilia.engines.protocol import Task
from vigilia.evidence.budgets import Budgets
from vigilia.evidence.collections.collection import Description, Gathered
from vigilia.evidence.collections.gathering import describe
from vigilia.evidence.handed_in import HandedFile
from vigilia.evidence.opened_file import confirm_unchanged
from vigilia.evidence.spool import Spool
from vigilia.evidence.unpack import Unpacked, unpack

__all__ = ["TASKS", "Registry", "TaskFunction", "confirm_task", "decode_described", "decode_unpacked", "describe_task"]
__all__ += ["unpack_task"]

# Takes the body and a beat (told the number of bytes of each step), returns the reply; both JSON.
TaskFunction: TypeAlias = Callable[[bytes, Callable[[int], None]], bytes]
Registry: TypeAlias = Mapping[str, TaskFunction]


class _UnpackBody(msgspec.Struct, frozen=True, kw_only=True):
    file: HandedFile
    spool: bytes
    budgets: Budgets
    passwords: tuple[str, ...]


def unpack_task(file: HandedFile, spool: Path, budgets: Budgets, passwords: Sequence[str] = ()) -> Task:
    """Return the task that unpacks one handed-in file; its id is the file's path as shown."""
    body = _UnpackBody(file=file, spool=os.fsencode(spool.absolute()), budgets=budgets, passwords=tuple(passwords))
    return Task(id=file.path, kind="unpack", body=msgspec.Raw(msgspec.json.encode(body)))


def decode_unpacked(reply: bytes) -> Unpacked:
    """Read the reply to an "unpack" task."""
    return msgspec.json.decode(reply, type=Unpacked)


def _unpack(body: bytes, beat: Callable[[int], None]) -> bytes:
    asked = msgspec.json.decode(body, type=_UnpackBody)
    spool = Spool(Path(os.fsdecode(asked.spool)))
    return msgspec.json.encode(unpack(asked.file, spool, asked.budgets, beat, asked.passwords))


def describe_task(gathered: Gathered) -> Task:
    """Return the task that reads what a collector says of a collection; its id is the collection's root."""
    return Task(id=gathered.root, kind="describe", body=msgspec.Raw(msgspec.json.encode(gathered)))


def decode_described(reply: bytes) -> Description:
    """Read the reply to a "describe" task."""
    return msgspec.json.decode(reply, type=Description)


def _describe(body: bytes, beat: Callable[[int], None]) -> bytes:
    return msgspec.json.encode(describe(msgspec.json.decode(body, type=Gathered), beat))


class _ConfirmBody(msgspec.Struct, frozen=True, kw_only=True):
    file: HandedFile
    sha256: str


def confirm_task(file: HandedFile, sha256: str) -> Task:
    """Return the task that hashes a handed-in file again; it fails where the file is no longer what it was."""
    body = _ConfirmBody(file=file, sha256=sha256)
    return Task(id=file.path, kind="confirm", body=msgspec.Raw(msgspec.json.encode(body)))


def _confirm(body: bytes, beat: Callable[[int], None]) -> bytes:
    asked = msgspec.json.decode(body, type=_ConfirmBody)
    confirm_unchanged(asked.file.file, asked.sha256, beat, shown=asked.file.path)
    return b"true"


# A new kind of work is one function and one line here.
TASKS: Registry = {
    "unpack": _unpack,
    "describe": _describe,
    "examine": examine_body,
    "confirm": _confirm,
    "propose": propose_body,
}
