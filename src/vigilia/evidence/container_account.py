"""What becomes of a container's own bytes while its members are handed out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from vigilia.evidence.budgets import FileRefused, MemberRefused
from vigilia.evidence.containers import Damage
from vigilia.evidence.sevenzip_archive import Locked
from vigilia.evidence.sevenzip_coders import Unreadable
from vigilia.model.errors import EvidenceError
from vigilia.model.events import item_id
from vigilia.model.evidence import ContainerKind, EvidenceItem, ItemStatus

__all__ = ["ContainerAccount", "sentence"]


@dataclass(slots=True)
class ContainerAccount:
    """Its status, its losses in its own bytes, and sentences about it."""

    status: ItemStatus = "container"
    quarantined: int = 0
    ignored: int = 0
    not_unpacked: int = 0
    warnings: list[str] = field(default_factory=list)

    def lose(self, stored: int) -> None:
        """Count a member that gave nothing, with the bytes that it takes in the container."""
        self.not_unpacked += 1
        self.quarantined += stored

    def ignore(self, unclaimed: int) -> None:
        """Count bytes that belong to nothing: something may be hidden there."""
        if unclaimed:
            self.ignored += unclaimed
            self.warnings.append(f"Bytes that belong to no member of the archive: {unclaimed}.")

    def close(self, error: Damage | MemberRefused | Unreadable | Locked, size: int) -> None:
        """Note that the container stays closed as a whole."""
        self.quarantined = size
        if isinstance(error, Damage):
            self.status = "quarantined"
            self.warnings.append(sentence(error, "Export or copy it again."))
        elif isinstance(error, MemberRefused):
            self.status = "refused"
            self.warnings.append(f"It was not opened: {error.what}.")
        elif isinstance(error, Unreadable):
            self.status = "unreadable"
            self.warnings.append(f"Its directory is packed with {error}, which is not read; hand it in unpacked.")
        else:
            self.status = "unreadable"
            self.warnings.append(str(error))

    @contextmanager
    def rest_is_lost(self, rest: Callable[[], int]) -> Iterator[None]:
        """What a damaged or refused stream left unread is the container's loss."""
        try:
            yield
        except Damage as damage:
            self.quarantined += rest()
            self.warnings.append(sentence(damage))
        except (MemberRefused, FileRefused) as error:
            self.quarantined += rest()
            if isinstance(error, FileRefused):
                raise
            self.status = "refused"
            self.warnings.append(f"Unpacking was stopped: {error.what}.")

    def item(self, path: str, kind: ContainerKind, sha256: str, size: int) -> EvidenceItem:
        """Return the finished account."""
        if self.not_unpacked:
            self.warnings.append(f"Members that were not unpacked: {self.not_unpacked}.")
        quarantined = min(self.quarantined, size)
        ignored = min(self.ignored, size - quarantined)
        return EvidenceItem(
            item=item_id(sha256),
            path=path,
            sha256=sha256,
            bytes=size,
            status=self.status,
            format=kind,
            bytes_parsed=size - quarantined - ignored,
            bytes_quarantined=quarantined,
            bytes_ignored=ignored,
            warnings=self.warnings,
        )


def sentence(error: EvidenceError, more: str = "") -> str:
    """Return what an error says as a sentence, and another behind it."""
    text = error.what[:1].upper() + error.what[1:] + "."
    return f"{text} {more}" if more else text
