"""Who it was, as lines of text: judgements with everything that must stand beside them, in one yardstick."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vigilia.model.result import Attribution, HypothesisMatrix, Judgement, OpenQuestion, Reason
from vigilia.model.yardsticks import Yardstick, phrase_in, sentence_in

__all__ = ["attribution_lines", "matrix_lines"]

# Questions of which the answer is a judgement: told in the chosen yardstick, not in the words of the document.
_JUDGED = {"purpose": "motive", "sponsor": "sponsor", "interest": "nexus"}
_STATES = {
    "answered": "Answered",
    "open": "Open",
    "unanswerable": "Cannot be answered with this evidence",
}
_WIDTH = 34


def attribution_lines(attribution: Attribution, yardstick: Yardstick) -> Iterator[str]:
    """Yield lines, paragraphs divided by empty ones; deeper lines are indented by two spaces.

    Nothing of it mixes two yardsticks, and no sentence holds both likelihood and confidence.
    """
    if not attribution.judgements:
        yield attribution.group.why
        return
    for judgement in attribution.judgements:
        yield from _judgement(judgement, yardstick)
        yield ""
    yield from _group(attribution, yardstick)
    yield ""
    if attribution.ladder is not None:
        yield "How far this evidence climbs"
        for rung in attribution.ladder.rungs:
            yield f"  {'[x]' if rung.reached else '[ ]'} {rung.label}. {rung.why}"
        yield ""
    yield from _questions(attribution, yardstick)


def matrix_lines(matrix: HypothesisMatrix, attribution: Attribution) -> Iterator[str]:
    """Yield a matrix: most diagnostic observation first, hypothesis with the least against it first."""
    names = {one.id: one.text for one in attribution.observations}
    yield f"Matrix: {matrix.question} (CC, C speaks for; N says nothing; I, II speaks against)"
    yield "  " + "  ".join(["observation".ljust(_WIDTH), *matrix.hypotheses])
    for row in matrix.rows:
        cells = [row.cells[name].ljust(len(name)) for name in matrix.hypotheses]
        yield "  " + "  ".join([row.observation[:_WIDTH].ljust(_WIDTH), *cells]).rstrip()
    for row in matrix.rows:
        yield f"  {row.observation}: {names.get(row.observation, '')}"


def _judgement(one: Judgement, yardstick: Yardstick) -> Iterator[str]:
    yield _said(one, yardstick)
    yield f"  Confidence in the basis: {one.confidence}."
    yield from _reasons("For it", one.for_)
    yield from _reasons("Against it", one.against)
    for line in one.linchpins:
        yield f"  It stands on: {line}"
    for rival, chance in one.rivals.items():
        yield f"  It could also be: {rival}: {phrase_in(yardstick, chance)}"
    for left in one.left_out:
        standing = "it stands" if left.stands else "it does not stand"
        yield f"  Without {left.label}: {phrase_in(yardstick, left.probability)}; {standing}"
    for line in one.would_change:
        yield f"  What would change it: {line}"
    yield f"  Base rate: {one.base_rate}"


def _said(one: Judgement, yardstick: Yardstick) -> str:
    if not one.claim:  # there is nothing that a probability could be of
        return one.statement
    if one.determined:
        return sentence_in(yardstick, one.probability, one.claim)
    so_far = phrase_in(yardstick, one.probability)
    return f"Cannot be determined: whether {one.claim}. As far as it goes, that is {so_far}."


def _reasons(title: str, reasons: Sequence[Reason]) -> Iterator[str]:
    for one in reasons:
        records = f" [{', '.join(one.event_ids[:3])}{' …' if len(one.event_ids) > 3 else ''}]" if one.event_ids else ""
        yield f"  {title} ({one.weight:+.1f} dB): {one.text}{records}"


def _group(attribution: Attribution, yardstick: Yardstick) -> Iterator[str]:
    group = attribution.group
    yield f"Group: {group.named or 'not named'}. {group.why}"
    if group.outside is not None:
        yield f"  That the intruder is none of the known groups: {phrase_in(yardstick, group.outside)}."


def _questions(attribution: Attribution, yardstick: Yardstick) -> Iterator[str]:
    judged = {one.id: one for one in attribution.judgements}
    for state, title in _STATES.items():
        asked = [one for one in attribution.questions if one.state == state]
        if asked:
            yield title
        for one in asked:
            yield f"  {one.question} {_answer(one, judged, yardstick)}"


def _answer(one: OpenQuestion, judged: dict[str, Judgement], yardstick: Yardstick) -> str:
    judgement = judged.get(_JUDGED.get(one.id, ""))
    if one.state != "answered" or judgement is None:
        return one.answer
    return sentence_in(yardstick, judgement.probability, judgement.claim)
