"""Where rule texts come from: the pack that ships with the package, and folders of the person's own."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from vigilia.model.errors import RuleError, UsageError
from vigilia.sigma.rules import UnsupportedRule

__all__ = ["RuleFolder", "builtin_rules", "rules_in"]

_SUFFIXES = (".yml", ".yaml")
_MAX_FILES = 50_000
_MAX_DEPTH = 16
_MAX_BYTES = 2 * 1024 * 1024  # four for each character that `sigma.documents` takes, the most that UTF-8 needs


class RuleFolder(msgspec.Struct, frozen=True, kw_only=True):
    """The rule texts of a folder.

    Attributes:
        rules: (path relative to the folder, text), sorted by path.
        unreadable: files that could not be read, each with its reason.
    """

    rules: tuple[tuple[str, str], ...]
    unreadable: tuple[UnsupportedRule, ...]


def builtin_rules() -> list[tuple[str, str]]:
    """Return (name, text) of the rules that ship with the package, sorted by name."""
    root = resources.files("vigilia").joinpath("rules")
    return sorted((name, entry.read_text(encoding="utf-8")) for name, entry in _entries(root, "", 0))


def _entries(folder: Traversable, prefix: str, depth: int) -> Iterator[tuple[str, Traversable]]:
    if depth > _MAX_DEPTH or not folder.is_dir():
        return
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _entries(entry, f"{name}/", depth + 1)
        elif name.endswith(_SUFFIXES):
            yield name, entry


def rules_in(folder: Path) -> RuleFolder:
    """Read the rule files below a folder (or one rule file); what is not looked into is in `unreadable`.

    Raises:
        UsageError: no such folder, or more files than any rule collection has.
    """
    unreadable: list[UnsupportedRule] = []
    if folder.is_file():
        found = [(_shown(folder.name), os.fspath(folder))]
    elif folder.is_dir():
        found = list(_files(os.fspath(folder), unreadable))
    else:
        raise UsageError("there is no such rule folder", where=str(folder), hint="Give a folder of Sigma rules (.yml).")
    rules = []
    for name, path in found:
        try:
            rules.append((name, _text(path)))
        except (OSError, UnicodeDecodeError, RuleError) as error:
            unreadable.append(_unreadable(name, error))
    return RuleFolder(rules=tuple(sorted(rules)), unreadable=tuple(sorted(unreadable, key=lambda one: one.path)))


def _files(root: str, unreadable: list[UnsupportedRule]) -> Iterator[tuple[str, str]]:
    """Yield the name below the folder and the path of each rule file; thousands of `Path`s would take most of the time.

    Raises:
        UsageError: more files than any rule collection has.
    """
    files = 0
    pending = [("", root, 0)]
    while pending:
        prefix, current, depth = pending.pop()
        try:
            with os.scandir(current) as scanned:
                entries = list(scanned)
        except OSError as error:
            unreadable.append(_unreadable(_shown(prefix.rstrip("/") or "."), error))
            continue
        for entry in entries:
            name = f"{prefix}{entry.name}"
            if _is_folder(entry):
                if reason := _closed(entry, depth):
                    unreadable.append(_unreadable(_shown(name), RuleError(reason)))
                else:
                    pending.append((f"{name}/", entry.path, depth + 1))
            elif name.endswith(_SUFFIXES):
                files += 1
                if files > _MAX_FILES:
                    raise UsageError(f"more than {_MAX_FILES} rule files", where=root, hint="Give a smaller folder.")
                yield _shown(name), entry.path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself is no folder; reading it will say what is wrong
        return False


def _closed(folder: os.DirEntry[str], depth: int) -> str:
    """Return why a folder below another is not looked into; empty where it is."""
    if folder.is_symlink():
        return "a symbolic link to a folder, which is not followed"
    return f"a folder more than {_MAX_DEPTH} levels deep" if depth >= _MAX_DEPTH else ""


def _shown(name: str) -> str:
    """Return a name with bytes that are not UTF-8 written as \\xNN."""
    return name if name.isascii() else name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _text(path: str) -> str:
    # Opened without waiting, so that a pipe with nobody at its other end cannot hold us up.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RuleError("not a regular file")
        content = _read(descriptor, min(status.st_size, _MAX_BYTES) + 1)
    finally:
        os.close(descriptor)
    if len(content) > _MAX_BYTES:
        raise RuleError(f"the rule file has more than {_MAX_BYTES} bytes")
    return content.removeprefix(codecs.BOM_UTF8).decode()


def _read(descriptor: int, most: int) -> bytes:
    """Return up to so many first bytes; a stream for each of thousands of files would take half of the time."""
    content = b""
    while piece := os.read(descriptor, most - len(content)):
        content += piece
    return content


def _unreadable(name: str, error: OSError | UnicodeDecodeError | RuleError) -> UnsupportedRule:
    if isinstance(error, RuleError):
        text = error.what
    elif isinstance(error, UnicodeDecodeError):
        text = "the file is not UTF-8 text"
    else:
        text = f"the file cannot be read ({error.strerror or type(error).__name__})"
    return UnsupportedRule(path=name, title="", id="", reason=text, line=1, hint="The other rules run without it.")
