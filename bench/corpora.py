"""What is scanned: each corpus is made once below a folder, with its counts and its hash."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import pytest

from bench.evtx_tiles import Tile, laid_tiles, one_machine, tiles_of, well_filled
from support.bulk import write_source
from support.evtx_files import logon
from support.process_events import structured_lines, unique_lines, write_lines
from support.public_logs import public_logs
from vigilia.demo.evtx_writer import CHUNK_BYTES, HEADER_BYTES, evtx_bytes

__all__ = ["CORPORA", "Corpus", "Recipe", "Skipped", "make_corpus", "public_evtx"]

_COPIES = 10
_EVENTS = 100_000
_SMALL = 40
_FILES = 8
_EVTX_BYTES = 30_000_000
_TILED_BYTES = 537_000_000


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """Files to scan.

    Attributes:
        kind: "jsonl" or "evtx": chooses the command of a runner.
        place: the file, or the folder of files.
        start: a file of the same kind with one event: what a command takes beside its work.
        events: lines, or records that the files' chunks claim.
        sha256: of the files' hashes in the order of their paths.
    """

    name: str
    kind: str
    place: str
    start: str
    files: int
    events: int
    bytes: int
    sha256: str


class Skipped(msgspec.Struct, frozen=True):
    """What could not be measured here, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Recipe:
    """How a corpus is made: `write` fills an empty folder; one file is scanned as a file, several as a folder."""

    name: str
    kind: str
    write: Callable[[Path], None]


def make_corpus(recipe: Recipe, folder: Path) -> Corpus | Skipped:
    """Return a corpus, made unless an earlier run left it complete."""
    account = folder / f"{recipe.name}.json"
    if account.is_file():
        return msgspec.json.decode(account.read_bytes(), type=Corpus)
    files = folder / recipe.name
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    try:
        recipe.write(files)
    except pytest.skip.Exception as absent:
        return Skipped(recipe.name, str(absent))
    corpus = _counted(recipe, files, folder)
    account.write_bytes(msgspec.json.encode(corpus))
    return corpus


def _counted(recipe: Recipe, files: Path, folder: Path) -> Corpus:
    found = sorted(path for path in files.rglob("*") if path.is_file())
    start = folder / f"{recipe.name}.start.{recipe.kind}"
    start.write_bytes(_first_event(recipe.kind, found[0]))
    whole = hashlib.sha256()
    for path in found:
        with path.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return Corpus(
        name=recipe.name,
        kind=recipe.kind,
        place=str(found[0] if len(found) == 1 else files),
        start=str(start),
        files=len(found),
        events=sum(_EVENT_COUNTS[recipe.kind](path) for path in found),
        bytes=sum(path.stat().st_size for path in found),
        sha256=whole.hexdigest(),
    )


def _first_event(kind: str, file: Path) -> bytes:
    if kind == "evtx":
        return evtx_bytes([logon(1, {"TargetUserName": "ada"})])
    with file.open("rb") as stream:
        return stream.readline()


def _lines_in(file: Path) -> int:
    with file.open("rb") as stream:
        return sum(block.count(b"\n") for block in iter(partial(stream.read, 1 << 20), b""))


def _records_in(file: Path) -> int:
    """Count what the chunks' headers claim; damaged files hold fewer."""
    content = file.read_bytes()
    records = 0
    for at in range(HEADER_BYTES, len(content), CHUNK_BYTES):
        first, last = (int.from_bytes(content[at + place : at + place + 8], "little") for place in (8, 16))
        if content[at : at + 7] == b"ElfChnk" and first <= last < first + CHUNK_BYTES:
            records += last - first + 1
    return records


_EVENT_COUNTS: dict[str, Callable[[Path], int]] = {"jsonl": _lines_in, "evtx": _records_in}


def _lane(name: str, folder: Path) -> None:
    content = gzip.decompress((public_logs() / "rsigma_lanes" / f"{name}.ndjson.gz").read_bytes())
    with (folder / f"{name}.jsonl").open("wb") as stream:
        for _ in range(_COPIES):
            stream.write(content)


