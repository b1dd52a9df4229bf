"""Audit records have the fields that go-libaudit finds in the same records; names for numbers are set aside."""

from __future__ import annotations

import json
import tarfile
from typing import Any

from support.public_logs import public_logs
from vigilia.readers.linux.audit_records import parse_audit_record

_ARCHIVE = "go_libaudit_testdata_Apache2.tar.xz"
# go-libaudit writes names where the record has numbers; we keep what the record has.
_NAMES_FOR_NUMBERS = {"arch", "exit", "sig", "syscall"}
# go-libaudit divides the words of SELinux; we keep them in `message`.
_OF_MESSAGE = {"seperms", "seresult"}
_UNSET = "4294967295"
_UNSET_IS_TOLD = {"auid", "old-auid", "ses"}
_FAMILIES = {"inet": "ipv4", "inet6": "ipv6", "local": "unix"}
_OUTCOMES = {"yes": "success", "no": "fail", "1": "success", "0": "fail", "failed": "fail"}
_CONTEXT = ("user", "role", "domain", "level", "category")


def _goldens() -> dict[str, list[dict[str, Any] | None]]:
    with tarfile.open(public_logs() / _ARCHIVE, "r:xz") as archive:
        wanted = [one for one in archive if "/auparse/testdata/" in one.name and one.name.endswith(".golden")]
        return {one.name: json.load(archive.extractfile(one) or _missing()) for one in wanted}


def _missing() -> Any:
    raise AssertionError("a golden file cannot be read")


def _as_they_say(fields: dict[str, Any]) -> dict[str, Any]:
    """Return our fields under their names: contexts divided, addresses and outcomes in their words."""
    said = {name: "unset" if value == _UNSET and name in _UNSET_IS_TOLD else value for name, value in fields.items()}
    for context in ("subj", "obj"):
        parts = str(fields.get(context, "")).split(":", 4)
        said |= {f"{context}_{part}": text for part, text in zip(_CONTEXT, parts, strict=False) if text}
    outcome = str(fields.get("res") or fields.get("success") or "")
    said["result"] = _OUTCOMES.get(outcome, outcome)
    if "saddr" in fields:
        family = fields.get("saddr_family", str(int(fields["saddr"][:2], 16)))
        said["family"] = _FAMILIES.get(family, family)
        said |= {name: fields[f"saddr_{long}"] for name, long in _SOCKET.items() if f"saddr_{long}" in fields}
    return said


_SOCKET = {"addr": "address", "port": "port", "path": "path"}


def test_records_agree() -> None:
    compared = 0
    differences: list[tuple[str, str, object, object]] = []
    for name, messages in _goldens().items():
        for golden in filter(None, messages):
            record = parse_audit_record(f"type={golden['record_type'].upper()} msg={golden['raw_msg']}")
            assert record is not None, golden["raw_msg"]
            assert str(golden["sequence"]) == str(record["audit_id"]).partition(":")[2]
            ours = _as_they_say(record)
            for field, theirs in (golden.get("data") or {}).items():
                if field in _NAMES_FOR_NUMBERS and ours.get(field) != theirs:
                    assert field in ours, (name, golden["raw_msg"])
                elif field not in _OF_MESSAGE:
                    compared += 1
                    differences += [] if ours.get(field) == theirs else [(name, field, theirs, ours.get(field))]
    assert compared > 900
    assert differences == []
