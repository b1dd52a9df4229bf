"""Audit records have the fields that go-libaudit finds in the same records; names for numbers are set aside."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import yaml

from support.public_logs import public_logs
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.linux.audit_records import parse_audit_record
from vigilia.readers.linux.auditd import READER
from vigilia.readers.reader import ReadLimits

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


def _files(folder: str) -> dict[str, bytes]:
    with tarfile.open(public_logs() / _ARCHIVE, "r:xz") as archive:
        found = {one.name: archive.extractfile(one) for one in archive if one.isfile() and folder in one.name}
        return {name: content.read() for name, content in found.items() if content is not None}


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
    for name, content in _files("/auparse/testdata/").items():
        for golden in filter(None, json.loads(content) if name.endswith(".golden") else ()):
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


# One record of the collection has a stray quote behind an argument; we keep it.
_ODD_EVENT = "EXECVE with multiple keys"


def _wanted(event: dict[str, Any]) -> dict[str, str]:
    """Return what go-libaudit says of a whole audit event, under the names of our columns."""
    process, auid = event.get("process", {}), event.get("user", {}).get("ids", {}).get("auid", "unset")
    wanted = {
        "process.pid": process.get("pid"),
        "process.executable": process.get("exe"),
        "process.command_line": " ".join(process.get("args", ())),
        "user.id": "" if auid == "unset" else auid,
        "event.outcome": {"success": "success", "fail": "failure"}.get(event.get("result", "")),
        "file.path": (event.get("file") or {}).get("path"),
    }
    for side in ("source", "destination"):
        wanted |= {f"{side}.{part}": (event.get(side) or {}).get(part) for part in ("ip", "port")}
    return {name: str(value) for name, value in wanted.items() if value}


def _said(content: bytes) -> dict[str, set[str]]:
    """Return the values of each column over the records of an audit event."""
    normalizer = Normalizer("linux.auditd", "UTC", "item")
    batches = READER.read(io.BytesIO(content), len(content), ReadLimits())
    rows = [row for batch in batches for row in normalizer.normalize(batch).events.to_pylist()]
    return {name: {str(row[name]) for row in rows} for name in rows[0]}


def test_events_agree() -> None:
    files = _files("/aucoalesce/testdata/")
    compared = 0
    differences: list[tuple[str, str, str, set[str]]] = []
    for name, content in files.items():
        if not name.endswith(".golden"):
            continue
        records = yaml.safe_load(files[name.replace(".json.golden", ".yaml")])["tests"]
        for one in json.loads(content):
            said = _said(records[one["test_name"]].encode())
            wanted = _wanted(one["event"])
            compared += len(wanted)
            differences += [
                (one["test_name"], key, text, said[key]) for key, text in wanted.items() if text not in said[key]
            ]
    assert compared > 150
    assert [one for one in differences if one[0] != _ODD_EVENT] == []
