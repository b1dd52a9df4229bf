"""ATT&CK technique ids, names and tactics, distilled from one published bundle.

Only ids, names and tactics are kept: the facts that a report needs to say what a rule's tag means.
The terms under which MITRE lets them be copied are in LICENSE-ATTACK.txt beside this module.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import msgspec

from vigilia.knowledge.actors.stix import StixObject, read_bundle
from vigilia.knowledge.shipped_table import read_text
from vigilia.model.errors import KnowledgeError
from vigilia.model.matches import Finding
from vigilia.model.result import Technique

__all__ = ["AttackTable", "AttackTechnique", "distil", "encode_table", "technique_table", "techniques"]

_FILE = "attack_techniques.json"


class AttackTechnique(msgspec.Struct, frozen=True, kw_only=True):
    """One technique; `retired` ones are kept, because rules go on naming them.

    Attributes:
        name: with its parent's in front, as in "Email Collection: Email Forwarding Rule".
        tactics: ATT&CK short names, sorted ("collection").
    """

    name: str
    tactics: list[str]
    retired: bool = False


class AttackTable(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table with where it comes from; `sha256` is that of the unpacked bundle."""

    version: str
    date: str
    source: str
    sha256: str
    notice: str
    techniques: dict[str, AttackTechnique]


@lru_cache(maxsize=1)
def technique_table() -> AttackTable:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: the packaged file is damaged.
    """
    try:
        return msgspec.json.decode(read_text("vigilia.knowledge", _FILE), type=AttackTable)
    except msgspec.DecodeError as error:
        raise KnowledgeError(str(error), where=_FILE, hint="Install the package again.") from error


def techniques(findings: Iterable[Finding]) -> list[Technique]:
    """Return the techniques that the findings' rules name, sorted by id.

    A technique that the table does not know keeps its id as its name, so that nothing is lost.
    A rule's tag says what its author meant to detect; it is not proof of the procedure.
    """
    events: dict[str, dict[str, None]] = {}
    least: dict[str, int] = {}
    for finding in sorted(findings, key=lambda one: (one.first_time, one.rule_id)):
        for identifier in finding.technique_ids:
            events.setdefault(identifier, {}).update(dict.fromkeys(finding.event_ids))
            least[identifier] = max(least.get(identifier, 0), finding.count)
    return [_technique(one, list(events[one]), least[one]) for one in sorted(events)]


def distil(bundle: Path, *, version: str, date: str) -> AttackTable:
    """Reduce an ATT&CK STIX bundle (JSON, or JSON in gzip) to the table.

    Raises:
        KnowledgeError: the file is not such a bundle, or too large.
    """
    read = read_bundle(bundle)
    found = _by_id(read.objects)
    return AttackTable(
        version=version,
        date=date,
        source="https://github.com/mitre/cti enterprise-attack",
        sha256=read.sha256,
        notice="© 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of "
        "The MITRE Corporation. Terms: LICENSE-ATTACK.txt.",
        techniques={one: _distilled(one, found) for one in sorted(found)},
    )


def encode_table(table: AttackTable) -> bytes:
    """Write the table as the packaged file holds it: one technique per line, so that changes can be read."""
    text = msgspec.json.format(msgspec.json.encode(table), indent=1)
    return text + b"\n"


def _technique(identifier: str, event_ids: list[str], least: int) -> Technique:
    known = technique_table().techniques.get(identifier)
    return Technique(
        id=identifier,
        name=known.name if known else identifier,
        tactics=known.tactics if known else [],
        count=max(len(event_ids), least),
        event_ids=event_ids,
    )


def _by_id(objects: list[StixObject]) -> dict[str, StixObject]:
    found: dict[str, StixObject] = {}
    for one in objects:
        if one.type != "attack-pattern":
            continue
        earlier = found.get(one.attack_id)
        # An id may stand on a retired object as well as on the live one: the live one wins.
        if one.attack_id and (earlier is None or earlier.retired):
            found[one.attack_id] = one
    return found


def _distilled(identifier: str, found: dict[str, StixObject]) -> AttackTechnique:
    one = found[identifier]
    parent = found.get(identifier.partition(".")[0]) if "." in identifier else None
    phases = {phase.phase_name for phase in one.kill_chain_phases if phase.kill_chain_name == "mitre-attack"}
    return AttackTechnique(
        name=f"{parent.name}: {one.name}" if parent else one.name,
        tactics=sorted(phases),
        retired=one.retired,
    )
