"""The matcher of what everybody may know: places, peoples and kinds of things."""

from __future__ import annotations

import functools

from vigilia.targeting.terms.term_matcher import TermMatcher
from vigilia.targeting.terms.world_terms import world_terms

__all__ = ["world_matcher"]


@functools.lru_cache(maxsize=1)
def world_matcher() -> TermMatcher:
    """Return the matcher of the terms that ship with the package.

    The targets of its mentions are keys of senses (`world_terms.sense_of`), or INNOCENT.
    """
    return TermMatcher(world_terms())
