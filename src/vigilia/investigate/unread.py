"""Files that cost their reader its life: none of them was examined, and that is said."""

from __future__ import annotations

from vigilia.engines.pool import Failure
from vigilia.evidence.leaf import Leaf
from vigilia.model.evidence import EvidenceItem

__all__ = ["quarantined"]


def quarantined(leaf: Leaf, failure: Failure) -> EvidenceItem:
    """Return the account of a leaf whose task gave no reply."""
    return EvidenceItem(
        item=leaf.item,
        path=leaf.path,
        sha256=leaf.sha256,
        bytes=leaf.bytes,
        status="quarantined",
        bytes_quarantined=leaf.bytes,
        warnings=[f"Reading it was stopped: {failure.reason}. None of it was examined."],
    )
