"""What is fuzzed: a name, seeds, and a door that must take any bytes without an unexpected error."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from support.archives import Unpacking, tar_of, zip_of
from support.dialects import seeds, seeds_by_reader
from support.reading import read_all
from vigilia.model.errors import VigiliaError
from vigilia.model.profile import parse_profile, parse_watch_list
from vigilia.normalize.mapping import parse_mapping
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.times import read_time
from vigilia.normalize.transforms import TRANSFORMS
from vigilia.readers.forms import parse_form
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named, readers
from vigilia.report.safe_text import defang, safe_text
from vigilia.sigma.compilation import compile_rules
from vigilia.targeting.commands.command_lines import search_terms
from vigilia.targeting.decoding.decoded_text import decode
from vigilia.targeting.statements.database_statements import statement_terms
from vigilia.targeting.statements.ldap_filters import filter_terms

__all__ = ["TARGETS", "Target"]

_SOURCE = Path(__file__).resolve().parents[2] / "src" / "vigilia"
_LINES = b"Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2\n" * 50
_MEMBERS = {"a/auth.log": _LINES, "b.gz": gzip.compress(_LINES), "c.txt": b"c" * 100}

Door = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """One target; `door` is given an empty folder and returns what takes the bytes."""

    name: str
    seeds: Callable[[], tuple[bytes, ...]]
    door: Callable[[Path], Door]


def _family(reader: object) -> str:
    module = type(reader).__module__
    source: str = getattr(reader, "source")  # noqa: B009 - forms and modules alike
    return module.split(".")[2] if module.count(".") == 3 else source.partition(".")[0]


def _reader_targets() -> list[Target]:
    families: dict[str, list[str]] = {}
    for reader in readers():
        families.setdefault(_family(reader), []).append(reader.name)
    return [_reader_target(family, names) for family, names in sorted(families.items())]


def _reader_target(family: str, names: list[str]) -> Target:
    def contents() -> tuple[bytes, ...]:
        found = tuple(content for name in names for content in seeds_by_reader()[name])
        return found or seeds()

    def door(_folder: Path) -> Door:
        turn = 0

        def run(content: bytes) -> None:
            nonlocal turn
            turn += 1
            reader = recognise(content) or reader_named(names[turn % len(names)])
            read_all(reader, content)
            normalizer = Normalizer(reader.source, "Europe/Paris", "item")
            for batch in reader.read(io.BytesIO(content), len(content), ReadLimits(line_bytes=1 << 16)):
                normalizer.normalize(batch)

        return run

    return Target(f"read-{family}", contents, door)


def _container(name: str, packed: bytes) -> Target:
    def door(folder: Path) -> Door:
        turn = 0

        def run(content: bytes) -> None:
            nonlocal turn
            turn += 1
            if content:  # an empty file is told as such before anything is unpacked
                Unpacking(folder / str(turn), "evidence", content)

        return run

    return Target(f"unpack-{name}", lambda: (packed,), door)


def _text(name: str, texts: Callable[[], tuple[bytes, ...]], run: Callable[[str], object]) -> Target:
    """A door for text, where an error of our own that says what is wrong is a right answer."""

    def take(content: bytes) -> None:
        with contextlib.suppress(VigiliaError):
            run(content.decode("utf-8", "replace"))

    return Target(name, texts, lambda _folder: take)


def _recognise(content: bytes) -> None:
    recognise(content)


def _shipped(pattern: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: tuple(path.read_bytes() for path in sorted(_SOURCE.glob(pattern)))


def _all_transforms(text: str) -> None:
    for transform in TRANSFORMS.values():
        transform(text)


_TIMES = (
    b"2026-03-01T12:00:00.123456789+05:30",
    b"Mar  1 12:00:00",
    b"1/3/2026 12:00:01 PM",
    b"01/Mar/2026:12:00:00 +0100",
    b"1772366400.123",
    b"/Date(1772366400123)/",
    b"134116992000000000",
)
_COMMANDS = (
    b"powershell -enc ZgBpAG4AZABzAHQAcgAgAC8AcwAgACIASABvAG4AZwAgAEsAbwBuAGcAIgA=",
    b'cmd.exe /c "findstr /s /i "hong kong" \\\\FS01\\Donors\\*.docx"',
    b"grep -ri '%E9%A6%99%E6%B8%AF' /srv/files | tee /tmp/x",
    b"psql -c \"SELECT * FROM donors WHERE country LIKE '%Hong%'\"",
)
_PROFILE = b'[organisation]\nname = "Lanternfold"\ndomains = ["lanternfold.example"]\ntime_zone = "Europe/Paris"\n'
_WATCH = b'[[person]]\nid = "P1"\nname = "Ada Example"\n[[topic]]\nid = "T1"\nlabel = "x"\nterms = ["y"]\n'

TARGETS: list[Target] = [
    *_reader_targets(),
    _container("zip", zip_of(_MEMBERS)),
    _container("tar", tar_of(_MEMBERS)),
    _container("gzip", gzip.compress(tar_of(_MEMBERS))),
    _container("bzip2", bz2.compress(_LINES)),
    _container("xz", lzma.compress(_LINES)),
    Target("recognise", seeds, lambda _folder: _recognise),
    _text("times", lambda: _TIMES, read_time),
    _text("transforms", lambda: (b"[2001:db8::1%eth0]:443", b"ADA@example.org", *_TIMES), _all_transforms),
    _text("mapping-tables", _shipped("normalize/mappings/*.toml"), lambda text: parse_mapping(text.encode(), "fuzz")),
    _text("forms", _shipped("readers/*/*.toml"), lambda text: parse_form(text, "fuzz")),
    _text("sigma-rules", _shipped("rules/*/*.yml"), lambda text: compile_rules([("fuzz.yml", text)])),
    _text("profile", lambda: (_PROFILE,), parse_profile),
    _text("watch-list", lambda: (_WATCH,), parse_watch_list),
    _text("command-lines", lambda: _COMMANDS, lambda text: search_terms(text, windows=len(text) % 2 == 0)),
    _text("statements", lambda: _COMMANDS, statement_terms),
    _text("directory-filters", lambda: (b"(&(objectClass=user)(|(cn=*lee*)(mail=\\e9\\a6\\99)))",), filter_terms),
    _text("decoding", lambda: _COMMANDS, lambda text: decode(text, form=len(text) % 2 == 0)),
    _text(
        "safe-text",
        lambda: (*_COMMANDS, b"https://evil.example/\x1b[31m\xe2\x80\xae"),
        lambda text: safe_text(defang(text)),
    ),
]
