"""Searches that left no record: where and when logging them was off, as far as the evidence itself tells."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Unlogged"]


@dataclass(frozen=True, slots=True)
class Unlogged:
    """Searches that would have left no record: of a source, in a place and time where it was in use.

    Attributes:
        id: row of `search_logging.toml`, or "mailbox-searches".
        source: log source id. entity: mailbox or machine; empty for the whole source.
        start, end: RFC 3339; empty where it is not known when this began or ended.
        basis: what in the evidence says so; a sentence without its full stop.
        event_ids: records that say so, where there are any.
    """

    id: str
    source: str
    entity: str
    start: str
    end: str
    basis: str
    event_ids: tuple[str, ...] = ()
