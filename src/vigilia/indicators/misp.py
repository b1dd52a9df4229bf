"""Indicators out of MISP events: attributes that are marked for detection (`to_ids`)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from vigilia.indicators.dates import written_date
from vigilia.indicators.fields import load_field_names
from vigilia.indicators.gathered import Claim, Gathered

__all__ = ["MispDocument", "gather_misp"]

_GALAXY = re.compile(r'misp-galaxy:(?:threat-actor|mitre-intrusion-set|mitre-malware|mitre-tool|malpedia|tool)="(.+)"')
_ATTACK_ID = re.compile(r"\b[GS]\d{4}\b")
_ADMIRALTY = re.compile(r'admiralty-scale:(source-reliability|information-credibility)="([a-fA-F1-6])"')


class _Tag(msgspec.Struct, frozen=True):
    name: str = ""


class _Organisation(msgspec.Struct, frozen=True):
    name: str = ""


class _Attribute(msgspec.Struct, frozen=True):
    type: str = ""
    value: str = ""
    to_ids: bool = False
    deleted: bool = False
    uuid: str = ""
    first_seen: str | None = None
    last_seen: str | None = None
    timestamp: str | int = ""
    tags: list[_Tag] = msgspec.field(default_factory=list, name="Tag")


class _Object(msgspec.Struct, frozen=True):
    attributes: list[_Attribute] = msgspec.field(default_factory=list, name="Attribute")


class _Event(msgspec.Struct, frozen=True):
    date: str = ""
    attributes: list[_Attribute] = msgspec.field(default_factory=list, name="Attribute")
    objects: list[_Object] = msgspec.field(default_factory=list, name="Object")
    tags: list[_Tag] = msgspec.field(default_factory=list, name="Tag")
    organisation: _Organisation = msgspec.field(default_factory=_Organisation, name="Orgc")


class MispDocument(msgspec.Struct, frozen=True):
    """One exported event."""

    event: _Event = msgspec.field(name="Event")


def gather_misp(documents: list[MispDocument], gathered: Gathered) -> None:
    """Take the events' attributes; those that are not meant for detection are counted and left out."""
    for document in documents:
        for attribute in _attributes(document.event):
            _gather(attribute, document.event, gathered)


def _attributes(event: _Event) -> Iterator[_Attribute]:
    yield from event.attributes
    for one in event.objects:
        yield from one.attributes


def _gather(attribute: _Attribute, event: _Event, gathered: Gathered) -> None:
    kinds = load_field_names().misp_types.get(attribute.type)
    if attribute.deleted:
        gathered.leave_out("withdrawn by its source", attribute.value)
    elif not attribute.to_ids:
        gathered.leave_out("marked by its source as no sign of an intruder (to_ids)", attribute.value)
    elif kinds is None:
        gathered.leave_out(f"a kind of value that is not looked for ({attribute.type[:60]})", attribute.value)
    else:
        claim = _claim(attribute, event)
        parts = attribute.value.split("|", len(kinds) - 1)
        for kind, part in zip(kinds, parts, strict=False):
            if kind:
                gathered.add(kind, part, claim)


def _claim(attribute: _Attribute, event: _Event) -> Claim:
    tags = [tag.name for tag in (*event.tags, *attribute.tags)]
    names = [found[1] for found in map(_GALAXY.fullmatch, tags) if found]
    grades = {found[1]: found[2] for found in map(_ADMIRALTY.fullmatch, tags) if found}
    return Claim(
        names=tuple(names),
        attack_ids=tuple(one for name in names for one in _ATTACK_ID.findall(name)),
        source=event.organisation.name,
        grade=f"{grades.get('source-reliability', 'F').upper()}{grades.get('information-credibility', '6')}",
        first_known=written_date(attribute.first_seen or attribute.timestamp or event.date),
        last_known=written_date(attribute.last_seen or ""),
        reference=attribute.uuid,
    )
