"""How right judgements on dossiers are, and how well their probabilities are calibrated."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import msgspec

from support.dossiers.drawing import Dossier
from vigilia.attribution.hypotheses.assessment import Assessment, assess
from vigilia.attribution.hypotheses.motive import motive_question
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import posterior, speaking
from vigilia.model.probability import TERMS, estimative_term

__all__ = ["DossierScores", "Judged", "TermScore", "fitted_temperatures", "judge", "score"]

_BINS = 10
_TEMPERATURES = [0.4 + 0.05 * number for number in range(53)]  # to 3.0


class Judged(msgspec.Struct, frozen=True):
    """A dossier and what was made of it."""

    dossier: Dossier
    assessment: Assessment


class TermScore(msgspec.Struct, frozen=True, kw_only=True):
    """How often what an ICD 203 term was said of was true, over every motive of every dossier.

    Attributes:
        low, high: 95 % interval of the share (Wilson 1927). inside: does it meet the term's own range?
    """

    term: str
    said: int
    mean: float
    true: float
    low: float
    high: float
    inside: bool


class DossierScores(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured on some dossiers.

    Attributes:
        ece: expected calibration error of the leading motive, ten bins. log_loss: in nats.
        determined: dossiers whose motive reached its bar. right: of these, the share whose motive was true.
        false_flags: their number. misled: the share of them judged to be what was planted, at the bar or above.
        misled_low: of these, the share with low confidence. high: confidence "high" among false flags.
        macro_f1: over motives that occur, of the leading one.
    """

    name: str
    dossiers: int
    motives: dict[str, int]
    accuracy: float
    macro_f1: float
    ece: float
    log_loss: float
    prior_log_loss: float
    determined: float
    right: float
    false_flags: int
    misled: float
    misled_low: float
    high: int
    terms: list[TermScore]


def judge(dossiers: Iterable[Dossier]) -> list[Judged]:
    """Judge the motive of each dossier, as a case is judged."""
    question = motive_question()
    return [Judged(one, assess(question, one.observations)) for one in dossiers]


def score(name: str, judged: Sequence[Judged]) -> DossierScores:
    """Return the scores of some judged dossiers."""
    leading = [(one.assessment.probability, one.assessment.leading == one.dossier.motive) for one in judged]
    said = [one for one in judged if one.assessment.stands]
    flags = [one for one in judged if one.dossier.flag]
    misled = [one for one in flags if one.assessment.stands and one.assessment.leading == one.dossier.flag]
    prior = load_likelihoods().motive_prior
    return DossierScores(
        name=name,
        dossiers=len(judged),
        motives=dict(sorted(Counter(one.dossier.motive for one in judged).items())),
        accuracy=_share(right for _, right in leading),
        macro_f1=_macro_f1(judged),
        ece=_calibration_error(leading),
        log_loss=_mean(-math.log(one.assessment.posterior[one.dossier.motive]) for one in judged),
        prior_log_loss=_mean(-math.log(prior[one.dossier.motive]) for one in judged),
        determined=round(len(said) / len(judged), 4),
        right=_share(one.assessment.leading == one.dossier.motive for one in said),
        false_flags=len(flags),
        misled=round(len(misled) / len(flags), 4) if flags else 0.0,
        misled_low=_share(one.assessment.confidence == "low" for one in misled),
        high=sum(one.assessment.confidence == "high" for one in flags),
        terms=_terms(judged),
    )


def fitted_temperatures(dossiers: Sequence[Dossier]) -> dict[str, float]:
    """Return the temperature with the least log loss for each number of dependency groups that speak."""
    brackets: dict[str, list[Dossier]] = {"one": [], "few": [], "many": []}
    for one in dossiers:
        groups = len({seen.group for seen in speaking(one.observations, "motive")})
        if groups:
            brackets["one" if groups == 1 else "few" if groups <= 3 else "many"].append(one)
    return {name: min(_TEMPERATURES, key=_loss_of(some)) for name, some in brackets.items() if some}


def _loss_of(dossiers: Sequence[Dossier]) -> Callable[[float], float]:
    prior = load_likelihoods().motive_prior

    def loss(temperature: float) -> float:
        return -math.fsum(
            math.log(posterior("motive", prior, one.observations, temperature)[one.motive]) for one in dossiers
        )

    return loss


def _terms(judged: Sequence[Judged]) -> list[TermScore]:
    """Return reliability of every estimative term over all motives: each is a statement that was or was not true."""
    said: dict[str, list[tuple[float, bool]]] = {}
    for one in judged:
        for motive, chance in one.assessment.posterior.items():
            said.setdefault(estimative_term(chance).name, []).append((chance, motive == one.dossier.motive))
    found: list[TermScore] = []
    for term in TERMS:
        pairs = said.get(term.name, [])
        if pairs:
            low, high = _wilson(sum(right for _, right in pairs), len(pairs))
            bottom = 0 if term.low == 1 else term.low
            top = 100 if term.high == 99 else term.high
            found.append(
                TermScore(
                    term=term.name,
                    said=len(pairs),
                    mean=_mean(chance for chance, _ in pairs),
                    true=_share(right for _, right in pairs),
                    low=round(low, 4),
                    high=round(high, 4),
                    inside=low * 100 <= top and high * 100 >= bottom,
                )
            )
    return found


def _calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, right in pairs:
        bins.setdefault(min(int(chance * _BINS), _BINS - 1), []).append((chance, right))
    gaps = (
        len(some) * abs(sum(chance for chance, _ in some) / len(some) - sum(right for _, right in some) / len(some))
        for some in bins.values()
    )
    return round(math.fsum(gaps) / len(pairs), 4)


def _macro_f1(judged: Sequence[Judged]) -> float:
    pairs = [(one.assessment.leading, one.dossier.motive) for one in judged]
    scores = []
    for motive in sorted({true for _, true in pairs}):
        both = sum(said == true == motive for said, true in pairs)
        named = sum(said == motive for said, _ in pairs) + sum(true == motive for _, true in pairs)
        scores.append(2 * both / named)
    return round(sum(scores) / len(scores), 4)


def _wilson(count: int, total: int) -> tuple[float, float]:
    z = 1.96
    share = count / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _share(right: Iterable[bool]) -> float:
    return _mean(float(one) for one in right)


def _mean(values: Iterable[float]) -> float:
    some = list(values)
    return round(math.fsum(some) / len(some), 4) if some else 0.0
