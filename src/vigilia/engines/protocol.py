"""What the pool and its workers say to each other: one JSON object per line, both ways. Nothing is pickled."""

from __future__ import annotations

import msgspec

__all__ = [
    "Beat",
    "Bury",
    "Failed",
    "Fork",
    "Hello",
    "Message",
    "Order",
    "Prepare",
    "Replied",
    "Task",
    "TaskError",
    "decode_message",
]


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work.

    Attributes:
        id: chosen by the caller, unique within a run.
        kind: a name in the worker's registry ("unpack").
        body: JSON, on one line, as that kind takes it.
    """

    id: str
    kind: str
    body: msgspec.Raw


class TaskError(msgspec.Struct, frozen=True, kw_only=True):
    """An error as its own words: class name, and the three parts of a VigiliaError."""

    type: str
    what: str
    where: str = ""
    hint: str = ""


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """The worker is ready. `missing` names the limits that this platform cannot set."""

    pid: int
    missing: list[str]


class Beat(msgspec.Struct, frozen=True, kw_only=True, tag="beat"):
    """The task is alive: bytes of progress so far."""

    id: str
    progress: int


class Replied(msgspec.Struct, frozen=True, kw_only=True, tag="reply"):
    """The task is done."""

    id: str
    reply: msgspec.Raw


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="error"):
    """The task raised."""

    id: str
    error: TaskError


class Prepare(msgspec.Struct, frozen=True, kw_only=True, tag="prepare"):
    """To a fork server: do ahead what tasks of a kind, with this in common, would otherwise do one by one."""

    kind: str
    body: msgspec.Raw


class Fork(msgspec.Struct, frozen=True, kw_only=True, tag="fork"):
    """To a fork server: let the worker begin whose pipes are in this slot. It says hello by itself."""

    slot: int


class Bury(msgspec.Struct, frozen=True, kw_only=True, tag="bury"):
    """To a fork server: wait for the end of a worker, and answer its exit code, a number on a line."""

    pid: int


Order = Prepare | Fork | Bury
Message = Hello | Beat | Replied | Failed
_DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def decode_message(line: bytes) -> Message:
    """Read one line from a worker.

    Raises:
        msgspec.DecodeError: it is no such message.
    """
    return _DECODER.decode(line)
