"""The demo's incident with a payload in one field of every record, in file names, in the profile and in rules."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vigilia.demo.incident import write_incident

# U+E0041 and U+F0000 are beyond the basic plane: JSON escapes of one kind only can write them.
PAYLOADS = (
    "<script>document.title='PW'+'NED'</script>",
    "\"><img src=x onerror=\"document.title='PW'+'NED'\">",
    "' onmouseover='document.title=1",
    "</title></style></svg><svg onload=document.title=1>",
    "{{7*7}}{% include '/etc/passwd' %}",
    "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f",
    "\u202egpj.exe\u200b\u2066\u2028",
    "\U000e0041\U000f0000",
    "'; DROP VIEW events; --",
    "' OR 1=1 --",
    "https://evil.example/x\r\nSet-Cookie: 1",
    "]]><iframe srcdoc=x>",
)
# What decides which record this is, and when: with a payload it would be another record.
_KEPT = frozenset(
    (
        "CreationTime",
        "Operation",
        "RecordType",
        "Workload",
        "SystemTime",
        "EventID",
        "Channel",
        "EventRecordID",
        "Name",
        "Id",
        "CreationDate",
    )
)


def write_poisoned_incident(folder: Path) -> Path:
    """Write the incident and poison it; return the folder, with `evidence`, `org.toml` and `rules` in it."""
    write_incident(folder)
    for number, path in enumerate(sorted((folder / "evidence").rglob("*"))):
        if path.suffix == ".jsonl":
            _poison_lines(path, _poison_json)
        elif path.suffix == ".csv":
            _poison_csv(path)
        elif path.name.startswith(("access.log", "audit.log", "auth.log")) and path.suffix != ".gz":
            _poison_lines(path, _poison_text)
        if path.is_file():
            payload = PAYLOADS[number % len(PAYLOADS)].replace("/", "%")
            path.rename(path.with_name(f"{path.stem}{payload}{path.suffix}"))
    _poison_profile(folder / "org.toml")
    (folder / "rules").mkdir()
    for number, payload in enumerate(PAYLOADS):
        (folder / "rules" / f"{number}.yml").write_text(_rule(number, payload), encoding="utf-8")
    return folder


def _rule(number: int, payload: str) -> str:
    quoted = json.dumps(payload)
    title = json.dumps(f"Title {payload}")
    return (
        f"title: {title}\nid: 00000000-0000-4000-8000-{number:012d}\ndescription: {quoted}\n"
        f"logsource: {{product: windows, service: security}}\nfalsepositives: [{quoted}]\n"
        f"detection:\n  any:\n    EventID: {4624 + number % 3}\n  condition: any\nlevel: high\n"
    )


def _poison_profile(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for number, key in enumerate(("name", "label", "what", "note", "owner")):
        payload = json.dumps(PAYLOADS[number])[1:-1]
        text = text.replace(f'\n{key} = "', f'\n{key} = "{payload} ')
    path.write_text(text, encoding="utf-8")


def _poison_lines(path: Path, poison: Callable[[str, int], str]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(poison(line, n) + "\n" for n, line in enumerate(lines)), encoding="utf-8")


def _poison_text(line: str, number: int) -> str:
    payload = PAYLOADS[number % len(PAYLOADS)].replace("\r\n", " ").replace("\u2028", "")
    places = [n for n, letter in enumerate(line) if letter in ' "/' and n > 40] or [len(line)]
    place = places[number // len(PAYLOADS) % len(places)]
    return line[:place] + payload + line[place:]


def _poison_json(text: str, number: int) -> str:
    record = json.loads(text)
    leaves = list(_leaves(record))
    if leaves:
        holder, key = leaves[number // len(PAYLOADS) % len(leaves)]
        holder[key] += PAYLOADS[number % len(PAYLOADS)]
    return json.dumps(record, ensure_ascii=number % 2 == 0)


def _leaves(value: Any) -> list[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, one in pairs:
        if isinstance(one, str) and key not in _KEPT:
            found.append((value, key))
        else:
            found += _leaves(one)
    return found


def _poison_csv(path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    for number, row in enumerate(rows):
        row["AuditData"] = _poison_json(row["AuditData"], number)
        if number % 7 == 0:
            row["UserId"] += PAYLOADS[number % len(PAYLOADS)]
        writer.writerow(row)
    path.write_text(written.getvalue(), encoding="utf-8")
