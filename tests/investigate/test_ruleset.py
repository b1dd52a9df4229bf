"""Compiled rules are kept: the same rules load without a compiler, and any change compiles anew."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from vigilia.investigate.ruleset import compile_rulepack, pack_rulepack
from vigilia.sigma.adaptation import Adaptation
from vigilia.sigma.packed_rules import pack_rules, unpack_rules
from vigilia.store.user_cache import UserCache

RULE = """
title: A rule
id: 6f1f2f0c-5d2a-4b34-9a0e-0a7d3f1c00{number:02d}
logsource: {{product: windows, category: process_creation}}
detection:
  selection: {{CommandLine|contains: '{word}'}}
  condition: selection
"""


def write_rule(folder: Path, number: int, word: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{number}.yml").write_text(RULE.format(number=number, word=word), encoding="utf-8")


@pytest.fixture
def cache(tmp_path: Path) -> UserCache:
    return UserCache(tmp_path / "cache", "rules", 10)


def compilations(folder: Path, cache: UserCache, adaptation: Adaptation | None = None) -> int:
    """Return how many rule files were compiled to load a folder."""
    seen: list[int] = []
    compile_rulepack(
        [folder],
        builtin=False,
        adaptation=adaptation or Adaptation(),
        on_progress=lambda done, _: seen.append(done),
        cache=cache,
    )
    return max(seen, default=0)


def test_the_same_rules_are_compiled_once_and_stay_the_same(tmp_path: Path, cache: UserCache) -> None:
    for number in range(3):
        write_rule(tmp_path / "rules", number, f"word {number}")
    (tmp_path / "rules" / "broken.yml").write_text("title: [", encoding="utf-8")
    first = compile_rulepack([tmp_path / "rules"], builtin=False, cache=cache)
    assert compilations(tmp_path / "rules", cache) == 0
    again = compile_rulepack([tmp_path / "rules"], builtin=False, cache=cache)
    assert again == first
    assert again.sha256 == first.sha256
    assert [one.path for one in again.unsupported] == ["broken.yml"]


def test_packed_rules_are_those_that_are_compiled_kept_or_not(tmp_path: Path, cache: UserCache) -> None:
    write_rule(tmp_path / "rules", 1, "one")
    (tmp_path / "rules" / "broken.yml").write_text("title: [", encoding="utf-8")
    (tmp_path / "rules" / "latin.yml").write_bytes(b"title: \xe9\xff")
    whole = compile_rulepack([tmp_path / "rules"], builtin=False, cache=UserCache(None, "rules", 10))
    seen: list[int] = []
    for _ in range(2):
        packed = pack_rulepack(
            [tmp_path / "rules"], builtin=False, on_progress=lambda done, _: seen.append(done), cache=cache
        )
        assert unpack_rules(packed.content).rules == whole.rules
        assert [one.id for one in packed.outlines.rules] == [one.id for one in whole.rules]
        assert packed.outlines.unsupported == whole.unsupported
    assert max(seen) == len(seen)  # the second time, nothing was compiled


def test_any_change_compiles_anew(tmp_path: Path, cache: UserCache) -> None:
    folder = tmp_path / "rules"
    write_rule(folder, 1, "one")
    assert compilations(folder, cache) == 1
    write_rule(folder, 1, "two")  # as long as before
    assert compilations(folder, cache) == 1
    write_rule(folder, 2, "one")
    assert compilations(folder, cache) == 2
    (folder / "2.yml").rename(folder / "3.yml")
    assert compilations(folder, cache) == 2
    assert compilations(folder, cache, Adaptation(placeholders={"name": ("value",)})) == 2
    assert compilations(folder, cache) == 0


def test_a_kept_file_of_another_shape_is_made_anew(tmp_path: Path, cache: UserCache) -> None:
    write_rule(tmp_path / "rules", 1, "one")
    compilations(tmp_path / "rules", cache)
    assert cache.folder is not None
    (kept,) = cache.folder.iterdir()
    cache.keep(kept.stem, msgspec.msgpack.encode({"rules": 7}))
    assert len(pack_rulepack([tmp_path / "rules"], builtin=False, cache=cache).outlines.rules) == 1
    assert compilations(tmp_path / "rules", cache) == 0


def test_packed_rules_come_back_as_they_were() -> None:
    rules = compile_rulepack([])
    assert unpack_rules(pack_rules(rules)) == rules


def test_kept_rules_need_no_compiler(tmp_path: Path) -> None:
    """What takes long to import must not creep back in: it would cost every small run."""
    code = (
        "import sys; from vigilia.investigate.ruleset import pack_rulepack; pack_rulepack([]);"
        "print([name for name in ('sigma.rule', 'pyarrow', 'numpy', 'duckdb') if name in sys.modules])"
    )
    for expected in ("['sigma.rule']", "[]"):
        run = subprocess.run(
            [sys.executable, "-c", code],
            env={"VIGILIA_CACHE": str(tmp_path / "kept"), "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        )
        assert run.stdout.strip() == expected
