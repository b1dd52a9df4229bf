"""Where rule texts come from: the pack that ships with the package, and folders of the person's own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from vigilia.model.errors import RuleError
from vigilia.sigma.documents import MAX_RULE_CHARACTERS
from vigilia.sigma.rules import UnsupportedRule

__all__ = ["RuleFolder", "builtin_rules", "rules_in"]

_SUFFIXES = (".yml", ".yaml")
_MAX_FILES = 50_000
_MAX_DEPTH = 16


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
    """Read the rule files below a folder (or one rule file); symbolic links to folders are not followed.

    Raises:
        RuleError: no such folder, or more files than any rule collection has.
    """
    if folder.is_file():
        paths = [folder]
        folder = folder.parent
    elif folder.is_dir():
        paths = sorted(_files(folder), key=lambda path: path.relative_to(folder).as_posix())
    else:
        raise RuleError("there is no such rule folder", where=str(folder), hint="Give a folder of Sigma rules (.yml).")
    if len(paths) > _MAX_FILES:
        raise RuleError(f"more than {_MAX_FILES} rule files", where=str(folder), hint="Give a smaller folder.")
    rules, unreadable = [], []
    for path in paths:
        name = _printable(path.relative_to(folder).as_posix())
        try:
            rules.append((name, _text(path)))
        except (OSError, UnicodeDecodeError, RuleError) as error:
            unreadable.append(_unreadable(name, error))
    return RuleFolder(rules=tuple(rules), unreadable=tuple(unreadable))


def _files(folder: Path) -> Iterator[Path]:
    pending = [(folder, 0)]
    while pending:
        current, depth = pending.pop()
        for entry in current.iterdir():
            if entry.is_dir():
                if not entry.is_symlink() and depth < _MAX_DEPTH:
                    pending.append((entry, depth + 1))
            elif entry.name.endswith(_SUFFIXES):
                yield entry


def _text(path: Path) -> str:
    if not path.is_file():
        raise RuleError("not a regular file")
    limit = MAX_RULE_CHARACTERS * 4  # a character has four bytes at most in UTF-8
    with path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise RuleError(f"the rule file has more than {limit} bytes")
    return content.decode("utf-8-sig")


def _printable(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _unreadable(name: str, error: OSError | UnicodeDecodeError | RuleError) -> UnsupportedRule:
    if isinstance(error, RuleError):
        text = error.what
    elif isinstance(error, UnicodeDecodeError):
        text = "the file is not UTF-8 text"
    else:
        text = f"the file cannot be read ({error.strerror or type(error).__name__})"
    return UnsupportedRule(path=name, title="", id="", reason=text, line=1, hint="The other rules run without it.")
