"""Scanners for tests of the bench: small Python programs in the place of real ones."""

from __future__ import annotations

from bench.runners import Detections, Runner

__all__ = ["COPIES", "scanner"]

COPIES = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"


def scanner(name: str, code: str = COPIES) -> Runner:
    """Return a scanner of JSON lines that runs this code with the place to scan and the file to write."""
    return Runner(
        name=name,
        program="{python}",
        version=(),
        folders=True,
        commands={"jsonl": ("-c", code, "{place}", "{output}")},
        detections=Detections("output", "lines"),
    )
