"""CyLR collections: a zip that mirrors the paths of the machine (`C/Windows/…`, `var/log/…`), named after it."""

from __future__ import annotations

import re

from vigilia.evidence.collections.collection import Beat, Description, Gathered, Origin, bounded_lines, shown

__all__ = ["describe_cylr", "is_cylr_metadata", "mirrored_path"]

_OWN = re.compile(r"CyLR_Collection_Log_[\d_-]{10,30}\.log")
_ARCHIVE = re.compile(r"([^/!]{1,255})\.zip!/$", re.IGNORECASE)


def is_cylr_metadata(name: str) -> bool:
    """Say whether a file of a collection, by its path below it, is the collector's own account."""
    return len(name) <= 100 and _OWN.fullmatch(name) is not None


def mirrored_path(name: str) -> str:
    r"""Return the original path of a mirrored one: `C/Windows/a.log` was `C:\Windows\a.log`, other paths began at /."""
    first, slash, rest = name.partition("/")
    if slash and len(first) == 1 and first.isalpha():
        return f"{first}:\\" + rest.replace("/", "\\")
    return "/" + name


def describe_cylr(gathered: Gathered, beat: Beat) -> Description:
    """Read what the collector says: little."""
    named = _ARCHIVE.search(gathered.root[-600:])
    described = Description(host=shown(named[1]) if named else "")
    for file in gathered.metadata:
        for line in bounded_lines(file, beat):
            if b"error" in line.lower():
                described.miss("", shown(line[:300].decode("utf-8", "replace")))
    described.origins = [
        Origin(name=file.name, path=mirrored_path(file.name)) for file in gathered.files if not file.metadata
    ]
    return described
