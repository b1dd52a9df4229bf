"""Where the whole cannot be determined, the headline also says what is known: the days that every record covers."""

from __future__ import annotations

import pytest

from support.assessed import intrusion
from vigilia.impact.known_days import known_days
from vigilia.model.result import Impact, ImpactLevel

_FIRST, _HOLE, _LAST = intrusion().first_seen, "2026-01-26T00:00:00.000000Z", intrusion().last_seen


def _row(channel: str, level: ImpactLevel, start: str, end: str, ids: tuple[str, ...] = ()) -> Impact:
    return Impact(
        data_class="legal", label="Legal", channel=channel, level=level, probability=0.1, window_covered=1.0,
        objects_count=0, gap_ids=[], event_ids=[*ids], statement="", channel_label=channel, start=start, end=end,
    )  # fmt: skip


def _said(*rows: Impact) -> str:
    known = known_days(rows, intrusion())
    return known.sentence("“Legal”") if known else ""


def _silent(channel: str) -> Impact:
    return _row(channel, "E3", _FIRST, _LAST)


def test_before_the_log_begins_nobody_can_say_and_of_the_covered_days_it_is_said() -> None:
    assert _said(_row("mail", "E4", "", _FIRST), _silent("mail"), _silent("files")) == (
        "No access to “Legal” is recorded on the covered days of the stay (11 of 11). "
        "That cannot be said of the time before 21 January 2026."
    )


def test_a_day_counts_only_where_every_way_is_covered() -> None:
    late = _row("mail", "E4", _FIRST, _HOLE), _row("mail", "E3", _HOLE, _LAST)
    assert "(6 of 11)" in _said(*late, _silent("files"))
    assert "That cannot be said of the other days." in _said(*late, _silent("files"))
    early = _row("files", "E3", _FIRST, _HOLE), _row("files", "E4", _HOLE, _LAST)
    assert _said(*late, *early) == ""


def test_a_way_of_which_nothing_is_known_is_named() -> None:
    blind = _row("rules", "E4", _FIRST, _LAST)
    assert "That cannot be said of rules." in _said(blind, _silent("mail"), _silent("files"))
    assert _said(blind, _silent("mail")) == "", "as much unknown as known is no comfort"


@pytest.mark.parametrize("level", ["E4", "E2"])
def test_records_that_may_be_the_intruders_are_no_silence(level: ImpactLevel) -> None:
    perhaps = _row("rules", level, _FIRST, _LAST, ids=("a:1",))
    assert _said(perhaps, _silent("mail"), _silent("files")) == ""
