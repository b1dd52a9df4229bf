"""Writes the demo incident: evidence, organisation profile, watch list and truth, as separate things."""

from __future__ import annotations

from pathlib import Path

from vigilia.demo.dates import EXPORTED
from vigilia.demo.evidence_files import evidence_files, write_file, write_log
from vigilia.demo.people import scenario_text
from vigilia.demo.truth import truth_document

__all__ = ["write_incident"]


def write_incident(folder: Path, seed: int = 2022) -> None:
    """Write a fictional intrusion at a fictional human-rights organisation.

    The same seed gives the same bytes and modification times. The folder then holds `evidence/`, `org.toml`,
    `watchlist.toml` (plain text: the caller encrypts it) and `truth.json` (see docs/demo.md).

    Raises:
        OSError: the folder cannot be written.
    """
    files = evidence_files(seed)
    for file in files:
        write_log(folder / "evidence", file)
    for name in ("org.toml", "watchlist.toml"):
        write_file(folder / name, scenario_text(name).encode(), EXPORTED)
    write_file(folder / "truth.json", truth_document(files, seed), EXPORTED)
