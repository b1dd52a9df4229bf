"""The rules of an investigation: our own pack, and the folders that were asked for; compiled once, then kept."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from vigilia.detect.rulepack import builtin_rules, rules_in
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.packed_rules import pack_rules, unpack_outlines, unpack_rules
from vigilia.sigma.rules import RuleOutlines, RuleSet, UnsupportedRule
from vigilia.store.user_cache import UserCache, cache_key, package_files, user_cache

__all__ = ["PackedRulepack", "compile_rulepack", "pack_rulepack", "store_rules"]

_MOST_KEPT: Final = 12
_PARSERS: Final = ("pysigma", "pyyaml")

_Unpacked = TypeVar("_Unpacked")

# Is told how many rule files are done, and how many there are.
RulesDone = Callable[[int, int], None]


def compile_rulepack(
    folders: Sequence[Path],
    *,
    builtin: bool = True,
    adaptation: Adaptation = UNCHANGED,
    on_progress: RulesDone = lambda _done, _total: None,
    cache: UserCache | None = None,
) -> RuleSet:
    """Compile the built-in rules and those in folders; what cannot be run is named in the answer.

    Args:
        folders: of rules, or single rule files.
        builtin: whether the rules that ship with the package are among them.
        adaptation: processing pipelines and placeholders.
        on_progress: is told how far compiling is; not called where the compiled rules are kept from an earlier run.
        cache: where compiled rules are kept; by default the user's own.

    Raises:
        UsageError: a folder cannot be read, or the adaptation is wrong.
    """
    sources, unreadable = _found(folders, builtin=builtin)
    with_cache = user_cache("rules", _MOST_KEPT) if cache is None else cache
    kept = _kept(with_cache, sources, adaptation, unpack_rules)
    compiled = kept or _compiled(with_cache, sources, adaptation, on_progress)
    return msgspec.structs.replace(compiled, unsupported=(*compiled.unsupported, *unreadable))


@dataclass(frozen=True, slots=True)
class PackedRulepack:
    """Compiled rules for somebody else to unpack.

    Attributes:
        content: as `pack_rules` returns them.
        outlines: what people are told of them, and of what could not be read.
    """

    content: bytes
    outlines: RuleOutlines


def pack_rulepack(
    folders: Sequence[Path],
    *,
    builtin: bool = True,
    adaptation: Adaptation = UNCHANGED,
    on_progress: RulesDone = lambda _done, _total: None,
    cache: UserCache | None = None,
) -> PackedRulepack:
    """Compile rules as `compile_rulepack` does, for worker processes: kept rules are handed on as they are.

    Raises:
        UsageError: a folder cannot be read, or the adaptation is wrong.
    """
    sources, unreadable = _found(folders, builtin=builtin)
    with_cache = user_cache("rules", _MOST_KEPT) if cache is None else cache
    kept = _kept(with_cache, sources, adaptation, _packed)
    packed = kept or _packed(pack_rules(_compiled(with_cache, sources, adaptation, on_progress)))
    unsupported = (*packed.outlines.unsupported, *unreadable)
    return PackedRulepack(packed.content, msgspec.structs.replace(packed.outlines, unsupported=unsupported))


def _packed(content: bytes) -> PackedRulepack:
    return PackedRulepack(content, unpack_outlines(content))


def store_rules(rules: RuleSet) -> bytes:
    """Return the compiled rules as a case keeps them for its worker processes."""
    return msgspec.json.encode(rules)


def _found(folders: Sequence[Path], *, builtin: bool) -> tuple[list[tuple[str, str]], list[UnsupportedRule]]:
    """Return the names and texts of rules, and what of the folders cannot be read."""
    sources = builtin_rules() if builtin else []
    unreadable: list[UnsupportedRule] = []
    for folder in folders:
        found = rules_in(folder)
        sources += found.rules
        unreadable += found.unreadable
    return sources, unreadable


def _kept(
    cache: UserCache,
    sources: Sequence[tuple[str, str]],
    adaptation: Adaptation,
    unpack: Callable[[bytes], _Unpacked],
) -> _Unpacked | None:
    """Return what just this compiler made of just these rules in an earlier run, if it is there."""
    kept = cache.load(_key(sources, adaptation)) if _is_known(adaptation) else None
    try:
        return None if kept is None else unpack(kept)
    except msgspec.DecodeError:
        return None  # sound, but no rules: made anew


def _compiled(
    cache: UserCache, sources: Sequence[tuple[str, str]], adaptation: Adaptation, on_progress: RulesDone
) -> RuleSet:
    # pySigma takes 0.1 s to import, which a run with kept rules does not need.
    from vigilia.sigma.compilation import compile_rules

    compiled = compile_rules(sources, adaptation, on_progress)
    if _is_known(adaptation):
        cache.keep(_key(sources, adaptation), pack_rules(compiled))
    return compiled


def _is_known(adaptation: Adaptation) -> bool:
    """Tell whether all that adapts the rules is here as text; a plug-in may do something else tomorrow."""
    return all(pipeline.text for pipeline in adaptation.pipelines)


def _key(sources: Sequence[tuple[str, str]], adaptation: Adaptation) -> str:
    """Hash all that compiled rules depend on: each rule's name and text, the adaptation, our compiler, its parsers."""
    return cache_key(_parts(sources, adaptation))


def _parts(sources: Sequence[tuple[str, str]], adaptation: Adaptation) -> Iterator[bytes]:
    for name in _PARSERS:
        yield f"{name} {importlib.metadata.version(name)}".encode()
    yield from package_files("vigilia.sigma")
    yield adaptation.sha256.encode()
    for name, text in sorted(sources):
        yield name.encode("utf-8", "surrogatepass")
        yield text.encode("utf-8", "surrogatepass")
