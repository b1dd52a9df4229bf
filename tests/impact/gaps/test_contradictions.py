"""What one log records and the other, which usually does too, does not: the other lacks records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from support.events import event, events_table
from vigilia.impact.gaps.contradictions import contradiction_gaps
from vigilia.knowledge.twin_records import load_twin_records
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_BEGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def _sign_in(number: int, source: str, hour: float, user: str = "ada@example.org", **more: Any) -> dict[str, Any]:
    return event(
        number,
        at=(_BEGIN + dt.timedelta(hours=hour)).isoformat(),
        vigilia__source=source,
        user__name=user,
        source__ip="192.0.2.7",
        **more,
    )


def _both(lost: range, every: int = 1) -> list[Gap]:
    """A hundred sign-ins in both logs, an hour apart; Entra has each `every`th, and none of those in `lost`."""
    m365 = [_sign_in(n, "m365.audit", n, event__action="UserLoggedIn") for n in range(100)]
    entra = [_sign_in(1000 + n, "entra.signin", n + 0.01) for n in range(100) if n not in lost and n % every == 0]
    with EventStore.from_table(events_table(m365 + entra)) as store:
        return contradiction_gaps(store)


def test_sign_ins_that_only_one_of_two_logs_has_are_a_gap_of_the_other() -> None:
    (gap,) = _both(range(40, 60))
    assert (gap.source, gap.kind) == ("entra.signin", "missing")
    assert (gap.start[:13], gap.end[:13]) == ("2026-03-03T15", "2026-03-04T12")
    assert len(gap.event_ids) == 20


def test_logs_that_agree_and_logs_that_record_different_things_are_no_contradiction() -> None:
    assert not _both(range(0))
    assert not _both(range(40, 60), every=3)


def test_logs_of_which_one_has_half_of_the_other_s_records_promise_nothing() -> None:
    """However long a run without a twin is: what decides which half is written may have changed."""
    m365 = [_sign_in(n, "m365.audit", n, event__action="UserLoggedIn") for n in range(200)]
    entra = [_sign_in(1000 + n, "entra.signin", n + 0.01) for n in range(0, 200, 2) if n not in range(40, 80)]
    with EventStore.from_table(events_table(m365 + entra)) as store:
        assert contradiction_gaps(store) == []


def test_passwords_that_were_tried_are_in_both_logs_too() -> None:
    """Entra records them as sign-ins, the audit log as UserLoginFailed: a spray is no sign of missing records."""
    verbs = ["UserLoginFailed" if 60 <= n < 80 else "UserLoggedIn" for n in range(100)]
    m365 = [_sign_in(n, "m365.audit", n, event__action=verb) for n, verb in enumerate(verbs)]
    entra = [_sign_in(1000 + n, "entra.signin", n, event__provider="interactiveUser") for n in range(100)]
    with EventStore.from_table(events_table(m365 + entra)) as store:
        assert contradiction_gaps(store) == []
    lost = [row for n, row in enumerate(m365) if not 60 <= n < 80]
    with EventStore.from_table(events_table(lost + entra)) as store:
        assert [gap.source for gap in contradiction_gaps(store)] == ["m365.audit"]


def test_a_log_that_reaches_less_far_back_does_not_contradict() -> None:
    assert not _both(range(30))
    assert not _both(range(70, 100))


def test_a_few_missing_twins_are_everyday() -> None:
    assert not _both(range(40, 44))


def test_the_fewer_twins_are_usual_the_longer_a_run_without_one_must_be() -> None:
    """Where every third has none as a rule, ten in a row have none by chance now and then."""
    m365 = [_sign_in(n, "m365.audit", n, event__action="UserLoggedIn") for n in range(300)]

    def told(lost: range) -> int:
        entra = [_sign_in(1000 + n, "entra.signin", n + 0.01) for n in range(300) if n not in lost and n % 3]
        with EventStore.from_table(events_table(m365 + entra)) as store:
            return len(contradiction_gaps(store))

    assert (told(range(40, 49)), told(range(40, 60))) == (0, 1)


def _sensor(log: str, hours: Iterable[int], service: str = "") -> list[dict[str, Any]]:
    """Five connections an hour of a Zeek sensor, as one of its logs has them."""
    return [
        event(
            at=(_BEGIN + dt.timedelta(hours=hour, minutes=7 * number)).isoformat(),
            vigilia__source="zeek",
            event__provider=log,
            session__id=f"C{hour}x{number}",
            fields={"service": service} if service else {},
        )
        for hour in hours
        for number in range(5)
    ]


def _of_sensor(*logs: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    rows = [row | {"vigilia.record": number} for number, row in enumerate((row for log in logs for row in log), 1)]
    with EventStore.from_table(events_table(rows)) as store:
        return [(gap.source, gap.entity, gap.start[:16], gap.end[:16]) for gap in contradiction_gaps(store)]


def test_hours_of_one_log_of_a_sensor_that_its_other_logs_know_are_missing() -> None:
    whole, holed = range(72), [*range(30), *range(33, 72)]
    hole = ("2026-03-03T05:28", "2026-03-03T09:00")
    assert _of_sensor(_sensor("conn", holed), _sensor("dns", whole)) == [("zeek", "conn", *hole)]
    assert _of_sensor(_sensor("conn", whole, "dns"), _sensor("dns", holed)) == [("zeek", "dns", *hole)]
    assert _of_sensor(_sensor("conn", whole, "dns"), _sensor("dns", whole)) == []


def test_connections_of_other_services_ask_for_no_dns() -> None:
    whole, holed = range(72), [*range(30), *range(33, 72)]
    assert _of_sensor(_sensor("conn", whole, "ssl"), _sensor("dns", holed)) == []


def test_logs_of_two_sensors_that_know_other_connections_do_not_contradict() -> None:
    others = [row | {"session.id": f"D{row['session.id']}"} for row in _sensor("dns", range(72))]
    assert _of_sensor(_sensor("conn", [*range(30), *range(33, 72)]), others) == []


def test_both_sides_of_a_pair_are_compared_by_the_same_columns() -> None:
    for twin in load_twin_records():
        assert twin.left.key == twin.right.key, twin.id
        assert twin.source_url.startswith("https://"), twin.id
