"""A case folder is continued only by the request that made it; nothing else is ever overwritten."""

from pathlib import Path

import msgspec
import pytest

from vigilia.model.errors import CaseError
from vigilia.store.case_folder import CaseFolder, CaseSettings

SETTINGS = CaseSettings(
    name="case",
    time_zone="UTC",
    vigilia_version="0",
    rules_sha256="1",
    knowledge_sha256="2",
    profile_sha256="",
    watch_list_sha256="",
)


def test_the_same_request_continues_a_case(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "case")
    assert folder.open(SETTINGS, clobber=False) is False
    assert folder.open(SETTINGS, clobber=False) is True


def test_another_request_is_refused_and_says_what_differs(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "case")
    folder.open(SETTINGS, clobber=False)
    with pytest.raises(CaseError, match=r"rules, watch list.*--clobber"):
        folder.open(msgspec.structs.replace(SETTINGS, rules_sha256="9", watch_list_sha256="9"), clobber=False)


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    for clobber in (False, True):
        with pytest.raises(CaseError, match="not a case"):
            CaseFolder(tmp_path).open(SETTINGS, clobber=clobber)
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def test_clobber_removes_the_case_but_not_what_a_person_put_there(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "case")
    folder.open(SETTINGS, clobber=False)
    (folder.items / "x.json").write_text("{}")
    (folder.root / "notes.txt").write_text("mine")
    folder.open(msgspec.structs.replace(SETTINGS, name="other"), clobber=True)
    assert not (folder.items / "x.json").exists()
    assert (folder.root / "notes.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "case").write_text("")
    with pytest.raises(CaseError, match="a file, not a folder"):
        CaseFolder(tmp_path / "case").open(SETTINGS, clobber=False)


def test_a_run_killed_before_its_settings_were_written_resumes(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "case")
    folder.open(SETTINGS, clobber=False)
    folder.settings.unlink()
    (folder.root / ".part-abc").write_text("half")
    assert folder.open(SETTINGS, clobber=False) is False
    assert not (folder.root / ".part-abc").exists()


def test_the_case_folder_is_private(tmp_path: Path) -> None:
    folder = CaseFolder(tmp_path / "case")
    folder.open(SETTINGS, clobber=False)
    assert folder.root.stat().st_mode & 0o077 == 0
