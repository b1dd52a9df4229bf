from __future__ import annotations

import json

from support.reading import read_all
from vigilia.readers.microsoft365.inbox_rules_goose import READER

_RULE = {"displayName": "..", "sequence": 1, "isEnabled": True}
_OWNER = {"userPrincipalName": "amina@lanternfold.example"}


def listing(*values: object) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def test_a_listing_that_ends_before_the_name_keeps_its_rules_without_one() -> None:
    content = listing([_RULE, _OWNER], [_RULE])
    assert READER.recognise(content) > 0.9
    rows = read_all(READER, content).rows
    assert [row.get("MailboxOwnerId") for row in rows] == ["amina@lanternfold.example", None]


def test_more_rules_than_are_held_are_kept_all_the_same() -> None:
    rows = read_all(READER, listing([_RULE] * 2_500 + [_OWNER])).rows
    assert len(rows) == 2_500
    assert rows[-1]["MailboxOwnerId"] == "amina@lanternfold.example"


def test_a_mailbox_without_rules_is_no_loss() -> None:
    assert read_all(READER, listing([_OWNER])).rejects == []


def test_other_listings_are_left_to_others() -> None:
    assert READER.recognise(listing([{"userPrincipalName": "a@lanternfold.example", "displayName": "Amina"}])) == 0.0
    assert READER.recognise(listing({"value": [_RULE]})) == 0.0
