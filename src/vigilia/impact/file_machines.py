"""Which machines' logs a file holds: known from its records, from its collector, or from the files beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilia.impact.hidden_times import entity_key
from vigilia.impact.machine_logs import HeldLog, MachineLogs
from vigilia.model.evidence import EvidenceItem

__all__ = ["FileMachines", "file_machines"]


@dataclass(frozen=True, slots=True)
class FileMachines:
    """The files of a case and the machines that they are of.

    Attributes:
        items: path → file.
        held: item → logs that it holds.
    """

    items: Mapping[str, EvidenceItem]
    held: Mapping[str, Sequence[HeldLog]]
    _folders: Mapping[str, frozenset[str]]

    def hosts(self, path: str) -> list[str]:
        """Return the machines of a file, sorted; empty where nothing tells.

        A file without records is of the machine that its collector names, or of that of which all files beside it are.
        """
        item = self.items[path]
        found = {entity_key(one.host): one.host for one in self.held.get(item.item, ())}
        if not found and item.host:
            return [item.host]
        near = self._folders.get(_folder(path), frozenset())
        if not found and len({entity_key(host) for host in near}) == 1:
            return [min(near)]
        return sorted(found.values())


def file_machines(items: Sequence[EvidenceItem], logs: MachineLogs) -> FileMachines:
    """Return which machines the files of a case are of."""
    held = logs.of_files()
    folders: dict[str, frozenset[str]] = {}
    for item in items:
        folder = _folder(item.path)
        folders[folder] = folders.get(folder, frozenset()) | {one.host for one in held.get(item.item, ())}
    return FileMachines({item.path: item for item in items}, held, folders)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
