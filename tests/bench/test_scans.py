"""Timed scans: taken in turns, a failing scanner is told and stops nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from bench.corpora import Corpus, Recipe, make_corpus
from bench.figures import figures_of
from bench.rulesets import RuleFolder
from bench.runners import Runner
from bench.scans import Scan, Speed, measure_group
from bench.tables import figure_rows, speed_rows
from bench.timing import Call, Failed, Timing, interleaved, timed
from support.scanners import scanner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the bench chooses processor cores as Linux does")

_RULES = RuleFolder(name="sigmahq", place="/rules", files=1, sha256="")


def _python(code: str) -> Call:
    return Call([sys.executable, "-c", code], 1)


def test_calls_are_taken_in_turns(tmp_path: Path) -> None:
    order = tmp_path / "order"
    calls = {name: _python(f"open({str(order)!r}, 'a').write({name!r})") for name in ("a", "b")}
    timings = interleaved(calls, tmp_path, 3)
    assert order.read_text() == "ababab"
    assert all(len(one.seconds) == 3 and one.median > 0 for one in timings.values())


def test_the_end_of_what_a_failing_program_says_is_kept(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="exit code 7: no such rule"):
        timed(_python("import sys; print('no such rule', file=sys.stderr); sys.exit(7)"), tmp_path)


def test_a_program_that_left_something_unread_has_finished(tmp_path: Path) -> None:
    assert timed(_python("raise SystemExit(3)"), tmp_path)[0] > 0


def test_a_program_keeps_its_byte_code_as_one_that_was_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    timed(_python("import sys; sys.exit(7 if sys.dont_write_bytecode else 0)"), tmp_path)


def test_what_an_earlier_run_wrote_is_gone(tmp_path: Path) -> None:
    output = tmp_path / "output"
    writes_once = Call([sys.executable, "-c", f"open({str(output)!r}, 'x')"], 1, output)
    interleaved({"twice": writes_once}, tmp_path, 2)
    assert output.exists()


def _corpus(folder: Path) -> Corpus:
    def write(files: Path) -> None:
        (files / "a.jsonl").write_text('{"n":1}\n{"n":2}\n')

    corpus = make_corpus(Recipe("two", "jsonl", write), folder)
    assert isinstance(corpus, Corpus)
    return corpus


def _scan(runner: Runner, corpus: Corpus) -> Scan:
    return Scan(runner, "1", corpus, _RULES, 1)


def test_one_that_fails_stops_nobody(tmp_path: Path) -> None:
    corpus = _corpus(tmp_path)
    scans = [_scan(scanner("breaks", "raise SystemExit('broken')"), corpus), _scan(scanner("copies"), corpus)]
    speeds = measure_group("two", scans, tmp_path, 2)
    broken, copied = speeds
    assert (broken.failed, broken.whole) == ("exit code 1: broken", None)
    assert (copied.failed, copied.detections, copied.events) == ("", 2, 2)
    assert copied.whole is not None
    assert len(copied.whole.seconds) == 2
    rows = list(speed_rows(speeds))
    assert "could not be measured: exit code 1: broken" in rows[0]
    assert "copies" in rows[1]


def _speed(group: str, corpus: str, seconds: float, **changed: object) -> Speed:
    plain = Speed(
        group=group,
        runner="vigilia",
        version="",
        corpus=corpus,
        rules="sigmahq",
        cores=1,
        events=100_000,
        megabytes=1,
        whole=Timing((seconds,), (seconds,)),
        start=Timing((0.5,), (0.5,)),
        peak_megabytes=300,
    )
    return msgspec.structs.replace(plain, **changed)


def _values(*speeds: Speed) -> dict[str, tuple[float | None, str]]:
    return {one.name: (one.value, one.verdict) for one in figures_of(speeds)}


def test_rates_are_net_of_the_start() -> None:
    rate, verdict = _values(_speed("otrf", "otrf", 0.75))["otrf, one core, net of start-up"]
    assert (rate, verdict) == (400_000, "reached")
    _, verdict = _values(_speed("otrf", "otrf", 1.0))["otrf, one core, net of start-up"]
    assert verdict == "missed"


def test_what_was_not_measured_is_said() -> None:
    values = _values(_speed("otrf", "otrf", 1.0, failed="broken"))
    assert {verdict for _, verdict in values.values()} == {"not measured"}
    assert all("not measured" in row for row in figure_rows(figures_of([])))


def test_growth_is_compared_within_a_group() -> None:
    values = _values(
        _speed("structured", "structured", 9.0),
        _speed("volume", "structured", 1.0),
        _speed("volume", "structured-x10", 5.5, peak_megabytes=1200),
    )
    assert values["structured x10, time"] == (10.0, "reached")
    assert values["structured x10, memory"] == (1200, "missed")


def test_two_cores_are_compared_with_one() -> None:
    values = _values(_speed("cores", "hosts", 2.5), _speed("cores", "hosts", 1.5, cores=2))
    assert values["two cores over one"] == (2.0, "reached")


def test_the_published_figure_stands_in_for_an_absent_scanner() -> None:
    ours = _speed("evtx-public", "evtx-public", 1.0, events=24_661, cores=2)
    name = "EVTX to findings, times Zircolite, end to end"
    value, verdict = _values(ours)[name]
    assert (round(value or 0, 1), verdict) == (19.8, "missed")
    theirs = _speed("evtx-public", "evtx-public", 30.0, runner="zircolite", cores=2)
    assert _values(ours, theirs)[name] == (30.0, "reached")
