"""Canary names of invented people, evidence that is full of them, and a search for them in every disguise."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import urllib.parse
import zipfile
from pathlib import Path

# (id, name, alias): invented; every word is long enough to be a telling part of the name.
PEOPLE = (
    ("P1", "Quillandra Vexmoore", "Vexmoorka"),
    ("P2", "Zübeyra Karatöpel", "Зюбейра Каратёпель"),
    ("P3", "歐陽夕鳴", "欧阳夕鸣"),
    ("P4", "نورجيهان قاراتوپ", "Nurjihanla Qaratopli"),
)
PASSPHRASE = "correct canary battery staple"
# What must not be found: each word by itself.
CANARIES = (
    "Quillandra",
    "Vexmoore",
    "Vexmoorka",
    "Zübeyra",
    "Karatöpel",
    "Зюбейра",
    "Каратёпель",
    "歐陽夕鳴",
    "欧阳夕鸣",
    "نورجيهان",
    "قاراتوپ",
    "Nurjihanla",
    "Qaratopli",
)


def watch_list() -> bytes:
    """The plain watch list."""
    tables = [
        f'[[watch.person]]\nid = "{one}"\nname = "{name}"\naliases = ["{alias}"]\n' for one, name, alias in PEOPLE
    ]
    return "\n".join(tables).encode()


def disguised(name: str) -> list[str]:
    """One name as intruders and programs write it."""
    raw = name.encode()
    return [
        name,
        name.upper(),
        " ".join(reversed(name.split())),
        name.replace(" ", "\u200b \u00a0"),
        urllib.parse.quote(name),
        urllib.parse.quote_plus(urllib.parse.quote(name)),
        base64.b64encode(raw).decode(),
        base64.b64encode(f"find {name} now".encode("utf-16-le")).decode(),
        raw.hex(),
        json.dumps(name)[1:-1],
        "".join(f"&#{ord(letter)};" for letter in name),
    ]


def write_canary_evidence(folder: Path) -> Path:
    """Write evidence of several kinds with the names in contents, file names, member names and accounts."""
    folder.mkdir(parents=True)
    names = [form for _, name, alias in PEOPLE for form in (name, alias)]
    m365 = [_search(n, form) for n, form in enumerate(form for name in names for form in disguised(name))]
    m365 += [_mail(n, name) for n, name in enumerate(names)]
    (folder / "audit.jsonl").write_text("".join(json.dumps(one) + "\n" for one in m365), encoding="utf-8")
    (folder / f"export of {names[0]}.jsonl").write_text(json.dumps(_mail(90, names[2])) + "\n", encoding="utf-8")
    (folder / f"{names[2]}.dat").write_bytes(b"\x00\x01 no log")
    (folder / f"link to {names[4]}").symlink_to(f"/nowhere/{names[6]}")
    (folder / f"{names[5]}.log").write_bytes(b"")
    _write_archives(folder, names)
    _write_linux(folder, names)
    return folder


def _search(number: int, text: str) -> dict[str, object]:
    return {
        "CreationTime": f"2026-03-01T{10 + number // 60 % 12:02d}:{number % 60:02d}:00",
        "Id": f"s-{number}",
        "Operation": "SearchQueryInitiatedExchange",
        "RecordType": 52,
        "Workload": "Exchange",
        "UserId": "ada@example.org",
        "ClientIP": "203.0.113.66",
        "QueryText": text,
    }


def _mail(number: int, name: str) -> dict[str, object]:
    first, _, last = name.partition(" ")
    account = f"{first}.{last or first}@example.org".lower()
    return {
        "CreationTime": f"2026-03-02T11:{number % 60:02d}:00",
        "Id": f"m-{number}",
        "Operation": "Send",
        "RecordType": 2,
        "Workload": "Exchange",
        "UserId": account,
        "MailboxOwnerUPN": account,
        "ClientIPAddress": "203.0.113.66",
        "Item": {"Subject": f"About {name}", "ParentFolder": {"Path": f"\\Inbox\\{name}"}},
        "First": first,
        "Last": last,
    }


def _write_archives(folder: Path, names: list[str]) -> None:
    with zipfile.ZipFile(folder / f"{names[1]}.zip", "w") as archive:
        archive.writestr(f"{names[3]}/{names[0]}.jsonl", json.dumps(_mail(91, names[4])))
        archive.writestr(f"../{names[6]}.bin", b"\x00 no log")
        archive.writestr(f"bomb {names[5]}.log", bytes(80 * 1024 * 1024), zipfile.ZIP_DEFLATED)
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w") as archive:
        member = tarfile.TarInfo(f"{names[7]}.txt")
        member.type, member.linkname = tarfile.SYMTYPE, f"/{names[0]}"
        archive.addfile(member)
    (folder / "members.tar").write_bytes(octets.getvalue())
    (folder / f"damaged {names[0]}.zip").write_bytes(b"PK\x03\x04 this is no archive")
    (folder / f"broken {names[1]}.evtx").write_bytes(b"ElfFile\x00" + bytes(5000))


def _write_linux(folder: Path, names: list[str]) -> None:
    auth = [
        f"2026-03-01T05:0{n}:00+00:00 web01 sshd[{n}]: Accepted password for {name.split()[0]} from 203.0.113.66 "
        f"port 22 ssh2\n"
        for n, name in enumerate(names)
    ]
    (folder / "auth.log").write_text("".join([*auth, f"a line of {names[0]} that is no record\n"]), encoding="utf-8")
    access = [
        f'203.0.113.66 - - [01/Mar/2026:10:{n:02d}:00 +0000] "GET /search?q={urllib.parse.quote(name)} HTTP/1.1" '
        f'200 {n} "-" "{name}"\n'
        for n, name in enumerate(names)
    ]
    (folder / "access.log").write_text("".join(access), encoding="utf-8")
    audit = [
        f"type=EXECVE msg=audit(1772366400.{n:03d}:{n}): argc=3 a0=grep a1=-r a2={name.encode().hex().upper()}\n"
        for n, name in enumerate(names)
    ]
    (folder / "audit.log").write_text("".join(audit), encoding="utf-8")


def _forms(canary: str) -> list[bytes]:
    spellings = {canary, canary.lower(), canary.upper(), canary.casefold()}
    found: set[bytes] = set()
    for one in spellings:
        raw = one.encode()
        found |= {raw, one.encode("utf-16-le"), raw.hex().encode(), raw.hex().upper().encode()}
        found |= {json.dumps(one)[1:-1].encode(), urllib.parse.quote(one).encode()}
        found |= {"".join(f"&#{ord(letter)};" for letter in one).encode()}
        found |= {"".join(f"\\x{octet:02x}" for octet in raw).encode()}
        found |= {core for encoded in (raw, one.encode("utf-16-le")) for core in _base64_cores(encoded)}
    return sorted(found)


def _base64_cores(raw: bytes) -> list[bytes]:
    """What base64 makes of the bytes whatever stands before and behind them."""
    cores = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw + b"\0\0\0")
        cores.append(encoded[(0, 2, 3)[before] : (before + len(raw)) * 8 // 6])
    return [core for core in cores if len(core) >= 8]


FORMS = {canary: _forms(canary) for canary in CANARIES}


def canaries_in(octets: bytes) -> list[str]:
    """Return the canaries that stand in some bytes, in whatever disguise."""
    return [canary for canary, forms in FORMS.items() if any(form in octets for form in forms)]
