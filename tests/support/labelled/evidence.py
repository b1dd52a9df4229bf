"""Labelled acts as evidence files, one for each shape, and the way back from an event to its act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.labelled.acts import LabelledAct
from support.labelled.cloud_files import CLOUD_FILES
from support.labelled.server_files import SERVER_FILES
from support.labelled.shapes import SHAPES
from support.labelled.unix_files import UNIX_FILES
from support.labelled.windows_files import WINDOWS_FILES
from vigilia.model.events import item_id

__all__ = ["Written", "write_evidence"]

_FILES: Mapping[str, Callable[[Sequence[LabelledAct]], str | bytes]] = {
    **CLOUD_FILES,
    **WINDOWS_FILES,
    **UNIX_FILES,
    **SERVER_FILES,
}


@dataclass(frozen=True, slots=True)
class Written:
    """Which act an event belongs to: by its item and second, or by its record number where there is no time."""

    by_second: dict[tuple[str, int], LabelledAct]
    by_record: dict[tuple[str, int], LabelledAct]

    def act(self, event_id: str, second: int | None) -> LabelledAct | None:
        """Return the act that an event records; None for an event that is no act (a connection, a header)."""
        item, _, record = event_id.partition(":")
        if (item, int(record)) in self.by_record:
            return self.by_record[item, int(record)]
        return None if second is None else self.by_second.get((item, second))


def write_evidence(acts: Sequence[LabelledAct], folder: Path) -> Written:
    """Write the files; the folder must not be there yet."""
    folder.mkdir(parents=True)
    written = Written({}, {})
    for shape in SHAPES:
        own = [act for act in acts if act.shape == shape.name]
        if not own:
            continue
        content = _FILES[shape.name](own)
        encoded = content.encode() if isinstance(content, str) else content
        (folder / shape.name).write_bytes(encoded)
        item = item_id(hashlib.sha256(encoded).hexdigest())
        if shape.untimed:
            written.by_record.update({(item, number): act for number, act in enumerate(own)})
        else:
            written.by_second.update({(item, int(act.at.timestamp())): act for act in own})
    return written
