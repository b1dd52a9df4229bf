"""The rules that are scanned with: SigmaHQ's, several times as many of the same kind, and one alone."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
import pytest

from bench.corpora import Skipped
from bench.rule_variants import write_variants
from support.public_logs import public_logs

__all__ = ["TIMES", "RuleFolder", "make_rules"]

TIMES = 5

# Reads as every Windows rule does, and never matches: what is left is the cost of reading.
_ONE = """\
title: Bench, a file that nobody has
id: 0b7d6c1e-6f0e-4f62-9c07-52c6d1f1a001
status: test
level: low
logsource:
  product: windows
detection:
  selection:
    Image|endswith: '\\a-file-that-nobody-has.bin'
  condition: selection
"""


class RuleFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder of Sigma rules: how many files, and the hash of their hashes in the order of their paths."""

    name: str
    place: str
    files: int
    sha256: str


def make_rules(name: str, folder: Path) -> RuleFolder | Skipped:
    """Return one of the sets of rules; what must be written is written below `folder` once."""
    try:
        place = _MAKERS[name](folder / name)
    except pytest.skip.Exception as absent:
        return Skipped(name, str(absent))
    found = sorted(place.rglob("*.yml"))
    whole = hashlib.sha256()
    for path in found:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return RuleFolder(name=name, place=str(place), files=len(found), sha256=whole.hexdigest())


def _sigmahq(below: Sequence[str], _target: Path) -> Path:
    return public_logs().joinpath("sigma", *below)


def _several(target: Path) -> Path:
    """Write the variants, unless an earlier run left them complete."""
    complete = target.with_suffix(".complete")
    if not complete.is_file():
        shutil.rmtree(target, ignore_errors=True)
        write_variants(_sigmahq((), target), target, TIMES)
        complete.touch()
    return target


def _one(target: Path) -> Path:
    target.mkdir(parents=True, exist_ok=True)
    (target / "one.yml").write_text(_ONE, encoding="utf-8")
    return target


_MAKERS: dict[str, Callable[[Path], Path]] = {
    "sigmahq": partial(_sigmahq, ()),
    "sigmahq-windows": partial(_sigmahq, ("rules", "windows")),
    "sigmahq-times-five": _several,
    "one": _one,
}
