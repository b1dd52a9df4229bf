"""The ways by which data is reached or leaves, and which records show it: the table `channels.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = [
    "Act",
    "Bypass",
    "Channel",
    "Channels",
    "Derivation",
    "LogNeeded",
    "Owner",
    "Platform",
    "Statement",
    "Tool",
    "UploadService",
    "WebExport",
    "load_channels",
]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Platform = Literal["any", "microsoft", "google"]
Meaning = Literal["left", "probably", "accessed"]
Bypass = Literal["command", "post", "on-server"]


class LogNeeded(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Records that would show the channel in use.

    Attributes:
        sources: log source ids, any of which serves; one that ends in a dot stands for a family ("firewall.").
        providers: only records of these providers; empty: all of the source.
        proof: actions whose first record proves that such records are kept; empty: any record of `providers`.
        running: providers whose last record shows that the log was still alive; empty: as `providers`.
        below: for places below a share's root, actions that prove it instead of `proof`.
        also: actions, providers or sources, of which one record must be there too: what the first say is half of it.
        holds: only records that hold a command line, bytes that were sent, or a name that was looked up, or that are
            of an administrative command ("Set-Mailbox"), prove it.
        one_proves_all: such records are rare; one of them proves that they were kept as long as the source has records.
        per_host: each machine keeps its own.
        per_mailbox: recorded by the licence and settings of each mailbox. per_store: each database or application
            keeps its own; proven by records that name it.
        per_client: told by the client's address; a sensor that never saw a machine says nothing of it.
        kinds: only for places of these kinds; empty: all that the channel carries.
        throttled: Microsoft stops these records for a day where an account reads very much.
        sensitivity: P(found | it happened and this log was kept).
        bypassed: where the intruder ran commands on a web server, sent it content (POST), or worked on the file server
            itself, silence does not suffice.
        suffices: silence of this log alone may be reported as "no sign" (E3).
    """

    sources: list[str]
    providers: list[str] = []
    proof: list[str] = []
    running: list[str] = []
    below: list[str] = []
    also: list[str] = []
    holds: Literal["", "command", "bytes", "query", "cmdlet"] = ""
    one_proves_all: bool = False
    per_host: bool = False
    per_mailbox: bool = False
    per_store: bool = False
    per_client: bool = False
    kinds: list[str] = []
    throttled: bool = False
    sensitivity: _Share
    bypassed: list[Bypass] = []
    suffices: bool = True
    label: str
    reason: str

    def served_by(self, source: str) -> bool:
        """Tell whether a log source is one of these."""
        return any(source == one or (one.endswith(".") and source.startswith(one)) for one in self.sources)

    def channels(self, source: str) -> list[str]:
        """Return the logs of a machine that hold these records: of Windows providers are channels, a log each."""
        return (self.running or self.providers) if source == "windows" else []


class Owner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How other records of the source say whose an object is.

    Attributes:
        field: names the owner of the record's objects.
        kind_field, holders: a field, and its values (lower case) for objects that hold others, of which each may be
            another person's: a folder.
    """

    field: str
    kind_field: str
    holders: list[str]


class Act(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Records that mean that something was reached or left by the channel, when the intruder made them.

    Attributes:
        means: "left": recorded per object as taken; "probably": copied out of reach; "accessed": read.
        field, values: a field of the source that must hold one of these (lower case); without values: anything.
        contains: words one of which the record must hold anywhere, lower case.
        holds: if the field says anything, it must hold one of these words (lower case); unlike `values` as a part.
        kinds: only places of these kinds; empty: all that the channel carries.
        sweeping: names no object; it may hold anything of the kinds that the channel carries.
        own_mailbox: a record that names no mailbox is about the actor's own.
        owner: it holds only what the actor owns, and so the records of the objects say whose they are.
    """

    sources: list[str]
    actions: list[str]
    means: Meaning
    field: str = ""
    values: list[str] = []
    contains: list[str] = []
    holds: list[str] = []
    kinds: list[str] = []
    sweeping: bool = False
    own_mailbox: bool = False
    owner: Owner | None = None


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way.

    Attributes:
        carries: kinds of places of the profile (the prefix of their locators).
        egress_sensitivity: P(found | it left this way after it was read and this log was kept).
        copied: what the intruder did where it probably left: the beginning of a sentence, "the intruder …".
        stays: what was copied stays inside until it is carried away by another channel.
        lasting: what was set up once goes on without a record (a rule): silence after an unrecorded time says nothing.
        gap: what a typical organisation lacks.
    """

    id: str
    label: str
    attack: list[str]
    carries: list[str]
    platform: Platform = "any"
    copied: str
    stays: bool = False
    lasting: bool = False
    egress_sensitivity: _Share
    egress_reason: str
    gap: str
    needs: str
    act: list[Act] = []
    log: list[LogNeeded]
    source_url: str
    source_date: str


class Tool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a command line that mean dumping, packing, uploading or copying to a drive.

    Attributes:
        words: whole words, lower case, any of which tells the tool; `beside` words of which one must stand there too.
        outward: only where the command names another machine.
        source: a page that describes the tool's options.
    """

    channel: str
    words: list[str]
    beside: list[str] = []
    outward: bool = False
    means: Meaning
    reason: str
    source_url: str


class Derivation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Commands that make one file of another: a copy, an encrypted or encoded form, parts.

    Attributes:
        words: whole words, lower case, any of which tells such a command.
        output_options: options, of these and of the tools, after which the file stands that is written.
    """

    words: list[str]
    output_options: list[str]
    reason: str
    source_url: str


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words of a database statement that copies whole tables, lower case."""

    words: list[str]
    reason: str
    source_url: str


class UploadService(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Services to which anybody can upload: registered domains or host names."""

    domains: list[str]
    reason: str
    source_url: str


class WebExport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is fetched from the organisation's own web server: archives by suffix and size, exports by their address."""

    suffixes: list[str]
    minimum_bytes: int
    words: list[str]
    reason: str
    source_url: str


class Channels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    channel: list[Channel]
    tool: list[Tool]
    derivation: Derivation
    statement: Statement
    upload: UploadService
    web_export: WebExport

    def named(self, channel: str) -> Channel:
        """Return the channel with this id."""
        return next(one for one in self.channel if one.id == channel)


@lru_cache(maxsize=1)
def load_channels() -> Channels:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "channels.toml", Channels)
