"""Why the records of a way don't suffice, in plain words: losses without a time, and what went past the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilia.impact.bypasses import BYPASS_WORDS, bypasses, machines_worked_on
from vigilia.impact.file_machines import FileMachines, file_machines
from vigilia.impact.hearing import Heard, Hearing
from vigilia.impact.machine_logs import machine_logs
from vigilia.impact.vouching import in_words
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import Bypass, LogNeeded
from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap, GapKind

__all__ = ["THROTTLED", "Doubts"]

THROTTLED = "records of reading were throttled"
_OF_FILES: dict[GapKind, str] = {
    "truncated-export": "an export of this log was cut off at its row limit",
    "missing-part": "a part of this log is not here",
    "torn": "a file of this log ends in the middle",
    "cut-values": "records of this log were cut short",
    "thinned": "the log was exported in part only",
}
_WORDS: dict[GapKind, str] = {
    "cleared": "the log was cleared",
    "disabled": "recording was switched off",
    "throttled": THROTTLED,
    "missing": "records are missing",
    "record-numbers": "records are missing by their numbers",
    "retention": "the log does not reach back so far",
    "lag": "the log was not complete yet when it was exported",
    "unreadable": "part of this log could not be read",
}


@dataclass(slots=True)
class Doubts:
    """What takes comfort from silence; what ways share is looked up once.

    Attributes:
        hearing: gives the evidence, and which records vouch.
    """

    hearing: Hearing
    _bypasses: frozenset[Bypass] | None = None
    _worked_on: frozenset[str] | None = None
    _files: FileMachines | None = None

    def of(self, log: LogNeeded, way: Way) -> list[str]:
        """Losses that no time is known of, and what the intruder did past the log."""
        found = [
            words
            for kind, words in _OF_FILES.items()
            if any(
                gap.kind == kind and log.served_by(gap.source) and not (gap.start or gap.end)
                for gap in self.hearing.gaps
                if self.hearing.asks_of(gap.hosts, log, way)
            )
        ]
        # A part of an export that is not here, or not read, may be of any log.
        if any(gap.kind == "missing-part" and not gap.source for gap in self.hearing.gaps):
            found.append("a part of an export is not here or could not be read, and may have held some of it")
        past = self._bypassed() | self._on_server(way)
        found += [BYPASS_WORDS[one] for one in log.bypassed if one in past]
        return [*found, *(["part of this log could not be read"] if self._unread(log, way) else [])]

    def _bypassed(self) -> frozenset[Bypass]:
        if self._bypasses is None:
            self._bypasses = bypasses(self.hearing.store, self.hearing.intrusion)
        return self._bypasses

    def _on_server(self, way: Way) -> frozenset[Bypass]:
        if self._worked_on is None:
            self._worked_on = machines_worked_on(self.hearing.store)
        return frozenset(["on-server"] if self._worked_on & set(way.hosts()) else [])

    def _unread(self, log: LogNeeded, way: Way) -> bool:
        """Was too much of a source rejected, or an item lost that may have belonged to it?"""
        items = [item for item in self.hearing.items if self._may_be_of(item, log, way)]
        mine = [item for item in items if log.served_by(item.source)]
        rejected, records = sum(item.rejected for item in mine), sum(item.records for item in mine)
        if rejected > load_weights().telemetry.most_rejected * (records + rejected):
            return True
        lost = ("quarantined", "refused", "unreadable")
        return any(item.status in lost and (not item.source or log.served_by(item.source)) for item in items)

    def _may_be_of(self, item: EvidenceItem, log: LogNeeded, way: Way) -> bool:
        """May a file be of a machine whose records the way asks for? One of which nothing tells may be of any."""
        if self._files is None:
            self._files = file_machines(self.hearing.items, machine_logs(self.hearing.store))
        return self.hearing.asks_of(self._files.hosts(item.path), log, way)

    def reasons(
        self, way: Way, best: tuple[LogNeeded, Heard], doubts: Sequence[str], gaps: Sequence[Gap]
    ) -> tuple[str, ...]:
        """Return why silence on a way says nothing, at least one reason.

        Args:
            way: that is silent.
            best: the log that says most of the time in question, and what it says.
            doubts: of that log (see `of`).
            gaps: that hide times of the way's logs.
        """
        log, heard = best
        known: Mapping[str, Gap] = {gap.id: gap for gap in gaps}
        kinds = dict.fromkeys(known[one].kind for one in heard.gap_ids if one in known)
        asked = self.hearing.vouching(log, way)
        unheard = [one for one in asked if self.hearing.span(log, one, way) is None]
        if unheard:
            return (
                f"there is no record{in_words(log, unheard)} of the kind that would show it ({way.channel.needs})",
                *doubts,
            )
        if not any(one.suffices for one in way.logs()):
            return (f"no log records it whole ({way.channel.needs})", *doubts)
        words = [_WORDS.get(kind) or _OF_FILES.get(kind, "") for kind in kinds]
        found = list(dict.fromkeys([*(one for one in words if one), *doubts]))
        return tuple(found or ["there are no records of this time"])
