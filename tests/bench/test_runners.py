"""Scanners: their command lines, and how their matches are counted."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from bench.corpora import Corpus
from bench.runners import Detections, Job, Runner, count_detections, found_runners, runners

_PLACE = Path("/evidence/a folder; with $(signs)")


def _runner(**changed: object) -> Runner:
    plain = Runner(name="example", program="example", version=(), folders=True, commands={"jsonl": ("{place}",)})
    return msgspec.structs.replace(plain, **changed)


def _job(place: Path = _PLACE) -> Job:
    return Job(kind="jsonl", place=place, rules=Path("/rules"), cores=2, output=Path("/out"))


def test_the_table_names_each_scanner_once() -> None:
    names = [one.name for one in runners()]
    assert len(set(names)) == len(names)
    assert {"vigilia", "orjson", "rsigma", "zircolite", "chainsaw", "hayabusa"} <= set(names)
    assert all(one.detections or one.floor for one in runners())


def test_every_command_can_be_filled() -> None:
    for runner in runners():
        for kind in runner.commands:
            job = msgspec.structs.replace(_job(), kind=kind)
            assert not [one for one in job.command(runner) if "{" in one], runner.name


def test_an_argument_stays_one_argument() -> None:
    command = _job().command(_runner(commands={"jsonl": ("@{place}", "{cores}", "{rules}", "{output}")}))
    assert command[1:] == [f"@{_PLACE}", "2", "/rules", "/out"]


def test_files_and_folders_have_options_of_their_own(tmp_path: Path) -> None:
    runner = _runner(commands={"jsonl": ("{file:--file,--directory}", "{place}")})
    assert _job().command(runner)[1] == "--file"
    assert _job(tmp_path).command(runner)[1] == "--directory"


def test_a_scanner_of_single_files_is_not_given_folders() -> None:
    corpus = Corpus(name="c", kind="jsonl", place="/c", start="/s", files=8, events=1, bytes=1, sha256="")
    assert _runner().takes(corpus)
    assert not _runner(folders=False).takes(corpus)
    assert _runner(folders=False).takes(msgspec.structs.replace(corpus, files=1))
    assert not _runner().takes(msgspec.structs.replace(corpus, kind="evtx"))


def test_only_what_is_on_the_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "rsigma"
    program.write_text("#!/bin/sh\necho rsigma 9.9\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {runner.name: version for runner, version in found_runners()}
    assert found["rsigma"] == "rsigma 9.9"
    assert "hayabusa" not in found
    assert [runner.name for runner, _ in found_runners(["orjson"])] == ["orjson"]
    assert _job().command(next(one for one in runners() if one.name == "orjson"))[0] == sys.executable


@pytest.mark.parametrize(
    ("content", "detections", "count"),
    [
        (b'{"a":1}\n\n{"a":2}\n', Detections("output", "lines"), 2),
        (b"", Detections("output", "lines"), 0),
        (b'[{"title":"x","count":3,"matches":[{}]},{"count":4}]', Detections("output", "sum", "count"), 7),
        (b"", Detections("output", "sum", "count"), 0),
        (b'{"count":3}\n{"count":4}\n', Detections("output", "sum-lines", "count"), 7),
    ],
)
def test_matches_are_counted(tmp_path: Path, content: bytes, detections: Detections, count: int) -> None:
    (tmp_path / "output").write_bytes(content)
    assert count_detections(detections, tmp_path / "stdout", tmp_path / "output") == count
    assert count_detections(Detections("stdout", "lines"), tmp_path / "stdout", tmp_path / "output") == 0


def test_another_form_is_no_count(tmp_path: Path) -> None:
    (tmp_path / "output").write_bytes(b"no JSON")
    with pytest.raises(msgspec.DecodeError):
        count_detections(Detections("output", "sum", "count"), tmp_path / "stdout", tmp_path / "output")
