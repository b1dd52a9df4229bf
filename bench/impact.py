"""`make bench-impact`: what is said of data that left, over a grid of generated intrusions with exact truth.

Two seeds: "building" may be looked into while Vigilia is built, "held out" is measured only.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from bench.machine import Machine, this_machine
from support.impact_grid.cases import plans
from support.impact_grid.exposure import ComparedMailbox, compare_mailboxes, equal_by_feature
from support.impact_grid.figures import Figures, Rate, add_up
from support.impact_grid.measuring import measure

__all__ = ["ImpactFigures", "MailboxFigures", "figures_table", "mailboxes_table", "main"]

_HERE = Path(__file__).parent
_SEEDS = ("building", "held-out")
_ROUNDS = 2
_MAILBOX_CASES = 25  # of eight mailboxes each
_SAID_EVERY = 20
_GOALS: Mapping[str, tuple[str, float, Callable[[Figures], float]]] = {
    "false reassurance": ("<=", 0, lambda one: one.false_reassurance),
    "comfort without window, channels or probability": ("<=", 0, lambda one: one.unqualified),
    "recall of what left and is recorded": (">=", 0.95, lambda one: one.recall.share),
    "precision of what is said to have left": (">=", 0.90, lambda one: one.precision.share),
    "expected calibration error": ("<=", 0.05, lambda one: one.calibration_error),
    "injected gaps that are told": (">=", 0.98, lambda one: one.gap_recall.share),
    "of them with bounds within one interval": (">=", 0.98, lambda one: one.gap_bounds.share),
    "gaps told on full telemetry": ("<=", 0, lambda one: one.spurious),
    "sentences that rest on nothing": ("<=", 0, lambda one: one.unresolved),
}


class MailboxFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Exposure of synthetic mailboxes; `unequal` names each that differs, with its features."""

    mailboxes: int
    equal: int
    by_feature: dict[str, tuple[int, int]]
    unequal: list[ComparedMailbox]


class ImpactFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One run, as it is kept; a seed that was not run is absent."""

    machine: Machine
    grids: dict[str, Figures]
    mailboxes: MailboxFigures | None


def _code() -> str:
    """Name the code that is measured: what another version said must not be mixed in."""
    told = hashlib.sha256()
    for folder in ("src/vigilia", "tests/support/impact_grid"):
        for path in sorted((_HERE.parent / folder).rglob("*")):
            if path.suffix in (".py", ".toml", ".yml", ".json"):
                told.update(path.read_bytes())
    return told.hexdigest()[:12]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.impact", description=__doc__)
    parser.add_argument("--seed", action="append", help="only this grid; any word gives a new one; default: both")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="one round: every channel and loss, left and not")
    parser.add_argument("--minutes", type=float, default=120.0, help="for each grid; what was run by then is added up")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--mailbox-cases", type=int, default=_MAILBOX_CASES, help="eight mailboxes each; 0: none")
    parser.add_argument(
        "--kept", type=Path, default=_HERE.parent / "build" / "impact", help="a stopped run goes on here"
    )
    parser.add_argument("--results", type=Path, default=_HERE / "results")
    return parser.parse_args()


def figures_table(name: str, figures: Figures) -> str:
    """Return the figures of a grid with their goals, then by channel and by loss."""
    lines = [f"{name}: {figures.cases} cases in {figures.organisations} organisations, {figures.rows} rows of impact"]
    for label, (sign, goal, value) in _GOALS.items():
        measured = value(figures)
        reached = measured <= goal if sign == "<=" else measured >= goal
        lines.append(f"  {label:50} {measured:>9.4g}  {sign} {goal:<5} {'reached' if reached else 'missed'}")
    lines.append(
        f"  Brier score {figures.brier}; {figures.seconds / max(1, figures.organisations):.1f} s of processor each"
    )
    lines.append("  rows by level: " + _levels(figures.calibration_by_level))
    lines.append(f"  {'channel':22} {'recall':>14} {'precision':>14} {'calibration error':>18}")
    for channel in sorted({*figures.recall_by_channel, *figures.precision_by_channel}):
        recall, precision = figures.recall_by_channel.get(channel), figures.precision_by_channel.get(channel)
        error = figures.calibration_by_channel.get(channel)
        lines.append(f"  {channel:22} {_rate(recall):>14} {_rate(precision):>14} {'-' if error is None else error:>18}")
    lines.append(f"  {'loss':22} {'told':>14} {'bounds':>14}")
    for loss, told in figures.gap_recall_by_telemetry.items():
        lines.append(f"  {loss:22} {_rate(told):>14} {_rate(figures.gap_bounds_by_telemetry.get(loss)):>14}")
    return "\n".join(lines) + "\n"


def _levels(levels: Mapping[str, tuple[int, float, float]]) -> str:
    return ", ".join(
        f"{level} {count} (said {said:.2f}, left {left:.2f})" for level, (count, said, left) in levels.items()
    )


def _rate(rate: Rate | None) -> str:
    return "-" if rate is None else f"{rate.hits}/{rate.of} {rate.share:.3f}"


def mailboxes_table(figures: MailboxFigures) -> str:
    """Return how many mailboxes are equal, and by what happened there."""
    lines = [f"exposed messages: {figures.equal} of {figures.mailboxes} mailboxes equal the procedure's"]
    lines += [f"  {name:18} {equal}/{count}" for name, (equal, count) in figures.by_feature.items()]
    return "\n".join(lines) + "\n"


def _grid(seed: str, arguments: argparse.Namespace, folder: Path) -> Figures:
    def tell(done: int) -> None:
        if done % _SAID_EVERY == 0:
            sys.stderr.write(f"{seed}: {done} organisations\n")

    judged = measure(
        plans(seed, arguments.rounds),
        folder,
        arguments.kept / _code() / f"{seed}.jsonl",
        processes=arguments.processes,
        tell=tell,
        seconds=60 * arguments.minutes,
    )
    return add_up(judged)


def _mailboxes(arguments: argparse.Namespace, folder: Path) -> MailboxFigures:
    compared = compare_mailboxes("held-out", arguments.mailbox_cases, folder, arguments.processes)
    return MailboxFigures(
        mailboxes=len(compared),
        equal=sum(one.equal for one in compared),
        by_feature=equal_by_feature(compared),
        unequal=[one for one in compared if not one.equal],
    )


def main() -> None:
    """Run what was not run yet, print the tables, keep the figures."""
    arguments = _arguments()
    machine = this_machine()
    grids: dict[str, Figures] = {}
    mailboxes = None
    with tempfile.TemporaryDirectory(prefix="vigilia-bench-") as folder:
        for seed in arguments.seed or _SEEDS:
            grids[seed] = _grid(seed, arguments, Path(folder))
            sys.stdout.write(figures_table(seed, grids[seed]))
        if arguments.mailbox_cases:
            mailboxes = _mailboxes(arguments, Path(folder))
            sys.stdout.write(mailboxes_table(mailboxes))
    measured = ImpactFigures(machine=machine, grids=grids, mailboxes=mailboxes)
    arguments.results.mkdir(parents=True, exist_ok=True)
    kept = arguments.results / f"{machine.date.replace(':', '')}.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")


if __name__ == "__main__":
    main()
