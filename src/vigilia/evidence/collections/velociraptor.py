r"""Velociraptor collections (docs.velociraptor.app): `uploads/<accessor>/<path>`, `results/*Uploads.json`.

Names in `uploads` are the parts of the original path, each with what a file system forbids written as %NN:
`uploads/auto/C%3A/Windows/…`, `uploads/ntfs/%5C%5C.%5CC%3A/Windows/…`. The time of change and the SHA-256 that the
collector took on the machine are in the results, one JSON object on a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec

from vigilia.evidence.collections.collection import Beat, Collected, Description, Gathered, Origin, bounded_lines, shown
from vigilia.evidence.collections.times import parse_utc
from vigilia.model.times import OptionalTime

__all__ = ["describe_velociraptor", "is_velociraptor_metadata", "original_path"]

_OWN = re.compile(
    r"(?:client_info|collection_context|requests|uploads|logs?)\.(?:json|csv)(?:\.index)?"
    r"|results/[^/]{1,300}(?:\.index|Uploads\.json|All (?:File|Matches) Metadata\.json|SearchGlobs\.json)"
    r"|uploads/.{1,4000}\.idx",
    re.DOTALL,
)
_DRIVE = re.compile(r"(?:\\\\[.?]\\)?[A-Za-z]:")
_MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class _Upload:
    """One row of `Uploads.json`; without a hash the file could not be read."""

    path: str
    modified: OptionalTime = ""
    sha256: str = ""


def is_velociraptor_metadata(name: str) -> bool:
    """Say whether a file of a collection, by its path below it, is the collector's own account."""
    return len(name) <= 4096 and _OWN.fullmatch(name) is not None


def original_path(name: str) -> str:
    """Return the path on the machine that a file below `uploads` had; empty for any other file."""
    parts = [unquote(part, errors="replace") for part in name.split("/")]
    if len(parts) < 3 or parts[0] != "uploads":
        return ""
    device, *rest = parts[2:]
    if _DRIVE.fullmatch(device):
        return "\\".join([device.removeprefix("\\\\.\\").removeprefix("\\\\?\\"), *rest])
    return "\\".join([device, *rest]) if device.startswith("\\\\") else "/" + "/".join([device, *rest])


def describe_velociraptor(gathered: Gathered, beat: Beat) -> Description:
    """Read what the collector says."""
    described = Description()
    uploads: dict[str, _Upload] = {}
    listed: dict[str, _Upload] = {}
    for file in gathered.metadata:
        if file.name == "client_info.json":
            described.host = _host(file, beat)
        elif file.name.endswith("Uploads.json"):
            uploads |= _uploads(file, beat)
        elif file.name.endswith("Metadata.json"):
            listed |= _uploads(file, beat)
        elif file.name in {"log.json", "logs.json"}:
            _count_errors(file, beat, described)
    described.origins = [
        _origin(file, uploads) for file in gathered.files if file.name.startswith("uploads/") and not file.metadata
    ]
    _add_missed(described, uploads, listed)
    return described


def _uploads(file: Collected, beat: Beat) -> dict[str, _Upload]:
    return {
        _key(row["SourceFile"]): _Upload(row["SourceFile"], parse_utc(row.get("Modified")), _hash(row))
        for row in _rows(file, beat)
        if isinstance(row.get("SourceFile"), str)
    }


def _hash(row: dict[str, Any]) -> str:
    claimed = row.get("SourceFileSha256")
    return claimed.lower() if isinstance(claimed, str) and len(claimed) == 64 else ""


def _origin(file: Collected, uploads: dict[str, _Upload]) -> Origin:
    path = original_path(file.name)
    said = uploads.get(_key(path), _Upload(path))
    return Origin(
        name=file.name,
        path=shown(path),
        modified=said.modified,
        differs=bool(said.sha256) and said.sha256 != file.sha256,
    )


def _add_missed(described: Description, uploads: dict[str, _Upload], listed: dict[str, _Upload]) -> None:
    for key in sorted(uploads):
        if not uploads[key].sha256:
            described.miss(uploads[key].path, "the collector could not upload it")
    for key in sorted(listed.keys() - uploads.keys()) if uploads else ():
        described.miss(listed[key].path, "the collector found it and did not upload it")


def _count_errors(file: Collected, beat: Beat, described: Description) -> None:
    errors = sum(str(row.get("level", "")).upper() == "ERROR" for row in _rows(file, beat))
    if errors:
        described.warnings.append(f"The collector's own log names {errors} errors: read {file.name}.")


def _host(file: Collected, beat: Beat) -> str:
    """Look for the name of the machine in all shapes that versions have written."""
    described = _document(b"\n".join(bounded_lines(file, beat)))
    inner = described.get("os_info", {})
    for place in (described, inner if isinstance(inner, dict) else {}):
        for key in ("Hostname", "hostname", "Fqdn", "fqdn"):
            if isinstance(place.get(key), str) and place[key]:
                return shown(place[key])
    return ""


def _rows(file: Collected, beat: Beat) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(bounded_lines(file, beat)):
        if number >= _MOST_ROWS:
            return
        yield _document(line)


def _document(octets: bytes) -> dict[str, Any]:
    """Return one JSON object; an empty one where it is none."""
    try:
        document = msgspec.json.decode(octets)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _key(path: str) -> str:
    """Make paths comparable: accessors write device names and drives in several ways."""
    return path.replace("/", "\\").removeprefix("\\\\.\\").removeprefix("\\\\?\\").lstrip("\\").casefold()
