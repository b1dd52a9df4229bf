"""S-14: whatever is wrong with a watch list or a passphrase, no message repeats a name, and nothing plain is left."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support.cases import command, run_with_passphrase, write_small_evidence
from vigilia.model.errors import ProfileError
from vigilia.model.profile import parse_profile, parse_watch_list

NAME = "Quillandra Vexmoore"
WRONG = {
    "unknown key": f'[[watch.person]]\nid = "P1"\nname = "x"\n"{NAME}" = 1\n',
    "unknown key with a quote": f'[[watch.person]]\nid = "P1"\nname = "x"\n"a`\\n{NAME}`" = 1\n',
    "name that is a list": f'[[watch.person]]\nid = "P1"\nname = ["{NAME}"]\n',
    "id that is a name": f'[[watch.person]]\nid = "{NAME}"\nname = "x"\n',
    "id that tells the name": f'[[watch.person]]\nid = "p-vexmoore"\nname = "{NAME}"\n',
    "unknown table": f'[watch."{NAME}"]\nid = "x"\n',
    "open quote": f'[[watch.person]]\nid = "P1"\nname = "{NAME}\n',
    "key twice": f'[[watch.person]]\nid = "P1"\n"{NAME}" = "a"\n"{NAME}" = "b"\n',
    "id twice": f'[[watch.person]]\nid = "P1"\nname = "{NAME}"\n[[watch.person]]\nid = "P1"\nname = "Other"\n',
    "no name": f'[[watch.person]]\nid = "P1"\nname = " - "\naliases = ["{NAME}"]\n',
}


def _tells(text: str) -> bool:
    return any(part.casefold() in text.casefold() for part in NAME.split())


@pytest.mark.parametrize("what", WRONG)
def test_an_error_in_a_list_names_its_place_and_no_person(what: str) -> None:
    for parse in (parse_watch_list, parse_profile):
        with pytest.raises(ProfileError) as caught:
            parse(WRONG[what])
        assert not _tells(caught.value.sentence())
        assert caught.value.__cause__ is None  # no traceback may quote it either


@pytest.mark.skipif(os.name != "posix", reason="passes a file descriptor")
def test_encrypting_leaves_nothing_plain_and_a_wrong_passphrase_opens_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "list.toml"
    plain.write_text(f'[[watch.person]]\nid = "P1"\nname = "{NAME}"\n')
    folder = tmp_path / "sealed"
    folder.mkdir()
    done = run_with_passphrase("the right four words", "watchlist", "encrypt", plain, "--to", folder / "list.age")
    assert done.returncode == 0, done.stderr
    assert not _tells(done.stdout + done.stderr)
    assert [path.name for path in folder.iterdir()] == ["list.age"]
    assert (folder / "list.age").stat().st_mode & 0o777 == 0o600
    assert NAME.encode() not in (folder / "list.age").read_bytes()
    evidence = write_small_evidence(tmp_path / "evidence")
    arguments: list[str | Path] = ["investigate", evidence, "--case", tmp_path / "case", "--watchlist"]
    for passphrase, file in (("wrong", "list.age"), ("", "list.age"), ("the right four words", "../list.toml")):
        done = run_with_passphrase(passphrase, *arguments, folder / file)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert not _tells(done.stderr)
        assert not (tmp_path / "case").exists()


def test_without_a_terminal_nobody_is_asked(tmp_path: Path) -> None:
    (tmp_path / "list.age").write_bytes(b"")
    arguments: list[str | Path] = [
        "investigate",
        tmp_path,
        "--case",
        tmp_path / "case",
        "--watchlist",
        tmp_path / "list.age",
    ]
    done = subprocess.run(
        command(*arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert "--passphrase-fd" in done.stderr
