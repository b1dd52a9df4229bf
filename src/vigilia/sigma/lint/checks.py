"""What a rule can be checked for: stable codes and their meaning, which docs/rules.md lists as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import msgspec

from vigilia.sigma.detection_items import ItemPath

__all__ = ["CHECKS", "Check", "Gravity", "Observation", "Observations", "Remark"]

Gravity = Literal["broken", "blind", "doubtful", "untidy"]


class Check(NamedTuple):
    """One check.

    Attributes:
        gravity: "broken" rules are not run; "blind" ones can never match, or not here; "doubtful" ones probably say
            something else than was meant; "untidy" ones run as meant.
    """

    gravity: Gravity
    meaning: str


class Observation(NamedTuple):
    """Something seen in one document: where in it, as the keys and places that lead there."""

    code: str
    path: ItemPath
    what: str
    hint: str


Observations = Iterator[Observation]


class Remark(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """An observation with its file and line; remarks sort by these."""

    path: str
    line: int
    code: str
    what: str
    hint: str
    title: str = ""


CHECKS: dict[str, Check] = {
    "SG001": Check("broken", "the rule cannot be run"),
    "SG101": Check("untidy", "the title is missing, or has more than 256 characters"),
    "SG102": Check("untidy", "another rule has the same title"),
    "SG103": Check("untidy", "the id is missing"),
    "SG104": Check("untidy", "the id is not a UUID"),
    "SG105": Check("doubtful", "the level is missing or unknown; the rule counts as medium"),
    "SG106": Check("untidy", "the status is missing or unknown"),
    "SG107": Check("untidy", "a date is not written as YYYY-MM-DD"),
    "SG108": Check("untidy", "a tag has no namespace that Sigma defines, or not its form"),
    "SG109": Check("doubtful", "a tag names an ATT&CK technique or tactic that does not exist, or no longer"),
    "SG110": Check("untidy", "something else that describes the rule has the wrong form"),
    "SG201": Check("doubtful", "a selection is never used by the condition"),
    "SG202": Check("blind", "the condition can never hold"),
    "SG203": Check("doubtful", "the condition always holds"),
    "SG204": Check("blind", "the rule asks for two values of one field at once, which only a field with several has"),
    "SG205": Check("blind", "nothing that Vigilia reads has this log source"),
    "SG206": Check("doubtful", "a record that has none of the fields matches"),
    "SG301": Check("untidy", "the modifier `all` has only one value"),
    "SG302": Check("untidy", "a value is there twice, or differs from another by case alone"),
    "SG303": Check("doubtful", "a wildcard stands where the modifier puts one"),
    "SG304": Check("doubtful", "one backslash before a wildcard makes it a plain character"),
    "SG305": Check("untidy", "a regular expression is a plain text, which is found faster without `re`"),
    "SG306": Check("untidy", "a regular expression begins or ends with `.*`, which changes nothing"),
    "SG307": Check("doubtful", "a dot in a regular expression stands for any character where a file extension follows"),
    "SG308": Check("doubtful", "a keyword has fewer than three characters"),
    "SG309": Check("doubtful", "an empty list is read as `null`: the field is missing"),
    "SG310": Check("doubtful", "YAML reads a value as something else than is written"),
    "SG311": Check("doubtful", "an empty text is in every value"),
    "SG312": Check("blind", "no time has such a part"),
    "SG313": Check("doubtful", "a text under `base64offset` has fewer than three bytes, of which too little is left"),
}
