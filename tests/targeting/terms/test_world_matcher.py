"""The terms of the world come back from the user's cache as they were made, and are made anew where they do not."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from vigilia.store.user_cache import UserCache
from vigilia.targeting.terms import world_matcher
from vigilia.targeting.terms.world_matcher import load_world

_TEXTS = [
    "Taiwan",
    "the uyghurs of Urumqi",
    "台湾独立",
    "украинский военкор",
    "Lào",
    "lao",
    "ta iwa nese",
    "list of donors",
]


@pytest.fixture
def cache(tmp_path: Path) -> UserCache:
    return UserCache(tmp_path / "cache", "terms", 2)


def no_terms() -> list[tuple[str, str, bool]]:
    raise AssertionError("made anew")


def test_kept_terms_find_what_made_ones_find(cache: UserCache, monkeypatch: pytest.MonkeyPatch) -> None:
    made = load_world(UserCache(None, "terms", 2))
    load_world(cache)
    monkeypatch.setattr(world_matcher, "world_terms", no_terms)
    kept = load_world(cache)
    assert [kept.find(text) for text in _TEXTS] == [made.find(text) for text in _TEXTS]
    assert kept.find("Taiwan")


@pytest.mark.parametrize(
    "body", [b"", b"\xc1", msgspec.msgpack.encode([1]), msgspec.msgpack.encode([["a"], [], [0], []])]
)
def test_what_is_kept_and_is_no_table_is_made_anew(
    cache: UserCache, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(world_matcher, "world_terms", lambda: [("Zambria", "place:ZZ", False)])
    load_world(cache)
    assert cache.folder is not None
    (path,) = cache.folder.iterdir()
    cache.keep(path.stem, body)
    assert [one.target for one in load_world(cache).find("zambria")] == ["place:ZZ"]
