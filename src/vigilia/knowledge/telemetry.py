"""Which records each question needs: the table `telemetry.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Companion", "NeededSource", "Recording", "Telemetry", "load_telemetry"]


class Recording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of record that a source holds only when somebody switched it on.

    Attributes:
        siblings: kinds that are switched on for themselves and most often together with this one.
    """

    id: str
    source: str
    when_providers: list[str]
    needs: list[str]
    siblings: list[str] = []
    basis: str
    consequence: str
    source_url: str
    source_date: str


class NeededSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log that the questions need as a whole.

    Attributes:
        sources: log source ids any of which serves; one that ends in a dot stands for a family ("firewall.").
    """

    id: str
    sources: list[str]
    label: str
    readable: bool
    consequence: str

    def served_by(self, source: str) -> bool:
        """Tell whether a log source is what is needed."""
        return any(source == one or (one.endswith(".") and source.startswith(one)) for one in self.sources)


class Companion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kinds of record that belong beside others of one source.

    Attributes:
        told_by: what tells kinds apart: the provider of its records, or the log source as a whole.
        label: what is missing, in words.
        holds: kinds one of which must be here for the others to be missed; none: any record of the source.
        lacking: kinds that must be here, each of them; with `any`, one of them.
        per_host: whether each host is looked at by itself.
    """

    id: str
    source: str
    told_by: Literal["provider", "source"]
    label: str
    holds: list[str] = []
    lacking: list[str]
    any: bool = False
    per_host: bool = False
    consequence: str
    source_url: str
    source_date: str


class Telemetry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    recording: list[Recording]
    needed: list[NeededSource]
    companion: list[Companion]


@lru_cache(maxsize=1)
def load_telemetry() -> Telemetry:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "telemetry.toml", Telemetry)
