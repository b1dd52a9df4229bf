"""What really happened in a generated case: who took what, by which channel, when, and what was lost of the records."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

__all__ = ["Act", "ActKind", "CaseTruth", "Deed", "LostRecords"]

# left: carried out by this channel · hidden: carried out without a record, however much is logged ·
# read: seen, not carried out · staged: packed, not carried out.
ActKind = Literal["left", "hidden", "read", "staged"]


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One act of the intruder on a data class by a channel.

    Attributes:
        number: rows of logs that show it carry this number.
        objects: what it concerned: message ids, paths, tables.
    """

    number: int
    kind: ActKind
    data_class: str
    channel: str
    at: dt.datetime
    objects: tuple[str, ...] = ()


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """An act with what the evidence that was handed in still shows of it.

    Attributes:
        recorded: every kind of record that is needed to see it is there at least once.
    """

    act: Act
    recorded: bool


class LostRecords(msgspec.Struct, frozen=True, kw_only=True):
    """A gap that was injected.

    Attributes:
        kinds: names of the result document that are right for it.
        start, end: of the records that were lost; None: without an end on that side.
        before, after: the last record kept before it and the first behind it: the log interval at either boundary.
    """

    source: str
    kinds: tuple[str, ...]
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    before: dt.datetime | None = None
    after: dt.datetime | None = None


class CaseTruth(msgspec.Struct, frozen=True, kw_only=True):
    """The truth of a case.

    Attributes:
        classes: ids of the profile's data classes.
        scenarios: how many cases of the grid this organisation holds.
        intruder: whether anybody was in.
    """

    name: str
    channel: str
    scenarios: int
    telemetry: str
    intruder: bool
    classes: tuple[str, ...]
    deeds: tuple[Deed, ...]
    lost: tuple[LostRecords, ...]
    first: dt.datetime
    last: dt.datetime
