"""Records of a case before they are written: rows of named logs, which may say which act they show."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from support.impact_grid.organisation import Kept
from support.impact_grid.truth import Act, ActKind
from vigilia.demo.chance import Chance
from vigilia.demo.record import Record
from vigilia.demo.windows_record import WindowsEvent

__all__ = ["Row", "Rows", "Writer"]


@dataclass(frozen=True, slots=True)
class Row:
    """One record.

    Attributes:
        log: name of its log, which is also the file's.
        record: the finished line, or the Windows event that gets its number when the log is put in order.
        shows: act number and which part of the act's trace this is ("egress"): an act is recorded where each part is.
        kind: the operation, by which logging may be switched off.
        entity: mailbox, host or account that the record is of.
        number: of a Windows event in its channel.
    """

    log: str
    at: dt.datetime
    record: Record | WindowsEvent
    shows: tuple[int, str] | None = None
    kind: str = ""
    entity: str = ""
    number: int = 0


@dataclass(slots=True)
class Rows:
    """Collects rows and acts while a case is made.

    Attributes:
        by_owner: what is added now is the work of the account's owner: its rows show no act of the intruder.
        sessions: the intruder's session of each night, where systems know such a thing.
    """

    chance: Chance
    by_owner: bool = False
    rows: list[Row] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    sessions: dict[dt.date, object] = field(default_factory=dict)
    parts: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def act(self, kind: ActKind, data_class: str, channel: str, at: dt.datetime, objects: Iterable[str] = ()) -> Act:
        """Note an act and return it, so that rows can be said to show it."""
        act = Act(
            number=len(self.acts), kind=kind, data_class=data_class, channel=channel, at=at, objects=tuple(objects)
        )
        if not self.by_owner:
            self.acts.append(act)
        return act

    def add(
        self,
        log: str,
        record: Record | WindowsEvent,
        *,
        act: Act | None = None,
        part: str = "act",
        kind: str = "",
        entity: str = "",
    ) -> None:
        """Add a row; `part` names what of the act's trace it is."""
        shows = None if act is None or self.by_owner else (act.number, part)
        if shows is not None:
            self.parts[shows[0]].add(part)
        self.rows.append(Row(log, record.at, record, shows, kind, entity))


# Writes what one channel does to a kind of data: rows, chance, kind of data, time, and what was done.
Writer = Callable[[Rows, Chance, Kept, dt.datetime, ActKind], None]
