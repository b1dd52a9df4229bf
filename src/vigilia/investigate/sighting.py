"""Values of listed indicators over all events of a case: after reading, before findings."""

from __future__ import annotations

from typing import Final

from vigilia.indicators.occurrences import SEARCHED_COLUMNS, find_occurrences
from vigilia.indicators.sightings import values_of
from vigilia.model.indicators import IndicatorList
from vigilia.store.case_folder import CaseFolder
from vigilia.store.durable import staged
from vigilia.store.event_texts import stored_events
from vigilia.store.match_store import match_batch, match_writer

__all__ = ["keep_occurrences"]

_FILE: Final = "indicators.parquet"  # among the items' files, whose names are hashes


def keep_occurrences(case: CaseFolder, listed: IndicatorList) -> None:
    """Store where listed values stand beside the rules' matches, in place of what an earlier run stored.

    Raises:
        CaseError: the case folder cannot be read or written.
    """
    kept = case.matches / _FILE
    kept.unlink(missing_ok=True)
    if not listed.indicators:
        return
    with staged(kept) as part, match_writer(part) as writer:
        for matches in find_occurrences(values_of(listed), stored_events(case.events, SEARCHED_COLUMNS)):
            writer.write(match_batch(matches))
