"""What package tools printed on Debian, /var/log/apt/term.log: one record for each run of dpkg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_START: Final = "Log started: "
_END: Final = "Log ended: "


def _run(lines: Sequence[str]) -> dict[str, FieldValue]:
    printed = [line.rpartition("\r")[2] for line in lines[1:] if not line.startswith(_END)]
    ends = [line for line in lines if line.startswith(_END)]
    fields: dict[str, FieldValue] = {"time": _moment(lines[0], _START), "action": "run", "message": "\n".join(printed)}
    return fields | ({"end": _moment(ends[-1], _END)} if ends else {})


def _moment(line: str, label: str) -> str:
    return " ".join(line.removeprefix(label).split())


READER: Final[Reader] = BlockReader(
    name="linux-apt-term",
    source="linux.packages",
    title="Debian and Ubuntu package output (apt term.log)",
    begins=lambda line: line.startswith(_START),
    parse=_run,
    sureness=0.95,
)
