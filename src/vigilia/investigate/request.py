"""What a person asked for, checked and resolved, before anything runs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from vigilia.investigate.handling import Handling
from vigilia.knowledge.actors.table import ActorTable
from vigilia.knowledge.inventory import imported_actors, knowledge_tables
from vigilia.model.indicators import IndicatorList
from vigilia.model.profile import Profile, WatchList
from vigilia.model.result import Dated
from vigilia.model.time_zones import load_zone
from vigilia.normalize.catalogue import Catalogue, load_catalogue
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.targeting.names.redaction import Redactor

__all__ = ["Request"]


@dataclass(frozen=True)
class Request:
    """One investigation; making one checks it.

    Attributes:
        paths: evidence, as given.
        case: the case folder.
        rules: folders of further Sigma rules.
        adaptation: what is done to rules before they run.
        sources: folder of saved sources (`vigilia map`).
        profile_sha256, watch_list_sha256: of the files as given, so that a case knows what it was made with.
        indicators: values from outside to look for, without the organisation's own.
        watch: the decrypted watch list; never written anywhere.
        actors: known actors that were imported (`vigilia knowledge import`); None for those that ship.
        time_zone: IANA name for log times that carry none.
        handling: what evidence may cost, and passwords for it.
        show_names: write watched names in results instead of their ids.
        clobber: make an existing case anew.

    Raises:
        UsageError: there is no such time zone.
        KnowledgeError: a saved source is wrong.
    """

    paths: tuple[Path, ...]
    case: Path
    name: str
    time_zone: str
    profile: Profile = field(default_factory=Profile)
    profile_sha256: str = ""
    watch: WatchList = field(default_factory=WatchList)
    watch_list_sha256: str = ""
    indicators: IndicatorList = field(default_factory=IndicatorList)
    rules: tuple[Path, ...] = ()
    adaptation: Adaptation = UNCHANGED
    sources: Path | None = None
    actors: ActorTable | None = None
    handling: Handling = field(default_factory=Handling)
    workers: int = 1
    show_names: bool = False
    clobber: bool = False

    def __post_init__(self) -> None:
        """Check what would otherwise fail in every worker."""
        load_zone(self.time_zone)
        self.catalogue()

    def catalogue(self) -> Catalogue:
        """Return the shipped and the saved sources."""
        return load_catalogue("" if self.sources is None else str(self.sources.absolute()))

    def knowledge(self) -> list[Dated]:
        """Return the tables of facts that the results rest on."""
        return [*knowledge_tables(), *([] if self.actors is None else [imported_actors(self.actors)])]

    def redaction(self) -> Callable[[str], str]:
        """Return what every text passes before it is written for people: watched names leave it unless asked for."""
        return str if self.show_names else self.redactor.redact

    @functools.cached_property
    def redactor(self) -> Redactor:
        """What takes watched names out of texts, whether they may be shown or not."""
        return Redactor(self.watch)
