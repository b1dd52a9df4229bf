"""Which records each question needs: the table `telemetry.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Channel", "Companion", "NeededSource", "Recording", "Telemetry", "Tool", "WebEgress", "load_telemetry"]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way by which data can be reached, and what would show it.

    Attributes:
        locator: prefix of the typed locators that it serves ("mailbox").
        proof: actions whose first and last record bound the days on which it was surely recorded.
        running: providers whose records show that the source was alive.
        left, probably_left: actions that mean E0 and E1.
        sensitivity: P(found | recorded) for reaching; egress_sensitivity: the same for leaving.
    """

    id: str
    label: str
    locator: str
    source: str
    per_host: bool
    proof: list[str]
    running: list[str]
    left: list[str]
    probably_left: list[str]
    sensitivity: _Share
    egress_sensitivity: _Share
    reason: str
    egress_reason: str
    needs: str
    source_url: str
    source_date: str


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


class Tool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a command line that mean packing (`staging`) or carrying away (`egress`).

    Attributes:
        needs_with: words that count only beside one of these.
    """

    kind: Literal["staging", "egress"]
    words: list[str]
    needs_with: dict[str, list[str]] = {}
    reason: str
    source_url: str


class WebEgress(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Archives that were fetched from the organisation's own web server."""

    suffixes: list[str]
    minimum_bytes: int
    reason: str


class Telemetry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    channel: list[Channel]
    recording: list[Recording]
    needed: list[NeededSource]
    companion: list[Companion]
    tool: list[Tool]
    web_egress: WebEgress


@lru_cache(maxsize=1)
def load_telemetry() -> Telemetry:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "telemetry.toml", Telemetry)
