"""The one sentence under each picture is computed from the document and says no more than it."""

from __future__ import annotations

import msgspec

from support.results import empty_result, rich_result
from vigilia.report.html.takeaways import takeaways_of

RICH = rich_result()


def test_every_picture_of_an_intrusion_has_its_sentence() -> None:
    said = takeaways_of(RICH)
    assert " records " in said.timeline
    assert "the first sign" in said.coverage
    assert "of the intruder’s searches" in said.topics


def test_the_busiest_month_is_counted_in_records() -> None:
    step = RICH.timeline[0]
    steps = [
        msgspec.structs.replace(step, time="2026-03-02T00:00:00.000000Z", events=3),
        msgspec.structs.replace(step, time="2026-04-02T00:00:00.000000Z", events=9),
    ]
    said = takeaways_of(msgspec.structs.replace(RICH, timeline=steps)).timeline
    assert said == (
        "The steps begin in 2 different months; the month with most of their records is April 2026 (9 of 12)."
    )


def test_a_log_that_begins_after_the_first_sign_is_named_with_the_days_that_it_lacks() -> None:
    row = RICH.coverage[0]
    intrusion = msgspec.structs.replace(RICH.intrusion, first_seen="2026-03-01T00:00:00.000000Z")
    rows = [
        msgspec.structs.replace(row, source="windows", first_time="2026-03-11T00:00:00.000000Z"),
        msgspec.structs.replace(row, source="web.access", first_time="2026-02-01T00:00:00.000000Z"),
    ]
    said = takeaways_of(msgspec.structs.replace(RICH, intrusion=intrusion, coverage=rows)).coverage
    assert said == (
        "The Website access log reaches back to the first sign; the Windows event log begins 10 days later."
    )


def test_a_difference_that_may_be_chance_is_called_so() -> None:
    topic = msgspec.structs.replace(RICH.targeting.topics[0], label="Peace", intruder_count=2, interval=(-0.5, 1.5))
    targeting = msgspec.structs.replace(RICH.targeting, topics=[topic], persons=[])
    said = takeaways_of(msgspec.structs.replace(RICH, targeting=targeting)).topics
    assert said.startswith("Peace: ")
    assert said.endswith("the difference may be chance.")
    assert said.count("95 % interval") == 2


def test_without_an_intruder_no_picture_speaks_of_one() -> None:
    said = takeaways_of(empty_result())
    assert said.timeline == said.topics == ""
    assert "intruder" not in said.coverage
