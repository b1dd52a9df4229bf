"""The kinds of work that a worker knows: a name, and a function from a JSON body to a JSON reply.

The module of a kind is imported when it is first asked for: a worker that detects has no need of what unpacks.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TypeAlias

__all__ = ["TASKS", "LateTask", "Registry", "TaskFunction"]

# Takes the body and a beat (told the number of bytes of each step), returns the reply; both JSON.
TaskFunction: TypeAlias = Callable[[bytes, Callable[[int], None]], bytes]
Registry: TypeAlias = Mapping[str, TaskFunction]


@dataclass(frozen=True, slots=True)
class LateTask:
    """A function of a module of this room, imported when it is needed.

    Attributes:
        warm_up: a function of the module that loads what every task of this kind uses; empty for none.
        get_ready: a function of the module that does ahead what tasks with this in common need; empty for none.
    """

    module: str
    name: str
    warm_up: str = ""
    get_ready: str = ""

    def prepare(self) -> None:
        """Do ahead what the first task would have to wait for."""
        module = self._load()
        if self.warm_up:
            getattr(module, self.warm_up)()

    def prepare_for(self, body: bytes) -> None:
        """Do ahead what all tasks need that have this in common, JSON as their kind has it."""
        if self.get_ready:
            getattr(self._load(), self.get_ready)(body)

    def __call__(self, body: bytes, beat: Callable[[int], None]) -> bytes:
        """Carry out a task."""
        reply: bytes = getattr(self._load(), self.name)(body, beat)
        return reply

    def _load(self) -> ModuleType:
        return importlib.import_module(f"vigilia.engines.{self.module}")


# A new kind of work is one function and one line here.
TASKS: Mapping[str, LateTask] = {
    "unpack": LateTask("unpacking", "unpack_body"),
    "describe": LateTask("describing", "describe_body"),
    "examine": LateTask("examination", "examine_body", get_ready="get_ready"),
    "confirm": LateTask("unpacking", "confirm_body"),
    "propose": LateTask("proposing", "propose_body"),
    "detect": LateTask("detection", "detect_body", warm_up="warm_up", get_ready="get_ready"),
    "correlate": LateTask("correlating", "correlate_body"),
}
