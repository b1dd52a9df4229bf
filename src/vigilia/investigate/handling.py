"""How evidence may be handled: what it may cost, and which passwords open it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from vigilia.evidence.budgets import Budgets

__all__ = ["AskPasswords", "Handling"]

# Is told the files that stay closed, returns passwords to try on them; none to go on without.
AskPasswords: TypeAlias = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Handling:
    """Settings for unpacking and reading.

    Attributes:
        budgets: what one handed-in file may cost.
        passwords: for encrypted archives; never written anywhere.
        ask: asked once, where archives stay closed; None where nobody can be asked.
    """

    budgets: Budgets = field(default_factory=Budgets)
    passwords: tuple[str, ...] = field(default=(), repr=False)
    ask: AskPasswords | None = field(default=None, repr=False)
