"""What is said of many things is short, and counts those that it does not name as what they are."""

from __future__ import annotations

import msgspec

from vigilia.impact.sentences import exposure_statements
from vigilia.model.result import Exposure


def test_of_many_copied_folders_five_are_named_and_the_rest_counted_as_folders() -> None:
    whole = Exposure(
        mailbox="ada@a.example",
        how="sync",
        folder="",
        start="",
        end="",
        messages=[],
        messages_count=0,
        probability=0.9,
        event_ids=[],
    )
    (one,) = exposure_statements([msgspec.structs.replace(whole, folder=name) for name in "abcdefg"])
    assert "whole folders were copied (“a”, “b”, “c”, “d”, “e” and 2 more folders)" in one.text
