"""Where rule texts come from: the pack that ships with the package, and folders of the person's own."""

from __future__ import annotations

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
        paths = [folder]
        folder = folder.parent
    elif folder.is_dir():
        paths = _files(folder, unreadable)
    else:
        raise UsageError("there is no such rule folder", where=str(folder), hint="Give a folder of Sigma rules (.yml).")
    rules = []
    for path in paths:
        name = _name(path, folder)
        try:
            rules.append((name, _text(path)))
        except (OSError, UnicodeDecodeError, RuleError) as error:
            unreadable.append(_unreadable(name, error))
    return RuleFolder(rules=tuple(sorted(rules)), unreadable=tuple(sorted(unreadable, key=lambda one: one.path)))


def _files(folder: Path, unreadable: list[UnsupportedRule]) -> list[Path]:
    found: list[Path] = []
    pending = [(folder, 0)]
    while pending:
        current, depth = pending.pop()
        try:
            entries = list(current.iterdir())
        except OSError as error:
            unreadable.append(_unreadable(_name(current, folder), error))
            continue
        folders = sorted(one for one in entries if one.is_dir())
        closed = {one: reason for one in folders if (reason := _closed(one, depth))}
        unreadable += [_unreadable(_name(one, folder), RuleError(reason)) for one, reason in closed.items()]
        pending += [(one, depth + 1) for one in folders if one not in closed]
        found += [one for one in entries if one.name.endswith(_SUFFIXES) and not one.is_dir()]
        if len(found) > _MAX_FILES:
            raise UsageError(f"more than {_MAX_FILES} rule files", where=str(folder), hint="Give a smaller folder.")
    return found


def _closed(folder: Path, depth: int) -> str:
    """Return why a folder below another is not looked into; empty where it is."""
    if folder.is_symlink():
        return "a symbolic link to a folder, which is not followed"
    return f"a folder more than {_MAX_DEPTH} levels deep" if depth >= _MAX_DEPTH else ""


def _name(path: Path, folder: Path) -> str:
    """Return the path below the folder; bytes that are not UTF-8 are written as \\xNN."""
    name = path.relative_to(folder).as_posix()
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _text(path: Path) -> str:
    if not path.is_file():
        raise RuleError("not a regular file")
    with path.open("rb") as stream:
        content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise RuleError(f"the rule file has more than {_MAX_BYTES} bytes")
    return content.decode("utf-8-sig")


def _unreadable(name: str, error: OSError | UnicodeDecodeError | RuleError) -> UnsupportedRule:
    if isinstance(error, RuleError):
        text = error.what
    elif isinstance(error, UnicodeDecodeError):
        text = "the file is not UTF-8 text"
    else:
        text = f"the file cannot be read ({error.strerror or type(error).__name__})"
    return UnsupportedRule(path=name, title="", id="", reason=text, line=1, hint="The other rules run without it.")