def _structured(count: int, folder: Path) -> None:
    write_lines(folder / "structured.jsonl", structured_lines, count)


def _unique(count: int, folder: Path) -> None:
    write_lines(folder / "unique.jsonl", unique_lines, count)


def _hosts(count: int, folder: Path) -> None:
    """Write one file per host, as responders collect them."""
    lines = list(structured_lines(count))
    each = count // _FILES
    for number in range(_FILES):
        part = lines[number * each : (number + 1) * each]
        (folder / f"host{number}.jsonl").write_text("".join(part), encoding="utf-8")


def _otrf(folder: Path) -> None:
    """Unpack the Windows host logs of OTRF's data sets into one file."""
    archives = sorted((public_logs() / "otrf_MIT/atomic/windows").glob("**/host/*.zip"))
    if not archives:
        pytest.skip("no OTRF host logs among the public log collections")
    with (folder / "otrf.jsonl").open("wb") as stream:
        for archive in archives:
            with zipfile.ZipFile(archive) as members:
                for member in sorted(members.namelist()):
                    stream.write(members.read(member).rstrip(b"\n") + b"\n")


_EVTX_ARCHIVES = (
    "evtx_to_mitre_CC0/evtx_to_mitre.tar.xz",
    "evtx_rs_samples_MIT-Apache2.tar.xz",
    "sigma_regression/sigma_regression_half.tar.xz",
)


def public_evtx() -> Iterator[bytes]:
    """Yield the public EVTX files; skips where they are not here."""
    logs = public_logs()
    for archive in _EVTX_ARCHIVES:
        with tarfile.open(logs / archive) as members:
            for member in members:
                content = members.extractfile(member) if member.name.endswith(".evtx") else None
                if content is not None:
                    yield content.read()


def _public_evtx(folder: Path) -> None:
    for number, content in enumerate(public_evtx()):
        (folder / f"{number:04d}.evtx").write_bytes(content)


def _tiled_evtx(choose: Callable[[Sequence[Tile]], Sequence[Tile]], folder: Path) -> None:
    laid_tiles(choose(well_filled(list(tiles_of(public_evtx())))), _TILED_BYTES, folder / "tiled.evtx")


def _written_evtx(size: int, folder: Path) -> None:
    write_source(folder / "Security.evtx", "evtx", size)


CORPORA: Sequence[Recipe] = (
    Recipe("small", "jsonl", partial(_structured, _SMALL)),
    Recipe("structured", "jsonl", partial(_structured, _EVENTS)),
    Recipe("structured-x10", "jsonl", partial(_structured, 10 * _EVENTS)),
    Recipe("unique", "jsonl", partial(_unique, _EVENTS)),
    Recipe("unique-x10", "jsonl", partial(_unique, 10 * _EVENTS)),
    Recipe("hosts", "jsonl", partial(_hosts, 10 * _EVENTS)),
    Recipe("lane-structured-windows", "jsonl", partial(_lane, "structured_windows")),
    Recipe("lane-raw-windows", "jsonl", partial(_lane, "raw_windows")),
    Recipe("lane-sysmon-file-event", "jsonl", partial(_lane, "sysmon_file_event")),
    Recipe("lane-cisco-syslog", "jsonl", partial(_lane, "cisco_syslog")),
    Recipe("otrf", "jsonl", _otrf),
    Recipe("evtx-public", "evtx", _public_evtx),
    Recipe("evtx-host", "evtx", partial(_tiled_evtx, one_machine)),
    Recipe("evtx-mix", "evtx", partial(_tiled_evtx, list)),
    Recipe("evtx-written", "evtx", partial(_written_evtx, _EVTX_BYTES)),
    Recipe("evtx-written-x10", "evtx", partial(_written_evtx, 10 * _EVTX_BYTES)),
)
