"""The scanners that are compared: what `runners.toml` says of each, and its command line for a corpus."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from bench.corpora import Corpus

__all__ = ["Detections", "Job", "Runner", "count_detections", "found_runners", "runners"]

_CHOICE = re.compile(r"^\{file:(?P<file>[^,}]+),(?P<folder>[^,}]+)\}$")


class Detections(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """Where a scanner's matches are, and how they are counted."""

    source: Literal["stdout", "output"]
    form: Literal["lines", "sum", "sum-lines"]
    key: str = ""


class Runner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One program; the fields are explained in `runners.toml`."""

    name: str
    program: str
    version: tuple[str, ...]
    folders: bool
    commands: Mapping[str, tuple[str, ...]]
    detections: Detections | None = None
    floor: bool = False

    def takes(self, corpus: Corpus) -> bool:
        """Say whether this program can read a corpus."""
        return corpus.kind in self.commands and (self.folders or corpus.files == 1)


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    runner: tuple[Runner, ...]


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What one call is to do: scan a place with rules on so many cores; `output` may be written."""

    kind: str
    place: Path
    rules: Path
    cores: int
    output: Path

    def command(self, runner: Runner) -> list[str]:
        """Return the command line, program first; each argument stays one argument."""
        program = _program(runner) or runner.program
        values = {
            "place": str(self.place),
            "rules": str(self.rules),
            "cores": str(self.cores),
            "output": str(self.output),
            "beside": str(Path(program).resolve().parent),
        }
        return [program, *(self._filled(argument, values) for argument in runner.commands[self.kind])]

    def _filled(self, argument: str, values: Mapping[str, str]) -> str:
        if choice := _CHOICE.match(argument):
            return choice["folder" if self.place.is_dir() else "file"]
        for name, value in values.items():
            argument = argument.replace(f"{{{name}}}", value)
        return argument


def runners() -> tuple[Runner, ...]:
    """Return every runner of the table."""
    table = (Path(__file__).parent / "runners.toml").read_bytes()
    return msgspec.toml.decode(table, type=_Table).runner


def found_runners(names: Sequence[str] = ()) -> list[tuple[Runner, str]]:
    """Return those that this machine has, each with its version; only those named, if any are."""
    found = []
    for runner in runners():
        program = _program(runner)
        if program and (not names or runner.name in names):
            found.append((runner, _version(program, runner)))
    return found


def _program(runner: Runner) -> str | None:
    return sys.executable if runner.program == "{python}" else shutil.which(runner.program)


def _version(program: str, runner: Runner) -> str:
    told = subprocess.run([program, *runner.version], capture_output=True, text=True, check=False, timeout=60)
    lines = (told.stdout or told.stderr).strip().splitlines()
    return lines[0].strip() if lines else ""


def count_detections(detections: Detections, stdout: Path, output: Path) -> int:
    """Count the matches that a finished run wrote; a file that was not written holds none.

    Raises:
        msgspec.DecodeError: the file is not in the form that the table says.
    """
    path = stdout if detections.source == "stdout" else output
    content = path.read_bytes() if path.is_file() else b""
    lines = [line for line in content.splitlines() if line.strip()]
    if detections.form == "lines":
        return len(lines)
    if detections.form == "sum-lines":
        content = b"[" + b",".join(lines) + b"]"
    rows = msgspec.json.decode(content or b"[]", type=list[dict[str, msgspec.Raw]])
    return sum(msgspec.json.decode(row[detections.key], type=int) for row in rows)
