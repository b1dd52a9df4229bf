"""Names of people at risk are encrypted at rest, and an error never repeats one."""

from pathlib import Path

import pytest

from vigilia.model.errors import ProfileError, UsageError
from vigilia.store.watch_list import decrypt_watch_list, encrypt_watch_list, read_watch_file

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
