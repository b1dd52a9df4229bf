"""What files show of what is missing, and what of it is no loss."""

from __future__ import annotations

from vigilia.impact.gaps.files import same_file_gaps, unreadable_gaps
from vigilia.model.evidence import EvidenceItem, RejectCount


def _item(path: str, sha256: str, *, records: int = 0, duplicate: bool = False) -> EvidenceItem:
    return EvidenceItem(
        item=sha256,
        path=path,
        sha256=sha256,
        bytes=69_632,
        status="duplicate" if duplicate else "read",
        source="windows",
        records=records,
        warnings=["The same bytes as another: counted once."] if duplicate else [],
    )


def test_copies_of_a_log_that_holds_no_record_are_no_gap() -> None:
    bare = [_item("HardwareEvents.evtx", "aa"), _item("Key Management Service.evtx", "aa", duplicate=True)]
    assert same_file_gaps(bare) == []


def test_copies_of_a_log_with_records_or_of_a_file_that_was_not_read_are_told() -> None:
    known = [_item("a.evtx", "bb", records=3), _item("b.evtx", "bb", duplicate=True)]
    assert [gap.entity for gap in same_file_gaps(known)] == ["b.evtx"]
    assert [gap.entity for gap in same_file_gaps(known[1:])] == ["b.evtx"]


def test_what_could_not_be_read_is_not_called_records() -> None:
    """A damaged header or the end of a file is one place; how many records were there is not known."""
    torn = EvidenceItem(
        item="cc",
        path="Security.evtx",
        sha256="cc",
        bytes=1000,
        status="read",
        source="windows",
        records=5,
        rejected=2,
        rejects=[RejectCount(reason="damaged record header", count=2, bytes=40, first_place="record 3")],
    )
    (gap,) = unreadable_gaps([torn])
    assert gap.basis.startswith("2 pieces could not be read (2 x damaged record header)")
