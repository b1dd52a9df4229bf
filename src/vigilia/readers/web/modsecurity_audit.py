"""ModSecurity's audit log in its serial form: a block for each transaction, its parts between boundaries.

    --a1b2c3d4-A--
    [03/Mar/2026:09:15:00.123456 +0000] Zabc 192.0.2.7 51000 192.0.2.10 443
    --a1b2c3d4-B--
    POST /wp-login.php HTTP/1.1
    --a1b2c3d4-Z--

Parts that are read: A (who, when), B (request), C (its body), F (answer), H (what the rules said). The others are kept
as they are. Format: ModSecurity reference manual, "Audit Logging".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import re2

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_BOUNDARY: Final = re2.compile(r"^--([0-9A-Za-z]{4,64})-+([A-Z])--$")
_PART_A: Final = re2.compile(
    r"^\[(?P<timestamp>[^\]]+)\] (?P<transaction>\S+) (?P<c_ip>\S+) (?P<c_port>\d+) (?P<s_ip>\S+) (?P<s_port>\d+)"
)
_REQUEST: Final = re2.compile(
    r"^(?P<cs_method>[A-Za-z]+) (?P<cs_uri>(?P<cs_uri_stem>[^? ]*)(?:\?(?P<cs_uri_query>\S*))?)"
    r"(?: (?P<cs_version>HTTP/\S+))?"
)
_STATUS: Final = re2.compile(r"^HTTP/\S+ (?P<sc_status>\d{3})")
_RULE: Final = re2.compile(r'\[id "(\d+)"\]')
_SAID: Final = re2.compile(r'\[msg "([^"]*)"\]')
_HEADERS: Final = {
    "host": "cs-host",
    "user-agent": "cs-user-agent",
    "referer": "cs-referer",
    "x-forwarded-for": "x-forwarded-for",
}
_KEPT_AS: Final = {"C": "request_body", "I": "request_body", "E": "response_body", "H": "audit_trailer"}


def _begins(line: str) -> bool:
    found = _BOUNDARY.match(line.rstrip("\r"))
    return found is not None and found[2] == "A"


def _joins(block: Sequence[str], _line: str) -> bool:
    """Whether a beginning stands within a transaction, which has not ended yet: in a body that imitates one."""
    last = next((line for line in block[-1:-4:-1] if line.strip()), "")
    found = _BOUNDARY.match(last.rstrip("\r"))
    return found is None or found[2] != "Z"


def _parse(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    """Return the fields of one transaction.

    None where its first part says neither time nor address, or where it does not end but others begin within it: a log
    that was torn there, or a body that imitates an end.
    """
    parts = _parts(lines)
    if "Z" not in parts and any(map(_begins, lines[1:])):
        return None
    first = _PART_A.match(next(iter(parts.get("A", ())), ""))
    if first is None:
        return None
    fields: dict[str, FieldValue] = _named(first.groupdict())
    fields |= _request(parts.get("B", []))
    answer = _STATUS.match(next(iter(parts.get("F", ())), ""))
    fields |= _named(answer.groupdict()) if answer else {}
    fields |= _rules(parts.get("H", []))
    for part, name in _KEPT_AS.items():
        text = "\n".join(parts.get(part, [])).strip()
        if text:
            fields[name] = text
    return fields


def _parts(lines: Sequence[str]) -> dict[str, list[str]]:
    """Return the lines of each part; only boundaries of the block's own mark count, for a body can imitate others."""
    opening = _BOUNDARY.match(lines[0].rstrip("\r"))
    mark = opening[1] if opening else ""
    parts: dict[str, list[str]] = {}
    here: list[str] = []
    for line in lines:
        found = _BOUNDARY.match(line.rstrip("\r")) if line.startswith("--") else None
        if found is not None and found[1] == mark:
            here = parts.setdefault(found[2], [])
        else:
            here.append(line.rstrip("\r"))
    return parts


def _request(lines: Sequence[str]) -> dict[str, FieldValue]:
    found = _REQUEST.match(lines[0]) if lines else None
    fields: dict[str, FieldValue] = _named(found.groupdict()) if found else {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        known = _HEADERS.get(name.strip().lower()) if colon else None
        if known is not None and value.strip():
            fields.setdefault(known, value.strip())
    return fields


def _rules(lines: Sequence[str]) -> dict[str, FieldValue]:
    """Return what the rules that fired are called, and whether the request was stopped."""
    messages = [line for line in lines if line.startswith("Message: ")]
    rules = [rule for line in messages for rule in _RULE.findall(line)]
    said = [text for line in messages for text in _SAID.findall(line)]
    fields: dict[str, FieldValue] = {}
    if rules:
        fields["rule_id"] = rules
    if said:
        fields["rule_message"] = said
    if any(line.startswith("Action: Intercepted") for line in lines):
        fields["action"] = "intercepted"
    return fields


def _named(groups: dict[str, str | None]) -> dict[str, FieldValue]:
    return {name.replace("_", "-"): value for name, value in groups.items() if value}


READER: Final[Reader] = BlockReader(
    "web-modsecurity-serial", "web.waf", "ModSecurity audit log (serial)", _begins, _parse, joins=_joins, sureness=0.97
)
