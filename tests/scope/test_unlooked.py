"""Where nobody was found, the first sentence says what could not be looked at."""

from __future__ import annotations

import msgspec
import pytest

from vigilia.model.result import Gap, GapKind, Intrusion
from vigilia.scope.unlooked import unlooked_statement

_NOBODY = msgspec.convert(
    {"verdict": "none-found", "probability": 0.01, "first_seen": "", "last_seen": "", "dwell_days": 0.0}
    | {"accounts": [], "addresses": [], "hosts": [], "sessions": []},
    Intrusion,
)


def _gap(number: int, kind: GapKind, source: str = "", entity: str = "", start: str = "", end: str = "") -> Gap:
    return Gap(
        id=f"gap-{number}",
        source=source,
        entity=entity,
        kind=kind,
        start=start and f"{start}T10:00:00.000000Z",
        end=end and f"{end}T10:00:00.000000Z",
        basis="",
        consequence="",
    )


def _said(*gaps: Gap) -> str:
    return " ".join(one.text for one in unlooked_statement(_NOBODY, gaps))


def test_a_machine_whose_log_was_not_handed_in_is_named_before_times() -> None:
    said = _said(
        _gap(1, "missing", "windows", "FS01", "2026-03-01", "2026-03-04"), _gap(2, "not-provided", entity="WS07")
    )
    assert said == (
        "We could not look at the machine WS07 and Windows event logs of FS01 from 1 March to 4 March 2026:"
        " whoever was there is not seen here."
    )


def test_a_part_that_is_missing_beside_a_log_is_named_by_itself() -> None:
    part = _gap(1, "not-provided", "web.access", "the error log of the web server", "2026-03-01", "2026-03-04")
    assert _said(part).startswith("We could not look at the error log of the web server from 1 March to 4 March 2026:")


def test_a_kind_of_record_that_is_not_switched_on_is_named_in_words() -> None:
    said = _said(
        _gap(1, "not-enabled", "m365.audit", "mail-searches", "2026-03-01", "2026-03-04"),
        _gap(2, "not-enabled", "windows", "programs of FS01.example", "2026-03-01", "2026-03-03"),
    )
    assert "searches in mail (not recorded in Microsoft 365 audit records) from 1 March to 4 March 2026" in said
    assert "programs that were started on FS01.example (not recorded in Windows event logs)" in said


def test_what_retention_took_is_named_by_the_day_before_which_nothing_is_here() -> None:
    assert "before 23 February 2026" in _said(_gap(1, "retention", "m365.audit", end="2026-02-23"))


def test_a_source_that_the_organisation_may_not_have_and_doubtful_values_are_not_named() -> None:
    assert not _said(
        _gap(1, "not-provided", "entra.signin"), _gap(2, "clock", "windows", "FS01", "2026-03-01", "2026-03-02")
    )


def test_of_many_the_longest_are_named_and_the_rest_counted() -> None:
    said = _said(
        *(_gap(day, "missing", "windows", f"WS{day:02}", "2026-03-01", f"2026-03-{day:02}") for day in range(2, 9))
    )
    assert "of WS08" in said
    assert "WS02" not in said
    assert "3 more gaps" in said


@pytest.mark.parametrize("verdict", ["suspicious", "intrusion"])
def test_where_somebody_was_found_the_stay_says_what_is_open(verdict: str) -> None:
    found = msgspec.structs.replace(_NOBODY, verdict=verdict)
    assert unlooked_statement(found, [_gap(1, "not-provided", entity="WS07")]) == []
