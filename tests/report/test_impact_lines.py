"""Lines about impact say once what is true of several channels, and nothing of one that is true of another."""

from __future__ import annotations

import msgspec

from support.results import rich_result
from vigilia.report.impact_lines import impact_lines


def test_channels_of_which_the_same_is_true_are_told_together() -> None:
    first = rich_result().impact[0]
    told = "nothing is known."
    rows = [
        msgspec.structs.replace(
            first, level="E4", channel=name, channel_label=label, statement=f"“{first.label}”, {label}: {said}"
        )
        for name, label, said in (
            ("usb", "USB drives", told),
            ("dns", "DNS queries", told),
            ("web-upload", "uploading to the web", "the log was cleared."),
        )
    ]
    heading, *lines = impact_lines(rows)
    assert heading == first.label
    assert [line.strip() for line in lines[1::2]] == [told, "the log was cleared."]
    assert "USB drives and DNS queries" in lines[0]
    assert "uploading to the web" in lines[2]
