"""UAC collections (tclahr/uac): `[root]/…` as on the machine, `live_response/…`, `bodyfile/bodyfile.txt`, `uac.log`."""

from __future__ import annotations

import re

from vigilia.evidence.collections.collection import Beat, Collected, Description, Gathered, Origin, bounded_lines, shown
from vigilia.model.times import OptionalTime, format_microseconds

__all__ = ["describe_uac", "is_uac_metadata"]

_ROOT = "[root]/"
_OWN = re.compile(r"uac\.log(?:\.stderr)?|bodyfile/bodyfile\.txt(?:\.stderr)?|hash_executables/[^/]{1,200}")
_HOST_FILE = re.compile(r"live_response/[a-z_]{1,40}/hostname[A-Za-z_-]{0,10}\.txt")
_ARCHIVE = re.compile(
    r"uac-(.{1,255})-(?:aix|android|esxi|freebsd|linux|macos|netbsd|netscaler|openbsd|solaris)-\d{14}\b"
)
# "2026-03-02 09:15:00 +0000 ERROR message" (lib/log_message.sh); older versions leave out the zone.
_PROBLEM = re.compile(rb"[\d-]{10} [\d:]{8}(?: [+-]\d{4})? (ERROR|WARNING) (.{0,400})")
_MOST_LINES = 5_000_000


def is_uac_metadata(name: str) -> bool:
    """Say whether a file of a collection, by its path below it, is the collector's own account."""
    return len(name) <= 400 and _OWN.fullmatch(name) is not None


def describe_uac(gathered: Gathered, beat: Beat) -> Description:
    """Read what the collector says."""
    named = _ARCHIVE.search(gathered.root[-600:])
    described = Description(host=shown(named[1]) if named else "")
    wanted = {file.name.removeprefix("[root]") for file in gathered.files if file.name.startswith(_ROOT)}
    changed: dict[str, OptionalTime] = {}
    for file in gathered.files:
        if file.name == "uac.log":
            _read_problems(file, beat, described)
        elif file.name == "bodyfile/bodyfile.txt":
            changed = _changed(file, wanted, beat)
        elif not described.host and _HOST_FILE.fullmatch(file.name):
            described.host = next(
                (shown(line[:255].decode("utf-8", "replace")) for line in bounded_lines(file, beat)), ""
            )
    described.origins = [
        Origin(name=f"[root]{path}", path=path, modified=changed.get(path, "")) for path in sorted(wanted)
    ]
    return described


def _read_problems(file: Collected, beat: Beat, described: Description) -> None:
    warnings = 0
    for line in bounded_lines(file, beat):
        problem = _PROBLEM.match(line)
        if problem and problem[1] == b"ERROR":
            described.miss("", problem[2].decode("utf-8", "replace"))
        elif problem:
            warnings += 1
    if warnings:
        described.warnings.append(f"The collector's own log names {warnings} warnings: read {file.name}.")


def _changed(file: Collected, wanted: set[str], beat: Beat) -> dict[str, OptionalTime]:
    """Read times of change: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime (The Sleuth Kit, body file)."""
    found: dict[str, OptionalTime] = {}
    for number, line in enumerate(bounded_lines(file, beat)):
        if number >= _MOST_LINES:
            break
        fields = line.split(b"|")
        path = b"|".join(fields[1:-9]).decode("utf-8", "replace") if len(fields) >= 11 else ""
        if path in wanted:
            found[path] = _time(fields[-3])
    return found


def _time(seconds: bytes) -> OptionalTime:
    try:
        return format_microseconds(int(seconds[:20]) * 1_000_000) if seconds.isdigit() and seconds != b"0" else ""
    except OverflowError:
        return ""
