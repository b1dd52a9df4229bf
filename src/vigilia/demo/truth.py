"""The truth about the incident, as `truth.json`: what an investigation should have found."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections import Counter
from collections.abc import Iterator

import orjson

from vigilia.demo.dates import EXPORTED, TRUE_FIRST_ACCESS
from vigilia.demo.linux_story import LINUX_ADDRESSES
from vigilia.demo.m365_intruder import CONSENTED_APPLICATION, M365_ADDRESSES, VICTIM, m365_sessions
from vigilia.demo.people import DOMAIN, scenario_text
from vigilia.demo.record import LogFile, Record
from vigilia.demo.web_intruder import WEB_ADDRESSES
from vigilia.demo.windows_intruder import VPN_ADDRESS, WORKSTATION_ADDRESS
from vigilia.model.times import format_time

__all__ = ["counted_acts", "marked_events", "search_acts", "truth_document"]

Document = dict[str, object]

_UNSET_SESSION = "4294967295"
_AUDIT_SESSION = re.compile(r" ses=(\d{1,10})\b")


def truth_document(files: list[LogFile], seed: int) -> bytes:
    """Return truth.json; its keys are described in docs/demo.md."""
    times = [record.at for file in files for record in file.records if record.intruder]
    acts = list(search_acts(files))
    document: Document = {
        "schema": 1,
        "seed": seed,
        "true_first_access": format_time(TRUE_FIRST_ACCESS),
        "window": {"first_seen": format_time(min(times)), "last_seen": format_time(max(times))},
        "exported": format_time(EXPORTED),
        "accounts": [
            {"value": f"{VICTIM}@{DOMAIN}", "source": "m365.audit"},
            {"value": VICTIM, "source": "windows"},
            {"value": "svc-backup", "source": "windows"},
            {"value": "deploy", "source": "linux"},
            {"value": "www-data", "source": "linux"},
            {"value": "root", "source": "linux"},
        ],
        "addresses": sorted({*M365_ADDRESSES, *WEB_ADDRESSES, *LINUX_ADDRESSES, VPN_ADDRESS}),
        "internal_addresses_used": [WORKSTATION_ADDRESS],
        "hosts": ["FS01", "WS07", "web01"],
        "applications": [CONSENTED_APPLICATION],
        "sessions": list(_sessions(files, seed)),
        "search_acts": acts,
        "topics": counted_acts(acts, "topics"),
        "persons": counted_acts(acts, "persons"),
        "event_counts": _event_counts(files),
        "events": [marked_events(file) for file in files],
    }
    document |= _timed(tomllib.loads(scenario_text("truth.toml")))
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _timed(tables: Document) -> Document:
    """Write the times of the scenario file as all others; the tables keep their order."""
    text = orjson.dumps(tables, default=str, option=orjson.OPT_PASSTHROUGH_DATETIME)
    plain: Document = orjson.loads(text)
    gaps = tables["gap"]
    if isinstance(gaps, list):
        plain["gap"] = [
            {key: format_time(value) if isinstance(value, dt.datetime) else value for key, value in gap.items()}
            for gap in gaps
        ]
    return plain


def _place(file: LogFile) -> str:
    """Return the path as a case writes it: members after `!/`, gzip content under the name without .gz."""
    member = file.path.rsplit("/", 1)[-1].removesuffix(".gz") if file.packing == "gzip" else file.member
    return f"evidence/{file.path}" + (f"!/{member}" if member else "")


def marked_events(file: LogFile) -> Document:
    """Return which records of a file are the intruder's, by their ordinals and ids."""
    marked = [(number, record) for number, record in enumerate(file.records) if record.intruder]
    return {
        "path": _place(file),
        "source": file.source,
        "records": len(file.records),
        "ordinals": [number for number, _ in marked],
        "ids": [record.id for _, record in marked if record.id],
    }


def _event_counts(files: list[LogFile]) -> dict[str, int]:
    counts = Counter({file.source: 0 for file in files})
    for file in files:
        counts[file.source] += sum(record.intruder for record in file.records)
    return dict(sorted(counts.items()))


def search_acts(files: list[LogFile]) -> Iterator[Document]:
    """Yield every record that holds a search of the intruder, in time order."""
    found: list[tuple[dt.datetime, str, int, LogFile, Record]] = []
    for file in files:
        for number, record in enumerate(file.records):
            if record.search is not None:
                found.append((record.at, _place(file), number, file, record))
    for at, place, number, file, record in sorted(found, key=lambda entry: entry[:3]):
        search = record.search
        if search is not None:
            yield {
                "time": format_time(at),
                "source": file.source,
                "path": place,
                "ordinal": number,
                "act": search.act,
                "actor": search.actor,
                "raw": search.raw,
                "text": search.text,
                "topics": list(search.topics),
                "persons": list(search.persons),
            }


def counted_acts(acts: list[Document], key: str) -> dict[str, int]:
    """Count distinct acts by topic or person: one act may stand in several records."""
    pairs = set()
    for act in acts:
        named = act[key]
        if isinstance(named, list):
            pairs |= {(one, act["act"]) for one in named}
    return dict(sorted(Counter(one for one, _ in pairs).items()))


def _sessions(files: list[LogFile], seed: int) -> Iterator[Document]:
    for value, stolen in m365_sessions(seed).items():
        yield {"value": value, "source": "m365.audit", "shared_with_owner": stolen}
    values: dict[tuple[str, str], None] = {}
    for file in files:
        for record in file.records:
            session = _session_of(file, record) if record.intruder else ""
            if session:
                values[file.source, session] = None
    for source, value in values:
        yield {"value": value, "source": source, "shared_with_owner": False}


def _session_of(file: LogFile, record: Record) -> str:
    if file.source == "linux.auditd":
        found = _AUDIT_SESSION.search(record.line)
        return f":ses{found[1]}" if found and found[1] != _UNSET_SESSION else ""
    return record.session
