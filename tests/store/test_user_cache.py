"""The user's cache: what is kept comes back whole or not at all, and nobody else can put something there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from vigilia.store.user_cache import MAGIC, UserCache, cache_folder

posix = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")


@pytest.fixture
def cache(tmp_path: Path) -> UserCache:
    return UserCache(tmp_path / "cache", "rules", 3)


def only_file(cache: UserCache) -> Path:
    assert cache.folder is not None
    (path,) = cache.folder.iterdir()
    return path


def test_what_is_kept_comes_back(cache: UserCache) -> None:
    assert cache.load("aa") is None
    cache.keep("aa", b"body")
    assert cache.load("aa") == b"body"
    assert cache.load("ab") is None


@pytest.mark.parametrize(
    "content",
    [b"", MAGIC, MAGIC + b"\0" * 32 + b"body", b"something else altogether", b"\0" * 100],
    ids=["empty", "cut", "wrong hash", "foreign", "zeros"],
)
def test_a_damaged_file_counts_as_absent_and_is_written_anew(cache: UserCache, content: bytes) -> None:
    cache.keep("aa", b"body")
    only_file(cache).write_bytes(content)
    assert cache.load("aa") is None
    cache.keep("aa", b"body")
    assert cache.load("aa") == b"body"


def test_every_changed_byte_is_noticed(cache: UserCache) -> None:
    cache.keep("aa", b"some body")
    path = only_file(cache)
    sound = path.read_bytes()
    for at in range(len(sound)):
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        assert cache.load("aa") is None


def test_what_was_not_used_for_the_longest_time_goes_first(cache: UserCache) -> None:
    for number, key in enumerate(("aa", "bb", "cc")):
        cache.keep(key, key.encode())
        assert cache.folder is not None
        os.utime(cache.folder / f"{key}.rules", (number, number))
    assert cache.load("aa") == b"aa"  # used now
    cache.keep("dd", b"dd")
    assert [cache.load(key) for key in ("aa", "bb", "cc", "dd")] == [b"aa", None, b"cc", b"dd"]


@posix
def test_folder_and_files_are_the_users_alone(cache: UserCache) -> None:
    cache.keep("aa", b"body")
    assert cache.folder is not None
    assert cache.folder.stat().st_mode & 0o777 == 0o700
    assert only_file(cache).stat().st_mode & 0o777 == 0o600


@posix
def test_a_folder_that_others_can_write_to_is_not_used(cache: UserCache) -> None:
    cache.keep("aa", b"body")
    assert cache.folder is not None
    cache.folder.chmod(0o770)
    assert cache.load("aa") is None
    cache.keep("bb", b"other")
    cache.folder.chmod(0o700)
    assert cache.load("bb") is None


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    cache = UserCache(tmp_path / "file" / "cache", "rules", 3)
    cache.keep("aa", b"body")
    assert cache.load("aa") is None


def test_the_folder_is_where_the_platform_has_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    root = tmp_path / "caches"
    assert cache_folder({}, "linux") == tmp_path / ".cache" / "vigilia"
    assert cache_folder({"XDG_CACHE_HOME": str(root)}, "linux") == root / "vigilia"
    assert cache_folder({"XDG_CACHE_HOME": "relative"}, "linux") == tmp_path / ".cache" / "vigilia"
    assert cache_folder({"XDG_CACHE_HOME": str(root)}, "darwin") == tmp_path / "Library" / "Caches" / "vigilia"
    assert cache_folder({"LOCALAPPDATA": str(root)}, "win32") == root / "vigilia"
    for platform in ("linux", "darwin", "win32", sys.platform):
        assert cache_folder({"VIGILIA_CACHE": str(root)}, platform) == root
        assert cache_folder({"VIGILIA_CACHE": ""}, platform) is None
