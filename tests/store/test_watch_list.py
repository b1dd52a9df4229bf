"""Names of people at risk are encrypted at rest, and an error never repeats one."""

from pathlib import Path

import pyrage
import pytest

from vigilia.model.errors import ProfileError, UsageError
from vigilia.store.watch_list import (
    decrypt_watch_list,
    encrypt_watch_list,
    encrypt_watch_list_to,
    needs_identity,
    read_watch_file,
    unlock_watch_list,
)

PLAIN = b'[[watch.person]]\nid = "P1"\nname = "Canary Nightingale"\n'


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("watch") / "list.age"
    path.write_bytes(encrypt_watch_list(PLAIN, "correct horse"))
    return path


def test_the_list_comes_back_with_its_passphrase_only(sealed: Path) -> None:
    assert decrypt_watch_list(read_watch_file(sealed), "correct horse").person[0].name == "Canary Nightingale"
    with pytest.raises(UsageError, match="Check the passphrase"):
        decrypt_watch_list(read_watch_file(sealed), "wrong")


def test_the_file_does_not_hold_the_name(sealed: Path) -> None:
    assert b"Canary" not in sealed.read_bytes()


def test_a_broken_list_is_not_encrypted_and_not_quoted() -> None:
    with pytest.raises(ProfileError) as caught:
        encrypt_watch_list(b'[[watch.person]]\nname = "Canary Nightingale"', "x")
    assert "Canary" not in str(caught.value)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A file as `age-keygen` writes it."""
    one = pyrage.x25519.Identity.generate()
    path = tmp_path / "key.txt"
    path.write_text(f"# created: 2026-11-22\n# public key: {one.to_public()}\n{one}\n")
    return path


def public(key: Path) -> str:
    return key.read_text().splitlines()[1].rpartition(" ")[2]


def test_a_list_for_a_key_opens_with_that_key_only(key: Path, tmp_path: Path, sealed: Path) -> None:
    to_key = encrypt_watch_list_to(PLAIN, [str(pyrage.x25519.Identity.generate().to_public()), public(key)])
    assert needs_identity(to_key)
    assert not needs_identity(read_watch_file(sealed))
    assert unlock_watch_list(to_key, key).person[0].id == "P1"
    other = tmp_path / "other.txt"
    other.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    with pytest.raises(UsageError, match="cannot be decrypted with this key"):
        unlock_watch_list(to_key, other)


@pytest.mark.parametrize("content", [b"", b"AGE-SECRET-KEY-1WRONG\n", b"\xff\xfe", b"public age1abc\n"])
def test_a_file_without_a_key_is_refused_and_not_quoted(content: bytes, key: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_bytes(content)
    with pytest.raises(UsageError, match="no private key of age") as caught:
        unlock_watch_list(encrypt_watch_list_to(PLAIN, [public(key)]), broken)
    assert "WRONG" not in str(caught.value)


def test_what_is_no_public_key_is_named() -> None:
    with pytest.raises(UsageError, match="no public key of age"):
        encrypt_watch_list_to(PLAIN, ["age1nobody"])
