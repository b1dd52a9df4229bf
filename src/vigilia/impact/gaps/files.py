"""Gaps that the evidence items show: cut exports, and bytes that could not be read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from vigilia.impact.gaps.empty_results import is_empty_result
from vigilia.impact.gaps.signs import is_torn_member
from vigilia.knowledge.retention import ExportCap, load_retention
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap
from vigilia.model.times import parse_time
from vigilia.model.wording import counted, plural

__all__ = ["empty_file_gaps", "same_file_gaps", "truncated_gaps", "unread_sources", "unreadable_gaps"]

_LOST = {
    "quarantined": "its reader had to be stopped",
    "unreadable": "the file system refused it",
    "refused": "it is beyond the limits for size, depth or number of members",
}
_MOST_NAMED = 5
_ENCRYPTED = "Encrypted: "  # how the reason begins
# Endings of what may be a table or JSON records, which `vigilia map` can describe; they are named first.
_MAY_BE_LOGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".log", ".txt")
# What desktops leave in folders; named last.
_LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")
_NEXT_PAGE = dt.timedelta(hours=1)  # the next page of an interface begins within this of where one ends


def truncated_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each export with exactly as many rows as its source gives at most."""
    return [gap for item in items for gap in _truncated(item, items)]


def unreadable_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each item that was not read in full, for each locked archive, and for all unrecognised files."""
    locked: dict[str, list[EvidenceItem]] = {}
    for item in filter(_is_locked, items):
        locked.setdefault(_archive_of(item), []).append(item)
    others = [item for item in items if not _is_locked(item) and not _only_locked(item, len(locked.get(item.path, [])))]
    told = [_locked(archive, locked[archive]) for archive in sorted(locked)]
    return [*(gap for item in others for gap in _unreadable(item)), *told, *_unrecognised(items)]


def unread_sources(items: Sequence[EvidenceItem]) -> frozenset[str]:
    """Return the log sources of which a file is here that was not read at all: something is missing, only when is open.

    A file that no reader knows belongs to the log beside which it lies and after which it is named, but for numbers.
    """
    named = {_named(item): item.source for item in items if item.status == "read" and item.source}
    unread = [item for item in items if item.status in (*_LOST, "unrecognised")]
    return frozenset(source for item in unread if (source := item.source or named.get(_named(item), "")))


def _named(item: EvidenceItem) -> tuple[str, str, str]:
    """Return folder, letters of the name without the word "part", and ending: alike for the parts of one export."""
    folder, _, name = item.path.rpartition("/")
    stem, _, ending = name.lower().partition(".")
    words = "".join(one if one.isalpha() else " " for one in stem).split()
    return folder, " ".join(word for word in words if word != "part"), ending


def same_file_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each file with the same bytes as another, but for logs that hold no record.

    Every Windows has a hundred event logs that were never written to: they are the same bytes.
    """
    bare = {item.sha256 for item in items if item.status == "read" and not item.records and not item.rejected}
    return [_same_file(item) for item in items if item.status == "duplicate" and item.sha256 not in bare]


def empty_file_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return one gap for all empty files: a log without a line is a finding of its own."""
    paths = sorted(item.path for item in items if item.status == "ignored" and not item.bytes and not item.note)
    return [_empty(paths)] if paths else []


def _truncated(item: EvidenceItem, items: Sequence[EvidenceItem]) -> Iterator[Gap]:
    rows = item.records + item.rejected
    caps = [one for one in load_retention().export_cap if one.source in (item.source, "*") and one.rows == rows]
    if item.status != "read" or not caps:
        return
    cap = caps[0]
    if cap.per_call and _goes_on(item, cap, items):
        return
    older = cap.loses == "older"
    yield Gap(
        id="",
        source=item.source,
        entity=item.path,
        kind="truncated-export",
        start="" if older else item.last_time,
        end=item.first_time if older else "",
        basis=f"the export holds exactly {rows} rows, which is {cap.what}",
        consequence=f"The export stopped there; the rows that it left out are usually the {cap.loses} ones. "
        "Export it again in shorter spans of time.",
    )


def _goes_on(item: EvidenceItem, cap: ExportCap, items: Sequence[EvidenceItem]) -> bool:
    """Whether another file of the same kind and folder begins where this page ends: then it is the next page."""
    folder = item.path.rpartition("/")[0]
    pages = [
        one
        for one in items
        if one is not item
        and (one.status, one.source, one.format) == (item.status, item.source, item.format)
        and one.path.rpartition("/")[0] == folder
        and one.first_time
    ]
    edge = item.first_time if cap.loses == "older" else item.last_time
    ends = [one.last_time if cap.loses == "older" else one.first_time for one in pages]
    return bool(edge) and any(abs(parse_time(end) - parse_time(edge)) <= _NEXT_PAGE for end in ends)


def _unreadable(item: EvidenceItem) -> Iterator[Gap]:
    if _told_otherwise(item):
        return
    causes = [_LOST[item.status]] if item.status in _LOST else []
    torn = sum(1 for sign in item.signs if sign.kind == "torn")
    if item.rejected > torn:
        reasons = "; ".join(_first([f"{one.count} x {one.reason}" for one in item.rejects]))
        causes.append(f"{counted(item.rejected, 'piece')} could not be read ({reasons})")
    if item.bytes_quarantined and item.status not in _LOST and (item.rejected > torn or not item.rejected):
        causes.append(f"{item.bytes_quarantined} of {item.bytes} bytes could not be read")
    clocks = [one for one in item.warnings if _about_clock(one)]
    causes.extend(_first([one for one in item.warnings if one not in clocks and not _told_elsewhere(one)]))
    if clocks:
        yield _clock(item, clocks)
    if causes:
        yield Gap(
            id="",
            source=item.source,
            entity=item.path,
            kind="unreadable",
            start=item.first_time,
            end=item.last_time,
            basis="; ".join(cause.rstrip(".") for cause in causes),
            consequence="What stands in the part that was not read was not examined.",
            hidden=_unread_share(item),
        )


def _unread_share(item: EvidenceItem) -> float:
    """Return the share of a file that was not read: of its records or, where more of them, of its bytes."""
    if item.status in _LOST:
        return 1.0
    records = item.rejected / max(item.records + item.rejected, 1)
    return round(max(records, item.bytes_quarantined / max(item.bytes, 1)), 4)


def _is_locked(item: EvidenceItem) -> bool:
    return item.status == "unreadable" and any(one.startswith(_ENCRYPTED) for one in item.warnings)


def _only_locked(item: EvidenceItem, count: int) -> bool:
    """Whether an archive lost nothing but so many members that are encrypted: these are told by themselves."""
    return bool(count) and item.warnings == [f"Members that were not unpacked: {count}."]


def _archive_of(item: EvidenceItem) -> str:
    """Return the path of the archive that a member is in, or the item's own."""
    return item.path.rpartition("!/")[0] or item.path


