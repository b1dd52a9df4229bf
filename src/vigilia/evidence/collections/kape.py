r"""KAPE target collections: a tree `C\Windows\…` beside `*_CopyLog.csv`, `*_SkipLog.csv` and `*_ConsoleLog.txt`.

Columns (ericzimmerman.github.io/KapeDocs): `CopiedTimestamp, SourceFile, DestinationFile, FileSize, SourceFileSha1,
DeferredCopy, CreatedOnUtc, ModifiedOnUtc, LastAccessedOnUtc, CopyDuration` and `SourceFile, SourceFileSha1, Reason`.
The machine that the console log names is the one that KAPE ran on; it is the collected one only where the source was
its own drive C.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator

from vigilia.evidence.collections.collection import Beat, Collected, Description, Gathered, Origin, bounded_lines, shown
from vigilia.evidence.collections.times import parse_utc

__all__ = ["describe_kape", "is_kape_metadata"]

_OWN = re.compile(r"\d{4}-\d\d-\d\dT[\d_]{4,20}_(?:CopyLog|SkipLog|ConsoleLog)\.(?:csv|txt)(?:\.csv)?|_kape\.cli")
_HOST = re.compile(r"Machine name: ([^,]{1,255}),")
_SOURCE = re.compile(r"--tsource ([^ ]{1,255})")
_FAILED = re.compile(r"Could not copy file (.{1,1000}?) to .{1,1000}? Error: (.{0,1000})")
_MOST_ROWS = 500_000
_CHUNK = 1024 * 1024


def is_kape_metadata(name: str) -> bool:
    """Say whether a file of a collection, by its path below it, is the collector's own account."""
    return len(name) <= 100 and _OWN.fullmatch(name) is not None


def describe_kape(gathered: Gathered, beat: Beat) -> Description:
    """Read what the collector says, and compare its hashes."""
    described = Description()
    copied: dict[str, dict[str, str]] = {}
    for file in gathered.metadata:
        if "_CopyLog" in file.name:
            copied |= _by_name(list(_rows(file, beat)))
        elif "_SkipLog" in file.name:
            _add_skipped(file, beat, described)
        elif "_ConsoleLog" in file.name:
            _read_console(file, beat, described)
    described.origins = [
        _origin(file, row, beat)
        for file in gathered.files
        if not file.metadata and (row := copied.get(file.name.casefold())) is not None
    ]
    return described


def _origin(file: Collected, row: dict[str, str], beat: Beat) -> Origin:
    claimed = row.get("SourceFileSha1", "").lower()
    return Origin(
        name=file.name,
        path=shown(row["SourceFile"]),
        modified=parse_utc(row.get("ModifiedOnUtc"), marked=False),
        differs=len(claimed) == 40 and claimed != _sha1(file, beat),
    )


def _sha1(file: Collected, beat: Beat) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    with file.open() as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            beat(len(chunk))
    return digest.hexdigest()


def _by_name(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Key the rows by where the copy lies below the collection, whatever folder it was copied to."""
    placed = [row for row in rows if row.get("SourceFile") and row.get("DestinationFile")]
    target = next((found for row in placed if (found := _target(row)) is not None), "")
    return {_below(row["DestinationFile"], target): row for row in placed}


def _target(row: dict[str, str]) -> str | None:
    r"""Return the target folder of a copy: `D:\out\` where `C:\a.log` became `D:\out\C\a.log`."""
    mirrored = row["SourceFile"].replace(":", "", 1)
    destination = row["DestinationFile"]
    return destination[: -len(mirrored)] if destination.casefold().endswith("\\" + mirrored.casefold()) else None


def _below(destination: str, target: str) -> str:
    return destination[len(target) :].replace("\\", "/").casefold()


def _add_skipped(file: Collected, beat: Beat, described: Description) -> None:
    repeated = 0
    for row in _rows(file, beat):
        if row.get("Reason", "").casefold() == "deduped":
            repeated += 1
        elif row.get("SourceFile"):
            described.miss(row["SourceFile"], row.get("Reason", ""))
    if repeated:
        described.warnings.append(f"Files that the collector left out as copies of others: {repeated}.")


def _read_console(file: Collected, beat: Beat, described: Description) -> None:
    source = host = ""
    for line in bounded_lines(file, beat):
        text = line[:4096].decode("utf-8", "replace")
        host = host or shown(_first(_HOST, text))
        source = source or _first(_SOURCE, text)
        failed = _FAILED.search(text) if "Could not copy file" in text else None
        if failed:
            described.miss(failed[1], failed[2])
    if source.upper().rstrip("\\") == "C:":
        described.host = described.host or host
    elif host:
        described.warnings.append("KAPE ran on another machine or disk than the collected one: the host is not known.")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].strip() if found else ""


def _rows(file: Collected, beat: Beat) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file whose cells hold no line ends: Windows allows none in names."""
    columns: list[str] = []
    for number, line in enumerate(bounded_lines(file, beat)):
        if number > _MOST_ROWS:
            return
        cells = _cells(line.decode("utf-8-sig", "replace"))
        if columns:
            yield dict(zip(columns, cells, strict=False))
        else:
            columns = cells


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader([line]), [])
    except csv.Error:
        return []  # a cell beyond what the library takes: no path is that long
