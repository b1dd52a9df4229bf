"""S-03: member names that would leave their folder, name a device, or hide: shown as text, never used as a path."""

from __future__ import annotations

import gzip
import io
import itertools
import tarfile
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from support.archives import Unpacking, tar_of, zip_of
from support.locked_archives import aes_zip, sevenzip

_CLIMBS = ["..", "../x", "../../../../../../tmp/x", "a/../../x", "a/b/../../../x", "./../x", "..//x", "a/./../../x"]
_ABSOLUTE = ["/x", "//x", "/etc/cron.d/x", "///x", "/proc/self/mem", "/dev/null", "~/.ssh/x", "~root/x"]
_WINDOWS = [
    "C:x",
    "C:\\x",
    "c:/x",
    "\\x",
    "\\\\host\\share\\x",
    "//host/share/x",
    "\\\\?\\C:\\x",
    "\\\\.\\PhysicalDrive0",
    "..\\x",
    "a\\..\\..\\x",
    "..\\../x",
    "a/..\\..\\x",
    "\\\\?\\GLOBALROOT\\x",
    "Z:..\\x",
]
_DEVICES = ["CON", "PRN", "AUX", "NUL", "COM1", "LPT1", "con.log", "NUL.txt", "COM1.log", "a/aux.c", "CONIN$", "CLOCK$"]
_ENDS = [
    "x.",
    "x..",
    "x ",
    "x. ",
    " x",
    "x/.",
    "x/ ",
    "x::$DATA",
    "x:stream",
    "x:$I30:$INDEX_ALLOCATION",
    "a .log",
    "...",
]
_ENCODED = ["%2e%2e/x", "%2E%2E%2Fx", "..%2fx", "%2E./x", "..%5cx", "%c0%ae%c0%ae/x", "%00x", "..%00/x", "&#46;&#46;/x"]
_HIDDEN = [
    "a\u202egol.exe",
    "\u2066../x\u2069",
    "a\u200b.log",
    "\ufeffx",
    "x\x1b[2Jy",
    "x\x1b]0;t\x07y",
    "a\nb",
    "a\rb",
    "a\tb",
    "a\x08b",
    "\x7f",
    "\u2028x",
    "x\u0000y",
    "\u2025/x",
    "\uff0e\uff0e/x",
    "\u2215etc\u2215x",
]
_SHELL = [
    "$(x)",
    "`x`",
    ";x",
    "|x",
    "&x",
    "-rf",
    "--x=y",
    "*",
    "?",
    "x>y",
    "${HOME}",
    "%PATH%",
    "'x'",
    '"x"',
    "!x",
    "#x",
]
_OURS = [
    "x!/y",
    "!/",
    "a!/../b",
    ".unfinished-1-1",
    "0" * 64,
    "evidence.jsonl",
    "ledger.jsonl",
    "case.toml",
    "events/x",
]
_CASES = [
    "A.LOG",
    "a.log",
    "a.Log",
    "\u0130.log",
    "i\u0307.log",
    "\u017f.log",
    "s.log",
    "\u00e9",
    "e\u0301",
    "\ufb01",
    "fi",
]
_LONG = [
    "a" * 255,
    "a" * 256,
    "a" * 5000,
    "/".join("a" * 200),
    "../" * 1000 + "x",
    "\U0001f600" * 1000,
    "a/" * 500 + "x",
]
_TEMPLATES = [
    "{{7*7}}",
    "{%x%}",
    "<script>x</script>",
    "=cmd|x",
    "+1",
    "@x",
    "a,b",
    "a;b",
    'a"b',
    "<!--x-->",
    "]]>",
    "\\x2e\\x2e/x",
]
_MORE = [
    f"{climb}/{name}" for climb, name in itertools.product(("..", "../..", "a/../.."), ("x", "NUL", "C:x", "%2e", "y."))
]
_MORE += [f"a{separator}..{separator}..{separator}{n}" for n, separator in enumerate("/\\")]
_MORE += [
    f"{prefix}{name}"
    for prefix in ("./", "a//", "\\\\a\\")
    for name in ("..%00", "CON:", "$MFT", "desktop.ini", "x\u00a0")
]
_LISTS = (
    _CLIMBS,
    _ABSOLUTE,
    _WINDOWS,
    _DEVICES,
    _ENDS,
    _ENCODED,
    _HIDDEN,
    _SHELL,
    _OURS,
    _CASES,
    _LONG,
    _TEMPLATES,
    _MORE,
)
NAMES = list(dict.fromkeys(itertools.chain.from_iterable(_LISTS)))
KINDS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "zip": zip_of,
    "tar": tar_of,
    "gnu": lambda members: tar_of(members, tarfile.GNU_FORMAT),
    "7z": sevenzip,
    "aes": lambda members: aes_zip(members, "pw"),
    "tar.gz": lambda members: gzip.compress(tar_of(members)),
}


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 160


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_leaves_the_spool(tmp_path: Path, kind: str) -> None:
    """`Unpacking` fails where anything but content-addressed files of the spool is created."""
    members = {name: b"%d " % number + name.encode()[:50] for number, name in enumerate(NAMES) if _fits(kind, name)}
    assert len(members) >= 150
    unpacking = Unpacking(tmp_path, "hostile", KINDS[kind](members), passwords=["pw"])
    assert sorted(unpacking.contents().values()) == sorted(members.values())
    shown = list(unpacking.contents())
    assert not {unicodedata.category(letter) for name in shown for letter in name} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(set(shown)) == len(members)


def _fits(kind: str, name: str) -> bool:
    """Leave out what a kind of archive cannot hold: NUL ends a name; "x/" is a folder in zip and 7z."""
    return "\0" not in name and not (name.endswith("/") and kind != "tar")


LINKS = [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
TARGETS = ["/etc/passwd", "../../x", "a", ".", "", "C:\\x", "a" * 300, "loop"]


def test_links_and_devices_are_named_and_what_lies_below_them_stays_content(tmp_path: Path) -> None:
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w") as archive:
        for kind, target in itertools.product(LINKS, TARGETS):
            link = tarfile.TarInfo(f"link-{kind.decode()}-{TARGETS.index(target)}")
            link.type, link.linkname = kind, target
            archive.addfile(link)
        for number in range(len(TARGETS)):
            below = tarfile.TarInfo(f"link-2-{number}/passwd")
            below.size = 5
            archive.addfile(below, io.BytesIO(b"root\n"))
    unpacking = Unpacking(tmp_path, "links.tar", octets.getvalue())
    assert set(unpacking.contents().values()) == {b"root\n"}
    named = {status for name, status in unpacking.statuses().items() if name}
    assert named == {"ignored"}
    assert len(unpacking.statuses()) == len(LINKS) * len(TARGETS) + 1
