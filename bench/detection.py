"""Detection: which scanners are measured on which files with which rules, in which groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bench.corpora import CORPORA, Corpus, Skipped, make_corpus
from bench.figures import Figure, figures_of
from bench.rulesets import RuleFolder, make_rules
from bench.runners import Runner
from bench.scans import Scan, Speed, measure_group

__all__ = ["GROUPS", "Detection", "measure_detection"]


class MeasuredCorpus(msgspec.Struct, frozen=True):
    """A corpus without its place on this machine."""

    name: str
    files: int
    events: int
    bytes: int
    sha256: str


class MeasuredRules(msgspec.Struct, frozen=True):
    """A set of rules without its place on this machine."""

    name: str
    files: int
    sha256: str


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """The detection part of one run of the bench."""

    runs: int
    scanners: dict[str, str]
    corpora: list[MeasuredCorpus]
    rules: list[MeasuredRules]
    speeds: list[Speed]
    figures: list[Figure]
    skipped: list[Skipped]


@dataclass(frozen=True)
class _Planned:
    """Scans of one corpus: by our own detection alone, or also by whatever else there is."""

    corpus: str
    rules: str = "sigmahq"
    cores: int = 1
    others: bool = False


def _compared(corpus: str, rules: str = "sigmahq", cores: int = 1) -> tuple[_Planned, ...]:
    return (_Planned(corpus, rules, cores, others=True),)


_EVTX_RULES = "sigmahq-windows"
GROUPS: dict[str, tuple[_Planned, ...]] = {
    "start": (_Planned("small"), _Planned("small", "one")),
    "lane-structured-windows": _compared("lane-structured-windows"),
    "structured": _compared("structured"),
    "unique": _compared("unique"),
    "otrf": _compared("otrf"),
    "lane-raw-windows": _compared("lane-raw-windows"),
    "lane-sysmon-file-event": _compared("lane-sysmon-file-event"),
    "lane-cisco-syslog": _compared("lane-cisco-syslog"),
    "evtx-public": _compared("evtx-public", _EVTX_RULES, cores=2),
    "evtx-written": _compared("evtx-written", _EVTX_RULES),
    "reading": (_Planned("evtx-written", _EVTX_RULES), _Planned("evtx-written", "one")),
    "rules": (_Planned("structured"), _Planned("structured", "sigmahq-times-five")),
    "cores": (_Planned("hosts"), _Planned("hosts", cores=2)),
    "volume": (
        _Planned("structured"),
        _Planned("structured-x10"),
        _Planned("unique"),
        _Planned("unique-x10"),
        _Planned("evtx-written", _EVTX_RULES),
        _Planned("evtx-written-x10", _EVTX_RULES),
    ),
}


@dataclass(frozen=True)
class _Material:
    """Corpora and rules, made when they are first asked for; what is absent is told once."""

    folder: Path
    corpora: dict[str, Corpus | Skipped]
    rules: dict[str, RuleFolder | Skipped]

    def corpus(self, name: str) -> Corpus | Skipped:
        if name not in self.corpora:
            recipe = next(one for one in CORPORA if one.name == name)
            self.corpora[name] = make_corpus(recipe, self.folder)
        return self.corpora[name]

    def rule_folder(self, name: str) -> RuleFolder | Skipped:
        if name not in self.rules:
            self.rules[name] = make_rules(name, self.folder)
        return self.rules[name]


def measure_detection(
    folder: Path,
    scanners: Sequence[tuple[Runner, str]],
    groups: Sequence[str],
    runs: int,
    tell: Callable[[Sequence[Speed]], None],
) -> Detection:
    """Measure some groups of scans; `tell` gets the speeds of each group when it is done."""
    material = _Material(folder, {}, {})
    work = folder / "work"
    work.mkdir(parents=True, exist_ok=True)
    speeds: list[Speed] = []
    for group in groups:
        scans = [scan for planned in GROUPS[group] for scan in _scans(planned, material, scanners)]
        measured = measure_group(group, scans, work, runs)
        tell(measured)
        speeds += measured
    made = [one for one in material.corpora.values() if isinstance(one, Corpus)]
    folders = [one for one in material.rules.values() if isinstance(one, RuleFolder)]
    return Detection(
        runs=runs,
        scanners={runner.name: version for runner, version in scanners},
        corpora=[MeasuredCorpus(one.name, one.files, one.events, one.bytes, one.sha256) for one in made],
        rules=[MeasuredRules(one.name, one.files, one.sha256) for one in folders],
        speeds=speeds,
        figures=figures_of(speeds),
        skipped=[one for one in (*material.corpora.values(), *material.rules.values()) if isinstance(one, Skipped)],
    )


def _scans(planned: _Planned, material: _Material, scanners: Sequence[tuple[Runner, str]]) -> Iterator[Scan]:
    corpus, rules = material.corpus(planned.corpus), material.rule_folder(planned.rules)
    if isinstance(corpus, Skipped) or isinstance(rules, Skipped):
        return
    for runner, version in scanners:
        if runner.takes(corpus) and (planned.others or runner.name == "vigilia"):
            yield Scan(runner, version, corpus, rules, planned.cores)
