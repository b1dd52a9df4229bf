"""Handed-in files are hashed and unpacked, and hashed again at the end. Runs in worker processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from vigilia.engines.protocol import Task
from vigilia.evidence.budgets import Budgets
from vigilia.evidence.handed_in import HandedFile
from vigilia.evidence.leaf import Unpacked
from vigilia.evidence.opened_file import confirm_unchanged
from vigilia.evidence.spool import Spool
from vigilia.evidence.unpack import unpack

__all__ = ["confirm_body", "confirm_task", "decode_unpacked", "unpack_body", "unpack_task"]


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


def unpack_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out an "unpack" task in a worker."""
    asked = msgspec.json.decode(body, type=_UnpackBody)
    spool = Spool(Path(os.fsdecode(asked.spool)))
    return msgspec.json.encode(unpack(asked.file, spool, asked.budgets, beat, asked.passwords))


class _ConfirmBody(msgspec.Struct, frozen=True, kw_only=True):
    file: HandedFile
    sha256: str


def confirm_task(file: HandedFile, sha256: str) -> Task:
    """Return the task that hashes a handed-in file again; it fails where the file is no longer what it was."""
    body = _ConfirmBody(file=file, sha256=sha256)
    return Task(id=file.path, kind="confirm", body=msgspec.Raw(msgspec.json.encode(body)))


def confirm_body(body: bytes, beat: Callable[[int], None]) -> bytes:
    """Carry out a "confirm" task in a worker."""
    asked = msgspec.json.decode(body, type=_ConfirmBody)
    confirm_unchanged(asked.file.file, asked.sha256, beat, shown=asked.file.path)
    return b"true"
