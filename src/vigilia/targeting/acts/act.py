"""The search act: one attempt to find something."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KEPT_AT_MOST", "Act"]

# Of a text, in characters. More than is shown: what is shown is cut after watched names were taken out, so that no half
# of one is left.
KEPT_AT_MOST = 3000


@dataclass(frozen=True, slots=True)
class Act:
    """One search act.

    Attributes:
        actor: the account, else the address, else the machine.
        kind: "query" (the record is a search), "rule" (of a mailbox: what arrives is searched from then on),
            "statement" (of a database), "command", "script", "url", or "files" (names opened in a row share a term).
        raw: as recorded, at most 3,000 characters. decoded: what was looked for, likewise. how: the steps between.
        same_act: other records of the same act (a program start recorded twice, the words while they were typed).
        address: where the actor came from, as far as it is known.
        where: the mailbox, site, share or host that was searched; empty where the record does not say.
    """

    time: str
    source: str
    actor: str
    machine: str
    kind: str
    raw: str
    decoded: str
    how: tuple[str, ...]
    terms: tuple[str, ...]
    event_id: str
    same_act: tuple[str, ...] = ()
    address: str = ""
    where: str = ""
