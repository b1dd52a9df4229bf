"""A log record before it is written, with the truth about it, and a log file of such records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes

__all__ = ["LogFile", "Record", "Search", "in_time_order"]


@dataclass(frozen=True, slots=True)
class Search:
    """The truth about one search of the intruder.

    Attributes:
        act: several records of the same act share this name.
        raw: how the text stands in the record's line.
        text: what the intruder typed.
    """

    act: str
    actor: str
    raw: str
    text: str
    topics: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: dict[str, Any], act: str, actor: str, raw: str) -> Search:
        """Build from an entry of words.toml."""
        return cls(act, actor, raw, entry["text"], tuple(entry.get("topics", ())), tuple(entry.get("persons", ())))


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its time, its line as it will be written, and whether the intruder caused it.

    Attributes:
        session: the logon session that it belongs to, where its format does not say so in one place.
        evtx: what a record of a Windows event log is instead of a line.
    """

    at: dt.datetime
    line: str
    intruder: bool = False
    search: Search | None = None
    id: str = ""
    session: str = ""
    evtx: EvtxEvent | None = None


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file of the evidence folder: records in file order.

    Attributes:
        path: below `evidence/`; the member's name inside a zip archive is `member`.
        changed: modification time of the file.
    """

    path: str
    source: str
    records: list[Record]
    changed: dt.datetime
    header: str = ""
    newline: str = "\n"
    packing: Literal["plain", "gzip", "zip"] = "plain"
    member: str = ""

    def content(self) -> bytes:
        """Return the bytes before packing."""
        events = [record.evtx for record in self.records if record.evtx is not None]
        if events:
            return evtx_bytes(events)
        lines = ([self.header] if self.header else []) + [record.line for record in self.records]
        return "".join(line + self.newline for line in lines).encode()


def in_time_order(records: list[Record]) -> list[Record]:
    """Return the records sorted by time; those of the same instant keep their order."""
    return sorted(records, key=lambda record: record.at)
