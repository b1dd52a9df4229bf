"""Generated months as cases, what scope makes of them, and how right that is."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scope.incidents.everyday import add_cloud, add_linux, add_windows
from scope.incidents.intrusions import HARD_KINDS, KINDS, Theirs
from scope.incidents.logs import Logs
from scope.incidents.lookalikes import add_lookalikes
from scope.incidents.office import Office, make_office
from vigilia.demo.chance import Chance
from vigilia.detect.findings import findings
from vigilia.investigate.correlating import correlate_case
from vigilia.investigate.progress import Silent
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.model.matches import Finding
from vigilia.model.result import Intrusion
from vigilia.scope.scope import determine_scope
from vigilia.store.case_folder import CaseFolder
from vigilia.store.event_store import EventStore
from vigilia.store.match_store import matches_by_rule
from vigilia.store.repeats import write_repeats

__all__ = ["ENTITIES", "QUIET", "Judged", "Month", "Score", "calibration_error", "judge_months", "score"]

QUIET = "quiet"
ENTITIES = ("accounts", "addresses", "machines")


@dataclass(frozen=True)
class Month:
    """A month to generate: a kind of intrusion, or "quiet", and the seed of everything in it."""

    kind: str
    seed: int

    @property
    def name(self) -> str:
        """The folder's name."""
        return f"{self.kind}-{self.seed}"


@dataclass(frozen=True)
class Judged:
    """What scope made of one month, beside the truth.

    Attributes:
        events: event id → probability, of those that scope lists. all_events: how many there are.
        theirs: ids of the intruder's events.
    """

    month: Month
    office: Office
    intrusion: Intrusion
    events: dict[str, float]
    all_events: int
    theirs: set[str]
    truth: Theirs


def judge_months(months: Sequence[Month], folder: Path, workers: int = 2) -> Iterator[Judged]:
    """Write all months, read them in one go, and let scope judge each alone."""
    truths = {month.name: _write(month, folder / "evidence" / month.name) for month in months}
    case = CaseFolder(folder / "case")
    case.make_folders()
    rules = compile_rulepack([])
    request = Request(
        paths=(folder / "evidence",), case=case.root, name="x", time_zone="America/Toronto", workers=workers
    )
    items = read_evidence(request, case, rules, Silent())
    for month in months:
        prefix = f"evidence/{month.name}/"
        own = [one for one in items if one.path.startswith(prefix)]
        mine = {one.path.removeprefix(prefix): one.item for one in own}
        part = _part(case, folder / "parts" / month.name, mine.values())
        write_repeats(part.events, own, part.scratch, part.repeats)
        correlate_case(part, rules, str)
        found = findings(rules, matches_by_rule(part.matches, part.events, part.scratch))
        office, truth, places = truths[month.name]
        yield _judged(month, part, found, office, truth, {mine[path]: at for path, at in places.items()})
        shutil.rmtree(part.root)


def _write(month: Month, folder: Path) -> tuple[Office, Theirs, dict[str, list[int]]]:
    office = make_office(month.seed)
    chance = Chance(month.seed, month.kind)
    logs = Logs(chance)
    add_cloud(logs, office, Chance(month.seed, "cloud"))
    add_windows(logs, office, Chance(month.seed, "windows"))
    add_linux(logs, office, Chance(month.seed, "linux"))
    add_lookalikes(logs, office, Chance(month.seed, "look-alikes"))
    truth = Theirs() if month.kind == QUIET else (KINDS | HARD_KINDS)[month.kind](logs, office, chance)
    return office, truth, logs.write(folder)


def _part(case: CaseFolder, root: Path, items: Iterable[str]) -> CaseFolder:
    """Return a case of some of the items."""
    part = CaseFolder(root)
    part.make_folders()
    for item in items:
        for source, target in ((case.events, part.events), (case.matches, part.matches)):
            shutil.copyfile(source / f"{item}.parquet", target / f"{item}.parquet")
    return part


def _judged(
    month: Month, part: CaseFolder, found: list[Finding], office: Office, truth: Theirs, places: dict[str, list[int]]
) -> Judged:
    with EventStore.open(part.events, part.scratch, part.matches) as store:
        scope = determine_scope(store, found, office.profile())
        rows = store.rows('SELECT "event.id" AS id, probability FROM intruder_events ORDER BY id')
        ids: dict[str, list[str]] = defaultdict(list)
        for row in store.rows('SELECT "event.id" AS id, "vigilia.item" AS item FROM events ORDER BY "vigilia.record"'):
            ids[str(row["item"])].append(str(row["id"]))
    theirs = {ids[item][place] for item, at in places.items() for place in at}
    return Judged(
        month=month,
        office=office,
        intrusion=scope.intrusion,
        events={str(row["id"]): float(str(row["probability"])) for row in rows},
        all_events=sum(map(len, ids.values())),
        theirs=theirs,
        truth=truth,
    )


@dataclass(frozen=True)
class Score:
    """Counts of right, wrong and missed, summed over months."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was said, how much was so."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """Of what was so, how much was said."""
        return self.right / max(self.right + self.missed, 1)


def score(judged: Iterable[Judged], kind: str = "events") -> Score:
    """Score "events", "accounts", "addresses" or "machines": what is said to be more likely than not theirs."""
    right = wrong = missed = 0
    for one in judged:
        said, so = _said(one, kind)
        right, wrong, missed = right + len(said & so), wrong + len(said - so), missed + len(so - said)
    return Score(right, wrong, missed)


def _said(one: Judged, kind: str) -> tuple[set[str], set[str]]:
    if kind == "events":
        return {event for event, chance in one.events.items() if chance >= 0.5}, one.theirs
    listed = one.intrusion.hosts if kind == "machines" else getattr(one.intrusion, kind)
    return {entity.value for entity in listed if entity.probability >= 0.5}, getattr(one.truth, kind)


def calibration_error(judged: Iterable[Judged], bins: int = 10) -> float:
    """Return the expected calibration error of the events' probabilities; unlisted events count as 0.

    Equal-width bins (Naeini, Cooper & Hauskrecht 2015, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning"), over the events that scope lists and those of the intruder that it does not. The many events that it
    rightly does not list are left out: with them any error looks small.
    """
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for one in judged:
        listed = dict(one.events) | {event: one.events.get(event, 0.0) for event in one.theirs}
        for event, chance in listed.items():
            cell = sums[min(int(chance * bins), bins - 1)]
            for place, value in enumerate((1.0, chance, float(event in one.theirs))):
                cell[place] += value
    total = sum(count for count, _, _ in sums.values())
    return sum(abs(chance - truth) for _, chance, truth in sums.values()) / max(total, 1.0)
