from __future__ import annotations

import os
from pathlib import Path

import pytest

from detect.batches import rule_text
from vigilia.detect.rulepack import builtin_rules, rules_in
from vigilia.model.errors import UsageError
from vigilia.sigma.compilation import compile_rules

ITEM = "s:\n    A: x\ncondition: s"


def test_the_rules_that_ship_with_the_package_all_compile() -> None:
    rules = compile_rules(builtin_rules())
    assert not rules.unsupported


def test_rule_files_are_found_below_a_folder_and_sorted(tmp_path: Path) -> None:
    for name in ("b/two.yml", "a.yaml", "b/one.yml", "readme.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(rule_text(ITEM), encoding="utf-8")
    assert [name for name, _ in rules_in(tmp_path).rules] == ["a.yaml", "b/one.yml", "b/two.yml"]
    assert [name for name, _ in rules_in(tmp_path / "b" / "one.yml").rules] == ["one.yml"]


def test_unreadable_rule_files_are_reported_and_the_others_read(tmp_path: Path) -> None:
    (tmp_path / "good.yml").write_text(rule_text(ITEM), encoding="utf-8")
    (tmp_path / "latin.yml").write_bytes(b"title: caf\xe9\n")
    (tmp_path / "big.yml").write_bytes(b"#" * 3_000_000)
    (tmp_path / "gone.yml").symlink_to(tmp_path / "nowhere")
    folder = rules_in(tmp_path)
    assert [name for name, _ in folder.rules] == ["good.yml"]
    assert [(one.path, bool(one.reason and one.hint)) for one in folder.unreadable] == [
        ("big.yml", True),
        ("gone.yml", True),
        ("latin.yml", True),
    ]


def test_a_folder_that_cannot_be_listed_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "one.yml").write_text(rule_text(ITEM), encoding="utf-8")
    scandir = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    folder = rules_in(tmp_path)
    assert len(folder.rules) == 1
    assert [(one.path, one.reason) for one in folder.unreadable] == [
        ("closed", "the file cannot be read (Permission denied)")
    ]


def test_links_to_folders_are_not_followed_and_said(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "loop").symlink_to(tmp_path)
    (tmp_path / "rules" / "one.yml").write_text(rule_text(ITEM), encoding="utf-8")
    folder = rules_in(tmp_path / "rules")
    assert len(folder.rules) == 1
    assert [(one.path, one.reason) for one in folder.unreadable] == [
        ("loop", "a symbolic link to a folder, which is not followed")
    ]


def test_folders_too_deep_to_be_looked_into_are_named(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*"abcdefghijklmnopqrst")
    deep.mkdir(parents=True)
    (deep / "one.yml").write_text(rule_text(ITEM), encoding="utf-8")
    folder = rules_in(tmp_path)
    assert folder.rules == ()
    assert [one.reason for one in folder.unreadable] == ["a folder more than 16 levels deep"]


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such rule folder"):
        rules_in(tmp_path / "absent")


def test_a_link_to_itself_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text(rule_text(ITEM), encoding="utf-8")
    (tmp_path / "loop.yml").symlink_to("loop.yml")
    (tmp_path / "loop").symlink_to("loop")
    folder = rules_in(tmp_path)
    assert [name for name, _ in folder.rules] == ["one.yml"]
    assert [one.path for one in folder.unreadable] == ["loop.yml"]
