"""Which content the intruder's files hold: from a dump to an archive of it, to a copy of that, to what is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from vigilia.impact.hits.hit import Found
from vigilia.knowledge.channels import load_channels

__all__ = ["ARCHIVE_SUFFIXES", "DERIVED", "LONGEST_LINE", "FileTrail", "archive_names", "words_of"]

LONGEST_LINE = 4000
DERIVED = ""  # the channel of a command that only makes one file of another
ARCHIVE_SUFFIXES = (
    ".7z",
    ".rar",
    ".zip",
    ".tar",
    ".tgz",
    ".tar.gz",
    ".gz",
    ".cab",
    ".sql",
    ".bak",
    ".pst",
    ".dmp",
    ".xz",
    ".zst",
)
# Words end at spaces, quotes and shell signs; linear, on bounded text of ours.
_WORD = re.compile(r"[^\s\"';|&<>()]{1,400}")
_REDIRECTED = re.compile(r"(?:>{1,2}\s{0,4}|\btee\s{1,4}(?:-a\s{1,4})?)[\"']?([^\s\"';|&<>()]{1,400})")
_OnHosts = dict[str, set[str]]  # machine → classes
_TAR_FILE = re.compile(r"-?[a-z]{0,9}f")


@dataclass(slots=True)
class FileTrail:
    """What is known of each file, machine by machine, in the order in which it was written.

    A file is told by its path on its machine (a command that names a folder above it means it too), and by its name
    alone where it has the suffix of an archive or a dump: that may have gone to another machine or folder.
    """

    _files: dict[str, _OnHosts] = field(default_factory=dict)
    _folders: dict[str, _OnHosts] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)

    def keep(self, one: Found, classes: set[str]) -> None:
        """Note that the files which a command writes hold content of these classes."""
        if not classes:
            return
        for path in _mentioned(one.text) if one.channel == DERIVED else _written(one.text):
            _add(self._files, path, one.host, classes)
            for folder in _above(path):
                _add(self._folders, folder, one.host, classes)
        for name in archive_names(one.text):
            self._names.setdefault(name, set()).update(classes)

    def held(self, one: Found) -> set[str]:
        """Return the classes that the files hold which a command names; empty where nothing is known of them."""
        found: set[str] = set()
        for word in _mentioned(one.text):
            for form in _forms(word):
                found |= _on(self._files.get(form, {}), one.host)
            found |= _on(self._folders.get(word, {}), one.host)
        return found or set[str]().union(*(self._names.get(name, set()) for name in archive_names(one.text)))


def _add(known: dict[str, _OnHosts], path: str, host: str, classes: set[str]) -> None:
    known.setdefault(path, {}).setdefault(host, set()).update(classes)


def _on(hosts: _OnHosts, host: str) -> set[str]:
    """What a file holds on one machine; where a record names no machine, it may be any."""
    return set[str]().union(*(classes for one, classes in hosts.items() if one == host or not one or not host))


def _above(path: str) -> Iterator[str]:
    """The folders above a path, but for the root."""
    folder = path.rpartition("/")[0]
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]


def _forms(word: str) -> Iterator[str]:
    """A file and what it may be a part or a form of: "x.sql.gz" of "x.sql", "x.tgz.aa" of "x.tgz"."""
    yield word
    folder, slash, name = word.rpartition("/")
    while "." in name.lstrip("."):
        name = name.rpartition(".")[0]
        yield f"{folder}{slash}{name}"


def words_of(line: str) -> list[str]:
    """Return the words of a command line, in lower case and with "/" for every backslash, as they come."""
    return _WORD.findall(line[:LONGEST_LINE].lower().replace("\\", "/"))


def archive_names(text: str) -> set[str]:
    """Return the names, without folders, of archives and dumps in a text."""
    names = (_plain(word).rsplit("/", 1)[-1] for word in _WORD.findall(text[:LONGEST_LINE]))
    return {name for name in names if name.endswith(ARCHIVE_SUFFIXES) and name not in ARCHIVE_SUFFIXES}


def _mentioned(line: str) -> set[str]:
    """The words of a command that may be files; the programs that it runs are none."""
    plain = (_plain(word) for word in words_of(line))
    return {word for word in plain if _is_path(word) and word.rpartition("/")[2] not in _programs()} | _written(line)


@lru_cache(maxsize=1)
def _programs() -> frozenset[str]:
    table = load_channels()
    return frozenset([*table.derivation.words, *(word for tool in table.tool for word in tool.words)])


def _written(line: str) -> set[str]:
    """The files that a command writes: after `>`, after an option for that, or by the suffix."""
    found = {_plain(one) for one in [*_redirected(line), *_after_options(line)]}
    return {one for one in found if len(one) > 1 and "://" not in one}


def _redirected(line: str) -> list[str]:
    found: list[str] = _REDIRECTED.findall(line[:LONGEST_LINE].lower().replace("\\", "/"))
    return [one for one in found if not one.startswith("/dev/")]


def _after_options(line: str) -> Iterator[str]:
    options = load_channels().derivation.output_options
    words = words_of(line)
    for before, word in zip(["", *words], words, strict=False):
        option, equals, value = word.partition("=")
        plain = _plain(word)
        after = before in options or (_TAR_FILE.fullmatch(before) and _is_path(word))
        if equals and option in options:
            yield value
        elif after or plain.endswith(ARCHIVE_SUFFIXES):
            yield plain


def _plain(word: str) -> str:
    """A word without what an option puts before a file: `file=@/tmp/x` is /tmp/x."""
    return word.rsplit("=", 1)[-1].lstrip("@").rstrip("/*")


def _is_path(word: str) -> bool:
    return "://" not in word and len(word) > 1 and ("/" in word or word.endswith(ARCHIVE_SUFFIXES))
