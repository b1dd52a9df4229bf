"""STIX 2.1 bundles of threat knowledge (ATT&CK, or an organisation's own), read within bounds.

Only the properties that our tables rest on are decoded; the rest of a bundle is skipped, whatever it holds.
Specification: STIX 2.1, sections 3.2 (common properties), 4.7 (intrusion set), 5.1 (relationship).
"""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path
from typing import Final

import msgspec

from vigilia.knowledge.actors.json_text import decode_json
from vigilia.model.errors import KnowledgeError

__all__ = ["ATTACK_SOURCES", "KNOWLEDGE_BYTES_AT_MOST", "Bundle", "StixObject", "read_bundle", "read_plain"]

KNOWLEDGE_BYTES_AT_MOST: Final = 256 << 20
"""Of a bundle or galaxy once unpacked; ATT&CK enterprise 18.1 has 45 MB."""

ATTACK_SOURCES: Final = frozenset({"mitre-attack", "mitre-mobile-attack", "mitre-ics-attack"})
_GZIP: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 31


class Reference(msgspec.Struct, frozen=True):
    """One of `external_references`: an id in somebody's catalogue, or a report that is cited."""

    source_name: str = ""
    external_id: str = ""
    description: str = ""


class Phase(msgspec.Struct, frozen=True):
    """One of `kill_chain_phases`."""

    kill_chain_name: str
    phase_name: str


class StixObject(msgspec.Struct, frozen=True):
    """The properties that we use of any kind of object; `version` is that of an ATT&CK collection."""

    type: str
    id: str = ""
    name: str = ""
    aliases: list[str] = []
    other_names: list[str] = msgspec.field(default=[], name="x_mitre_aliases")
    modified: str = ""
    first_seen: str = ""
    last_seen: str = ""
    external_references: list[Reference] = []
    kill_chain_phases: list[Phase] = []
    relationship_type: str = ""
    source_ref: str = ""
    target_ref: str = ""
    revoked: bool = False
    deprecated: bool = msgspec.field(default=False, name="x_mitre_deprecated")
    version: str = msgspec.field(default="", name="x_mitre_version")

    @property
    def retired(self) -> bool:
        """Was it taken back?"""
        return self.revoked or self.deprecated

    @property
    def attack_id(self) -> str:
        """The id in ATT&CK ("G0016"), or empty."""
        return next((one.external_id for one in self.external_references if one.source_name in ATTACK_SOURCES), "")

    @property
    def cited(self) -> list[Reference]:
        """The reports that it rests on: references that are no ids."""
        return [one for one in self.external_references if one.source_name and not one.external_id]


class _Content(msgspec.Struct, frozen=True):
    objects: list[StixObject]


class Bundle(msgspec.Struct, frozen=True):
    """A bundle as it was read; `sha256` is that of the unpacked bytes."""

    objects: list[StixObject]
    sha256: str

    @property
    def date(self) -> str:
        """The day on which its newest object was changed, or empty."""
        return max((one.modified[:10] for one in self.objects), default="")


def read_bundle(path: Path) -> Bundle:
    """Read a STIX bundle, JSON or JSON in gzip.

    Raises:
        KnowledgeError: it is no such bundle, is too large, or cannot be read.
    """
    raw = read_plain(path)
    try:
        objects = decode_json(raw, _Content).objects
    except msgspec.DecodeError as error:
        raise KnowledgeError(f"not an ATT&CK bundle, nor another one of STIX 2.1: {error}", where=path.name) from error
    return Bundle(objects, hashlib.sha256(raw).hexdigest())


def read_plain(path: Path) -> bytes:
    """Return a file's bytes, unpacked where it is gzip, and never more than `KNOWLEDGE_BYTES_AT_MOST`.

    Raises:
        KnowledgeError: it cannot be read, is damaged, or is larger.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(KNOWLEDGE_BYTES_AT_MOST + 1)
    except OSError as error:
        raise KnowledgeError(f"cannot be read ({error.strerror})", where=path.name) from error
    if raw.startswith(_GZIP):
        raw = _unpacked(raw, path.name)
    if len(raw) > KNOWLEDGE_BYTES_AT_MOST:
        raise KnowledgeError(f"larger than {KNOWLEDGE_BYTES_AT_MOST >> 20} MiB", where=path.name)
    return raw


def _unpacked(raw: bytes, name: str) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_WINDOW)
    try:
        plain = unpacking.decompress(raw, KNOWLEDGE_BYTES_AT_MOST + 1)
    except zlib.error as error:
        raise KnowledgeError("the gzip stream is damaged", where=name) from error
    if not unpacking.eof and len(plain) <= KNOWLEDGE_BYTES_AT_MOST:
        raise KnowledgeError("the gzip stream is cut short", where=name)
    return plain