def _locked(archive: str, items: Sequence[EvidenceItem]) -> Gap:
    """Tell the encrypted members of an archive together, and how to open them."""
    reason = next(one for one in items[0].warnings if one.startswith(_ENCRYPTED)).removeprefix(_ENCRYPTED)
    names = _first([item.path.removeprefix(f"{archive}!/") for item in items])
    return Gap(
        id="",
        source="",
        entity=archive,
        kind="unreadable",
        start="",
        end="",
        basis=f"{counted(len(items), 'file is', 'files are')} encrypted ({', '.join(names)}): {reason.rstrip('.')}",
        consequence="What stands there was not examined. Type the password when you are asked at a terminal, "
        "or give it with --password-file.",
    )


def _told_otherwise(item: EvidenceItem) -> bool:
    """Empty and repeated files and markers of empty results lost nothing; unrecognised ones are told together."""
    if item.status in ("ignored", "duplicate"):
        return True
    return item.status == "unrecognised" or (is_empty_result(item.path) and not item.rejected)


def _first(texts: list[str]) -> list[str]:
    """Return the first five, and how many more there are."""
    more = len(texts) - _MOST_NAMED
    return texts[:_MOST_NAMED] + ([f"and {more} more"] if more > 0 else [])


def _about_clock(warning: str) -> bool:
    """Times were read, but with an assumption: that is a doubt about the clock, not a loss."""
    return any(words in warning for words in ("no year", "time zone", "no zone"))


def _told_elsewhere(warning: str) -> bool:
    """Torn members have a gap of their own; records without a time are told for their whole log."""
    return is_torn_member(warning) or "no usable time" in warning


def _clock(item: EvidenceItem, warnings: list[str]) -> Gap:
    return Gap(
        id="",
        source=item.source,
        entity=item.path,
        kind="clock",
        start=item.first_time,
        end=item.last_time,
        basis="; ".join(one.rstrip(".") for one in _first(warnings)),
        consequence="The times of these records may be off.",
    )


def _unrecognised(items: Sequence[EvidenceItem]) -> Iterator[Gap]:
    strange = sorted(
        (item for item in items if item.status == "unrecognised" and not is_empty_result(item.path)),
        key=lambda item: (_interest(item), item.path),
    )
    if strange:
        yield Gap(
            id="",
            source="",
            entity="",
            kind="unreadable",
            start="",
            end="",
            basis=f"{counted(len(strange), 'file is', 'files are')} of no kind that is known here: "
            f"{', '.join(_first([_shown(item) for item in strange]))}",
            consequence=f"{plural(len(strange), 'It was', 'They were')} not examined. "
            "If there is a log among what was not examined, something may stand in it. "
            "For a table or JSON records, `vigilia map FILE` helps you to say what the columns mean.",
        )


def _interest(item: EvidenceItem) -> int:
    """Return 0 for what is most likely a log, 2 for what desktops leave behind, 1 for all else."""
    name = item.path.rpartition("/")[2]
    if name in _LITTER or name.startswith("._"):
        return 2
    # What a collector brings and nothing knows is most often the output of a command.
    return 0 if name.lower().endswith(_MAY_BE_LOGS) and not item.collector else 1


def _shown(item: EvidenceItem) -> str:
    """Return the path, and what was said of it before it was said that no reader knows it."""
    said = "; ".join(one.rstrip(".") for one in item.warnings[:-1])
    return f"{item.path} ({said})" if said else item.path


def _same_file(item: EvidenceItem) -> Gap:
    return Gap(
        id="",
        source=item.source,
        entity=item.path,
        kind="repeated",
        start="",
        end="",
        basis="; ".join(one.rstrip(".") for one in _first(item.warnings)),
        consequence="Nothing is lost: its records are counted once.",
    )


def _empty(paths: list[str]) -> Gap:
    return Gap(
        id="",
        source="",
        entity="",
        kind="empty-result",
        start="",
        end="",
        basis=f"{counted(len(paths), 'file is', 'files are')} empty: {', '.join(_first(paths))}",
        consequence="If one of them is a log: nothing happened, or nothing was recorded, or somebody emptied it.",
    )
