"""Search logging: where searches would not have been recorded, in sentences."""

from __future__ import annotations

from vigilia.targeting.acts import FoundActs

__all__ = ["unlogged_places"]


def unlogged_places(found: FoundActs) -> list[str]:
    """Return one sentence for each place of which we know that searches were not recorded, or not always."""
    if found.audited:
        return []
    return [
        "Microsoft 365 search auditing (SearchQueryInitiated) is not in these records; it is off unless somebody"
        " switched it on. The absence of search records is not absence of searching."
    ]
