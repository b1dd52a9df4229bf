"""Runs a case from evidence files to the result document in this process: the same stages, without worker processes."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self
from unittest import mock

import msgspec

import vigilia.engines.examination
import vigilia.investigate.investigation
import vigilia.investigate.reading
import vigilia.investigate.ruleset
from vigilia.detect.matcher import Matcher
from vigilia.engines.pool import Outcome
from vigilia.engines.protocol import Task
from vigilia.engines.tasks import TASKS
from vigilia.indicators.lists import read_indicators
from vigilia.investigate import analysis
from vigilia.investigate.investigation import investigate_evidence
from vigilia.investigate.progress import Silent
from vigilia.investigate.request import Request
from vigilia.model.profile import parse_profile
from vigilia.model.result import Result, Targeting
from vigilia.normalize.catalogue import Catalogue, load_catalogue
from vigilia.readers.reader import Reader
from vigilia.sigma.rules import RuleSet
from vigilia.targeting.targeting import TargetingResult

__all__ = ["CaseRunner"]


class _HerePool:
    """Stands for the worker pool: carries tasks out where it is asked."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take what a pool takes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing was started."""

    def run(self, tasks: Iterable[Task], *_: object) -> Iterator[Outcome]:
        """Carry out the tasks one by one."""
        for task in tasks:
            yield Outcome(id=task.id, reply=TASKS[task.kind](bytes(task.body), lambda _: None))


class CaseRunner:
    """Runs cases; rules are compiled, the matcher is made and a file of one shape is recognised once.

    Args:
        whole: false leaves out what was looked for, on which nothing of scope and impact rests.
    """

    def __init__(self, *, whole: bool = True) -> None:
        self._whole = whole
        self._readers: dict[bytes, Reader | None] = {}
        self._recognised = Catalogue.recognise
        self._rules: RuleSet | None = None
        self._matcher: Matcher | None = None

    def run(self, folder: Path) -> Result:
        """Investigate `evidence/` with `org.toml` and `indicators.csv` and return the result document as written."""
        text = (folder / "org.toml").read_text("utf-8")
        request = Request(
            paths=(folder / "evidence",),
            case=folder / "case",
            name=folder.name,
            time_zone="UTC",
            profile=parse_profile(text),
            profile_sha256=hashlib.sha256(text.encode()).hexdigest(),
            indicators=read_indicators([folder / "indicators.csv"]),
        )
        with contextlib.ExitStack() as stack:
            for patch in self._patches():
                stack.enter_context(patch)
            done = investigate_evidence(request, Silent())
        return msgspec.json.decode(done.document.read_bytes(), type=Result)

    def _patches(self) -> list[Any]:
        whole = vigilia.investigate.investigation
        shortened = [] if self._whole else [mock.patch.object(analysis, "determine_targeting", _no_searches)]
        return [
            *shortened,
            mock.patch.object(Catalogue, "recognise", self._recognise),
            mock.patch.object(vigilia.investigate.reading, "WorkerPool", _HerePool),
            mock.patch.object(whole, "compile_rulepack", self._compiled),
            mock.patch.object(whole, "render_html", return_value=b""),
            mock.patch.object(vigilia.engines.examination, "_matcher", self._matching),
        ]

    def _compiled(self, *arguments: Any, **more: Any) -> RuleSet:
        if self._rules is None:
            self._rules = vigilia.investigate.ruleset.compile_rulepack(*arguments, **more)
        return self._rules

    def _matching(self, _path: str) -> Matcher | None:
        if self._matcher is None and self._rules is not None:
            self._matcher = Matcher(self._rules)
        return self._matcher

    def _recognise(self, head: bytes) -> Reader | None:
        shape = re.sub(rb"[0-9]", b"", head[:60])
        if shape not in self._readers:
            self._readers[shape] = self._recognised(load_catalogue(""), head)
        return self._readers[shape]


def _no_searches(*_: object, **__: object) -> TargetingResult:
    nothing = Targeting(topics=[], persons=[], statement="", intruder_searches=0, other_searches=0)
    return TargetingResult(searches=[], targeting=nothing, statements=[])
