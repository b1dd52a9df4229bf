"""An evidence item: one file or one archive member, and the account of its bytes."""

from __future__ import annotations

from typing import Literal

import msgspec

from vigilia.model.times import OptionalTime

__all__ = ["ContainerKind", "EvidenceItem", "ItemStatus", "Missed", "RejectCount", "Sign", "SignKind"]

# read: a log source that a reader took · container: its members are items of their own · duplicate: the same bytes
# as an earlier item · unrecognised: no reader knows it · ignored: declared to hold no log (empty file) ·
# quarantined: its reader crashed, hung or ballooned · unreadable: the file system refused it ·
# refused: a budget (size, ratio, depth, members) stopped it.
ItemStatus = Literal[
    "read", "container", "duplicate", "unrecognised", "ignored", "quarantined", "unreadable", "refused"
]

ContainerKind = Literal["zip", "7z", "tar", "gzip", "bzip2", "xz", "zstd", "xlsx"]


class RejectCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often one reason for a reject occurred, with its first place."""

    reason: str
    count: int
    bytes: int
    first_place: str


# torn: the file ends in the middle of something · cut-values: cells as long as a program lets them be ·
# clock-jump: the times go back and stay back · dates: a spreadsheet rewrote them · replaced-text: bytes that are no
# text · form: how the file is written (encoding, separator, line ends); noted, nothing is lost by it.
SignKind = Literal["torn", "cut-values", "clock-jump", "dates", "replaced-text", "form"]


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """Something that an item shows of itself and that says how far it can be trusted to be whole.

    Attributes:
        basis: what was seen, as the beginning of a sentence ("the file ends inside a JSON value").
        count: how often.
        start, end: the time that it concerns; empty where it concerns all of the item.
    """

    kind: SignKind
    basis: str
    count: int = 1
    start: OptionalTime = ""
    end: OptionalTime = ""


class Missed(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a collector could not copy: its path on the machine (empty where it is not known), and why."""

    path: str
    reason: str


class EvidenceItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line of `evidence.jsonl`.

    Promise 1: `bytes == bytes_parsed + bytes_quarantined + bytes_ignored`,
    and every record became an event or a reject.

    Attributes:
        item: first 16 hex digits of sha256; empty where the bytes could not be hashed.
        path: what was handed in, as "folder/file" relative to the folder given, members after "!/":
            "export.zip!/audit.csv". Bytes that are not UTF-8, and control characters, are written as \\xNN.
        format: the reader's name ("windows-evtx"), the container kind, or empty.
        source: log source id ("windows"), or empty.
        first_time, last_time: of its events; empty where there is none.
        warnings: sentences for people, in order of occurrence, without repetition.
        signs: what the item shows of itself: torn, cut, rewritten.
        note: what it is, where that is no cause for concern ("collection metadata").
        collector: the tool that copied it ("Velociraptor", "UAC", "KAPE", "CyLR"), or empty.
        host, original_path: where it was copied from, as far as the collector says.
        missed: what the collector says it could not copy, up to 200; kept at the collector's own file.
    """

    item: str
    path: str
    sha256: str
    bytes: int
    status: ItemStatus
    format: str = ""
    source: str = ""
    records: int = 0
    rejected: int = 0
    bytes_parsed: int = 0
    bytes_quarantined: int = 0
    bytes_ignored: int = 0
    first_time: OptionalTime = ""
    last_time: OptionalTime = ""
    rejects: list[RejectCount] = []
    warnings: list[str] = []
    signs: list[Sign] = []
    note: str = ""
    collector: str = ""
    host: str = ""
    original_path: str = ""
    missed: list[Missed] = []
