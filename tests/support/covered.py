"""What `vigilia coverage` finds in some files, without worker processes: one small folder after another, quickly."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from unittest.mock import patch

from vigilia.engines.pool import Outcome
from vigilia.engines.protocol import Task
from vigilia.engines.tasks import TASKS
from vigilia.investigate.covering import Covered, cover_evidence
from vigilia.investigate.progress import Silent
from vigilia.investigate.request import Request
from vigilia.model.profile import Profile

__all__ = ["InlinePool", "cover_files"]


class InlinePool:
    """Carries out tasks where it is called; what a worker would survive, a test should see."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def run(self, tasks: Iterable[Task], tell: Callable[[str, int], None], *_: object) -> Iterator[Outcome]:
        for task in tasks:
            yield Outcome(id=task.id, reply=TASKS[task.kind](bytes(task.body), lambda _: None))
            tell(task.id, 0)


def cover_files(files: Mapping[str, bytes], *, zone: str = "UTC", modified: float | None = None) -> Covered:
    """Write files into a folder "evidence" and cover them.

    Args:
        files: path below the folder → content.
        zone: taken for times that say none.
        modified: seconds since 1970 that every file says it was changed at.
    """
    with tempfile.TemporaryDirectory() as scratch, patch("vigilia.investigate.reading.WorkerPool", InlinePool):
        evidence = Path(scratch) / "evidence"
        for name, content in files.items():
            path = evidence / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            if modified is not None:
                os.utime(path, (modified, modified))
        request = Request(
            paths=(evidence,), case=Path(scratch) / "case", name="test", time_zone=zone, profile=Profile(), workers=1
        )
        return cover_evidence(request, Silent())
