"""Single records that somebody deleted from an event log open the report and are a step."""

from __future__ import annotations

from pathlib import Path

from support.cases import investigate_folder
from support.evtx_files import evtx_chunk, evtx_file, with_hidden_record
from vigilia.model.result import Result

_LOG = evtx_chunk([(number, {"TargetUserName": f"ada{number}", "Note": "x" * 40}) for number in range(1, 9)])


def _result(folder: Path, log: bytes) -> Result:
    evidence = folder / "evidence"
    evidence.mkdir(parents=True)
    (evidence / "Security.evtx").write_bytes(evtx_file(log))
    return investigate_folder(evidence, folder / "case").result


def test_deleted_records_open_the_report_and_are_a_step(tmp_path: Path) -> None:
    result = _result(tmp_path, with_hidden_record(_LOG, 4))
    (told,) = [one for one in result.statements if "hid 1 record" in one.text]
    assert (told.question, told.weight) == ("who-was-in", "headline")
    (gap,) = [gap for gap in result.gaps if gap.kind == "left-over"]
    assert told.event_ids == gap.event_ids
    assert [one.question for one in result.statements if "have the disk copied" in one.text] == ["what-now"]


def test_a_sound_log_says_nothing_of_the_kind(tmp_path: Path) -> None:
    sound = _result(tmp_path, _LOG)
    assert not [one for one in sound.statements if "hid " in one.text or "disk copied" in one.text]
