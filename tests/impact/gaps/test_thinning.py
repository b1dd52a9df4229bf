"""A log that has much fewer records than usual for some days is told; ups and downs, holidays and weekends are not."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm
from vigilia.impact.gaps.thinning import thinned_times, thinning_gaps

_MONDAY = 20_486  # 2 February 2026, in days since 1970


def _log(
    shares: list[float], rate: float = 6.0, *, people: bool = False, seed: int = 1, source: str = "firewall.pf"
) -> Rhythm:
    """A log with about `rate` records a quarter of an hour times the share of each day; of people: in working hours."""
    draw = np.random.default_rng(seed)
    quarters = np.arange(len(shares) * DAY)
    usual = np.repeat(shares, DAY) * rate
    if people:
        usual = usual * ((quarters % DAY >= 32) & (quarters % DAY < 68) & (quarters // DAY % 7 < 5))
    counts = draw.poisson(usual)
    at = quarters[counts > 0] + _MONDAY * DAY
    return Rhythm(source, "fw1", at, counts[counts > 0], at * QUARTER, at * QUARTER + QUARTER - 1)


def test_a_thinned_week_is_told_with_its_share_and_its_ends() -> None:
    (gap,) = thinning_gaps([_log([1.0] * 20 + [0.3] * 6 + [1.0] * 20)])
    assert gap.kind == "thinned"
    assert (gap.start[:10], gap.end[:10]) == ("2026-02-21", "2026-02-28")
    assert abs(gap.hidden - 0.7) < 0.05
    assert "about 30%" in gap.basis or "about 29%" in gap.basis or "about 31%" in gap.basis


def test_logs_with_record_numbers_tell_it_themselves() -> None:
    log = _log([1.0] * 20 + [0.3] * 6 + [1.0] * 20)
    assert not thinning_gaps([log], [("firewall.pf", "fw1")])


def test_a_quiet_week_of_people_is_told_only_if_other_logs_show_them_at_work() -> None:
    usual, quiet = [1.0] * 49, [1.0] * 21 + [0.25] * 5 + [1.0] * 23
    mail = _log(quiet, people=True, source="m365.audit")
    assert not thinned_times(mail)
    assert not thinned_times(mail, [_log(quiet, people=True, seed=2)])
    assert thinned_times(mail, [_log(usual, people=True, seed=2)])


def test_a_day_without_records_is_no_thinned_one() -> None:
    assert not thinned_times(_log([1.0] * 20 + [0.0] * 3 + [1.0] * 20))


def test_some_hours_without_records_on_a_quiet_weekend_are_no_thinned_days() -> None:
    log = _log([1.0] * 20 + [0.8] + [1.0] * 20)
    kept = ~((log.quarters >= (_MONDAY + 19) * DAY + 36) & (log.quarters < (_MONDAY + 19) * DAY + 92))
    cut = Rhythm(log.source, "fw1", log.quarters[kept], log.events[kept], log.first[kept], log.last[kept])
    assert not thinned_times(cut)


def test_two_quiet_working_days_are_not_told_because_weekends_are_even() -> None:
    draw = np.random.default_rng(5)
    shares = [1.0 if day % 7 > 4 else 1 + float(draw.gamma(6, 1 / 6)) for day in range(42)]
    shares[22] = shares[23] = 1.15
    assert not thinned_times(_log(shares))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.5, 12.0), st.floats(0.0, 0.3))
def test_ordinary_ups_and_downs_are_not_told(seed: int, rate: float, unrest: float) -> None:
    shares = np.exp(np.random.default_rng(seed).normal(0, unrest, 60)).tolist()
    assert not thinned_times(_log(shares, rate, seed=seed))
