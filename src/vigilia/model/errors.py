"""One error root. Each error says what happened, where, and what to do."""

from __future__ import annotations

__all__ = [
    "CaseError",
    "EvidenceError",
    "KnowledgeError",
    "ProfileError",
    "RuleError",
    "UsageError",
    "VigiliaError",
]


class VigiliaError(Exception):
    """What went wrong, where it went wrong, and what the person can do.

    Args:
        what: one clear sentence fragment, e.g. "the file ends in the middle of a record".
        where: path, member path, line or record; empty where there is no place.
        hint: what to do now.
    """

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """Return the whole message on one line."""
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.hint}" if self.hint else ""
        return f"{place}{self.what}.{advice}"


class UsageError(VigiliaError):
    """The command line or a setting cannot be followed (exit code 2)."""


class EvidenceError(VigiliaError):
    """Evidence cannot be opened or changed while it was read."""


class CaseError(VigiliaError):
    """The case folder cannot be read, written or continued."""


class RuleError(VigiliaError):
    """A detection rule cannot be read or cannot be run."""


class ProfileError(VigiliaError):
    """The organisation profile or watch list is wrong."""


class KnowledgeError(VigiliaError):
    """A knowledge table that ships with the package is wrong."""
