"""The model that ships: fitted on the open two thirds of the actors, written as `weights.toml`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import tomli_w

from bench.attribution.fitting import (
    Weights,
    cross_scores,
    cross_weights,
    fit_leader,
    fit_logistic,
    fit_temperature,
    fit_votes,
    fit_weights,
    signs_of,
)
from bench.attribution.queries import Queries, read_queries
from bench.attribution.sheets import Sheet, lay_out_honest
from vigilia.attribution.actors.comparison import actor_base
from vigilia.attribution.actors.label_votes import Ballot
from vigilia.attribution.actors.model import OUTSIDE_SIGNS, ActorModel, LabelVotes, LeaderCurve, SignalWeight, softmax
from vigilia.attribution.actors.profiles import Bools, Floats
from vigilia.attribution.actors.signals import SIGNALS
from vigilia.knowledge.actors.table import actor_table

__all__ = ["TRAINING", "fit_model", "weight_rows"]

TRAINING: Final = ("R2 reported", "R2 noisy", "R3 reported", "R3 noisy")
_PRESENT_AND_REMOVED: Final = (("R2 reported", "R2 removed"), ("R3 reported", "R3 removed"))
_SHIPPED: Final = Path(__file__).parents[2] / "src/vigilia/attribution/actors/weights.toml"
_HEAD: Final = (
    "# Fitted by bench/attribution/model.py; not to be edited. What each number means: attribution/actors/model.py.\n"
)
_VOTERS: Final = 10
_DIGITS: Final = 4
_OUTSIDE_PRIOR: Final = 0.5
_REASON: Final = (
    "Nobody knows how many intruders have no profile in ATT&CK. Of the dated reports 27 in 100 were about an actor "
    "whom no earlier report described; of actors that nobody writes about there is no count. Even odds claim neither."
)


def fit_model(
    queries: Queries, sheets: Mapping[str, Sheet], ballots: tuple[Ballot, Ballot], *, version: str, date: str
) -> ActorModel:
    """Fit every number of the model on queries about actors that are not sealed.

    Args:
        queries: the frozen ones.
        sheets: those of R2 and R3, with variants.
        ballots: labels of country and of motive.
        version: of the table.
        date: on which it is fitted.
    """
    chosen = np.array([not query.sealed for query in queries.reports], dtype=np.bool_)
    weights = fit_weights([sheets[name] for name in TRAINING], chosen)
    crossed = cross_weights(sheets, TRAINING, chosen)
    scores = {name: cross_scores(sheet, crossed) for name, sheet in sheets.items()}
    country, motive = (_votes(ballot, sheets, scores, chosen) for ballot in ballots)
    temperature, leader = _softmax(sheets, scores, chosen)
    signs, constant = _outside(queries, sheets, scores, chosen)
    return ActorModel(
        version=version,
        date=date,
        fitted=f"{int(chosen.sum())} reports about {len({q.actor for q in queries.reports if not q.sealed})} actors; "
        "R2 and R3, as reported and with log-like noise; bench/attribution/fitting.py",
        temperature=temperature,
        leader=leader,
        outside_prior=_OUTSIDE_PRIOR,
        outside_prior_reason=_REASON,
        outside_constant=constant,
        signals=weight_rows(SIGNALS, weights),
        outside=weight_rows(OUTSIDE_SIGNS, signs),
        country=country,
        motive=motive,
    )


def _softmax(sheets: Mapping[str, Sheet], scores: Mapping[str, Floats], chosen: Bools) -> tuple[float, LeaderCurve]:
    """Fit the temperature, then what the leader is worth."""
    names = [present for present, _ in _PRESENT_AND_REMOVED]
    rows = [chosen & sheets[name].answerable for name in names]
    shown = np.concatenate([scores[name][row] for name, row in zip(names, rows, strict=True)])
    known = np.concatenate([sheets[name].known[row] for name, row in zip(names, rows, strict=True)])
    answers = np.concatenate([sheets[name].actors[row] for name, row in zip(names, rows, strict=True)])
    temperature = fit_temperature(shown, known, answers)
    chances = np.stack([softmax(row / temperature, here) for row, here in zip(shown, known, strict=True)])
    return temperature, fit_leader(chances.max(axis=1), chances.argmax(axis=1) == answers)


def _outside(
    queries: Queries, sheets: Mapping[str, Sheet], scores: Mapping[str, Floats], chosen: Bools
) -> tuple[Weights, float]:
    """Tell queries apart from the same queries with the right actor taken out of the base."""
    signs, absent = [], []
    for names in _PRESENT_AND_REMOVED:
        for removed, name in enumerate(names):
            row = chosen & sheets[names[0]].answerable
            signs.append(signs_of(queries.corpus, sheets[name], scores[name])[row])
            absent.append(np.full(int(row.sum()), bool(removed)))
    shown = np.concatenate(signs)
    centre, scale = shown.mean(axis=0), shown.std(axis=0) + 1e-9
    fitted = fit_logistic((shown - centre) / scale, np.concatenate(absent))
    return Weights(centre, scale, fitted[:-1]), round(float(fitted[-1]), _DIGITS)


def _votes(ballot: Ballot, sheets: Mapping[str, Sheet], scores: Mapping[str, Floats], chosen: Bools) -> LabelVotes:
    rules = []
    for names in zip(*_PRESENT_AND_REMOVED, strict=True):
        cases = []
        for name in names:
            sheet = sheets[name]
            label = ballot.of_actor[sheet.actors]
            row = chosen & (label >= 0) & (sheet.answerable | name.endswith("removed"))
            cases += [(scores[name][at], sheet.known[at], int(label[at])) for at in np.flatnonzero(row)]
        rules.append(fit_votes(ballot, cases, _VOTERS))
    return LabelVotes(voters=_VOTERS, inside=rules[0], outside=rules[1])


def weight_rows(names: tuple[str, ...], weights: Weights) -> dict[str, SignalWeight]:
    """Return weights by name, as the table holds them."""
    numbers = zip(names, weights.centre.tolist(), weights.scale.tolist(), weights.weight.tolist(), strict=True)
    return {
        name: SignalWeight(centre=round(centre, _DIGITS), scale=round(scale, _DIGITS), weight=round(weight, _DIGITS))
        for name, centre, scale, weight in numbers
    }


def main() -> None:
    """Fit the model anew and write it where it ships from: `python -m bench.attribution.model FOLDER DATE`."""
    folder, date = Path(sys.argv[1]), sys.argv[2]
    base = actor_base()
    queries = read_queries(folder / "attack/incident_queries.json", actor_table())
    sheets = lay_out_honest(queries)
    model = fit_model(queries, sheets, (base.countries, base.motives), version="1", date=date)
    _SHIPPED.write_text(_HEAD + tomli_w.dumps(msgspec.to_builtins(model)), encoding="utf-8")


if __name__ == "__main__":
    main()
