"""Which records each question needs: the table `telemetry.toml`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.wording import listed

__all__ = ["Companion", "NeededSource", "Recording", "Telemetry", "load_telemetry", "several_logs"]

_THOSE: Final = "{}"


class Recording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of record that a source holds only when somebody switched it on.

    Attributes:
        label: what it tells of, in words.
        when_providers, when_actions: records by which the source is seen to be alive, by provider or by action.
        needs: actions or codes of this kind of record.
        per_host: each machine is switched on for itself: where some have this kind, those that have none are told, all
            ("machine") or those on which the profile keeps shares ("share").
        siblings: kinds that are switched on for themselves and most often together with this one.
    """

    id: str
    label: str
    source: str
    when_providers: list[str] = []
    when_actions: list[str] = []
    needs: list[str]
    per_host: Literal["", "machine", "share"] = ""
    siblings: list[str] = []
    basis: str
    consequence: str
    source_url: str
    source_date: str


class NeededSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log that the questions need as a whole.

    Attributes:
        sources: log source ids any of which serves; one that ends in a dot stands for a family ("firewall."). Of a
            source that is several logs only the one behind the slash serves ("zeek/dns").
        places: needed where the profile keeps something at a place that begins so ("table:"); none: always.
        beside: needed where one of these sources is here, which shows that there are such machines; none: always.
    """

    id: str
    sources: list[str]
    label: str
    readable: bool
    places: list[str] = []
    beside: list[str] = []
    consequence: str

    def stands_beside(self, sources: Collection[str]) -> bool:
        """Tell whether what is here lets one expect this log."""
        return not self.beside or any(_serves(one, source, None) for one in self.beside for source in sources)

    def served_by(self, source: str, part: str | None = None) -> bool:
        """Tell whether a log source is what is needed, or may be as long as it is not said which `part` of it."""
        return any(_serves(one, source, part) for one in self.sources)

    def parts_of(self, source: str) -> list[str]:
        """Return which parts of a source that is several logs serve."""
        return [part for name, slash, part in (one.partition("/") for one in self.sources) if slash and name == source]


class Companion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Kinds of record that belong beside others of one source.

    Attributes:
        told_by: what tells kinds apart: the provider of its records, or the log source as a whole.
        label: what is missing, in words; "{}" stands for those of `names` that are missing.
        holds: kinds one of which must be here for the others to be missed; none: any record of the source.
        lacking: kinds that must be here, each of them; with `any`, one of them.
        rare: kinds that are written so seldom that there may be nothing to hand in.
        names: what people call each kind of `lacking`, where not all of them need be missing together.
        hides: what cannot be seen without each kind; "{}" of `consequence` stands for those that are missing.
        per_host: whether each host is looked at by itself.
    """

    id: str
    source: str
    told_by: Literal["provider", "source"]
    label: str
    holds: list[str] = []
    lacking: list[str]
    any: bool = False
    rare: bool = False
    per_host: bool = False
    names: dict[str, str] = {}
    hides: dict[str, str] = {}
    consequence: str
    source_url: str
    source_date: str

    def label_of(self, missing: Sequence[str]) -> str:
        """Return in words what is missing where these kinds are."""
        return self.label.replace(_THOSE, listed([self.names.get(kind, kind) for kind in missing]))

    def consequence_of(self, missing: Sequence[str]) -> str:
        """Return what cannot be seen where these kinds are missing."""
        return self.consequence.replace(_THOSE, listed([self.hides.get(kind, kind) for kind in missing]))

    def label_in(self, basis: str) -> str:
        """Return what the basis of a gap says that is missing, where it speaks of these kinds, else an empty text."""
        told, those, _ = self.label.partition(_THOSE)
        for opening in ("none of ", "not one of "):
            _, found, rest = basis.partition(opening + told)
            if found:
                return told + rest.partition(" (")[0] if those else told
        return ""


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


@lru_cache(maxsize=1)
def several_logs() -> Mapping[str, frozenset[str]]:
    """Return each source that is several logs, of which one may be here and another not, with those that are needed."""
    needed = load_telemetry().needed
    sources = {name.partition("/")[0] for one in needed for name in one.sources if "/" in name}
    return {source: frozenset(part for one in needed for part in one.parts_of(source)) for source in sorted(sources)}


def _serves(asked: str, source: str, part: str | None) -> bool:
    name, slash, wanted = asked.partition("/")
    same = source == name or (name.endswith(".") and source.startswith(name))
    return same and (not slash or part is None or part == wanted)
