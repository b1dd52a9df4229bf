"""What is said of one row: a kind of content, a channel and a part of the stay, never more than the records show."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vigilia.impact.hits.hit import Hit
from vigilia.impact.levels import Rating, proven_hits
from vigilia.impact.slices import Coverage, Slice
from vigilia.impact.standing import Standing, standing
from vigilia.impact.ways import Way
from vigilia.model.probability import estimative_phrase, estimative_sentence, estimative_term
from vigilia.model.result import Intrusion
from vigilia.model.times import format_time, parse_time
from vigilia.model.wording import counted, day_in_words, days_in_words, listed

__all__ = ["Told", "head_of_row", "impact_sentence"]

_MOST_ACTIONS = 6
_MOST_PLACES = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that one row's sentences tell.

    Attributes:
        channels: of the data class in this slice: with records that suffice, and in use.
        whole: P(some of it left this way at any time).
    """

    way: Way
    piece: Slice
    coverage: Coverage
    rating: Rating
    objects: int
    channels: tuple[int, int]
    whole: float
    intrusion: Intrusion


def impact_sentence(told: Told) -> str:
    """Return the sentences for one slice of a way."""
    body = {
        "E0": _left_sentence,
        "E1": _probable_sentence,
        "E2": _read_sentence,
        "E3": _unreached_sentence,
        "E4": _unknown_sentence,
        "E5": _unreachable_sentence,
    }[told.rating.level](told)
    comfort = told.rating.level in ("E2", "E3", "E5")
    covered = _coverage_sentence(told) if comfort else ""
    # Where it cannot be determined, a number beside it would be taken for an answer: it stands in the document only.
    chance = _chance_sentence(told) if told.rating.level != "E4" else ""
    head = head_of_row(f"“{told.way.label}”", told.way.channel.label)
    return f"{head}{_span(told)}: {body}{covered}{chance}".rstrip()


def head_of_row(labels: str, channels: str) -> str:
    """Return how the sentences of a row begin; what follows is the same in rows that are alike."""
    return f"{labels}, {channels}"


def _span(told: Told) -> str:
    """Say of which part of the intrusion the row speaks, where it is not the whole, and no rule tells its own time."""
    if _standing(told):
        return ""
    if told.piece.start is None and told.piece.end:
        return f", before {day_in_words(format_time(told.piece.end))}"
    if told.piece.end is None or told.piece.start is None:
        return f", after {day_in_words(told.intrusion.last_seen)}"
    if len(told.coverage.slices) == 1:
        return ""
    return f", {days_in_words(format_time(told.piece.start), format_time(told.piece.end))}"


def _chance_sentence(told: Told) -> str:
    """Say the chance of this slice, that of the whole stay where it is another, and the bound of uniform hours."""
    rating = told.rating
    sliced = len(told.coverage.slices) > 1 and not _standing(told)
    said = [estimative_sentence(rating.probability, f"some of it left this way{' in that time' if sliced else ''}")]
    if sliced and rating.level in ("E2", "E3"):
        said.append(f"Over the whole stay: {estimative_phrase(told.whole)}.")
    if estimative_term(rating.uniform) != estimative_term(rating.probability):
        said.append(f"If each hour were as likely as any other: {estimative_phrase(rating.uniform)}.")
    return " ".join(said)


def _left_sentence(told: Told) -> str:
    shown = proven_hits(told.rating.hits)
    records = sum(hit.events for hit in shown)
    objects = told.objects or records
    several = f" ({counted(records, 'download')})" if records != objects else ""
    return (
        "records show that the intruder downloaded or synchronised "
        f"{counted(objects, 'object', 'different objects')}{several}{_when(shown)}. "
        "Treat what it held as known to the intruder. "
    )


def _probable_sentence(told: Told) -> str:
    if told.rating.throttled:
        return (
            "the intruder read so much that their reading was no longer recorded; Microsoft says to take everything as "
            "read for that time. "
        )
    if rule := _standing(told):
        return _standing_sentence(rule, _actions(told))
    hits = [hit for hit in told.rating.hits if hit.means != "accessed"] or list(told.rating.hits)
    channel = told.way.channel
    after = ", and something was carried away afterwards" if told.rating.staged else ""
    end = (
        "Whether that copy was carried away, other records show, if any: assume that all of it was. "
        if channel.stays
        else "The records do not show what left in detail: assume that all of it did. "
    )
    return f"the intruder {channel.copied}{_when(hits)}{after} ({_actions(told)}). {end}"


def _actions(told: Told) -> str:
    """Name what was done by which content left, and how much went where."""
    hits = [hit for hit in told.rating.hits if hit.means != "accessed"]
    sent = _sent(hits)
    places = {hit.address for hit in hits if hit.sent}
    done = sorted({_done(hit, places) for hit in hits if not hit.sent})
    more = [f"{len(done) - _MOST_ACTIONS} more"] if len(done) > _MOST_ACTIONS else []
    return "; ".join([*([", ".join([*done[:_MOST_ACTIONS], *more])] if done else []), *sent])


def _done(hit: Hit, counted_places: Collection[str]) -> str:
    """A command with the place that it named, where no record counts what went there."""
    where = hit.address if hit.egress and hit.address not in counted_places else ""
    return f"{hit.action} to {where}" if where else hit.action


def _sent(hits: Sequence[Hit]) -> list[str]:
    """Say how much went where: "61.3 MB went to files.example"; the most first, three places at most."""
    places: dict[str, int] = {}
    for hit in hits:
        if hit.sent:
            places[hit.address] = places.get(hit.address, 0) + hit.sent
    ordered = sorted(places.items(), key=lambda one: (-one[1], one[0]))
    said = [f"{sent / 1_000_000:.1f} MB went to {place}" for place, sent in ordered[:_MOST_PLACES]]
    more = len(ordered) - _MOST_PLACES
    return [*said, *([f"more went to {counted(more, 'further place')}"] if more > 0 else [])]


def _standing(told: Told) -> Standing | None:
    """What the records behind "probably left" set up, that goes on by itself."""
    if told.rating.level != "E1":
        return None
    return standing(told.way.channel, told.rating.event_ids, told.intrusion.persistence)


def _standing_sentence(rule: Standing, actions: str) -> str:
    """Say since when mail leaves, and until when: not until the intruder's last sign, but until it is taken away."""
    if rule.until:
        time = f"{days_in_words(rule.since, rule.until)}, when it was taken away, mail could leave by itself"
    elif rule.told:
        time = f"since {day_in_words(rule.since)}, and still, as far as the records go, mail leaves by itself"
    else:
        time = f"since {day_in_words(rule.since)} mail leaves by itself; no record would show that this was ended"
    return f"{time} ({actions}). The records do not show what left in detail: assume that all of it did. "


def _read_sentence(told: Told) -> str:
    what = (
        f"it was packed into archives by the intruder{_when(told.rating.hits)}. What was in the archives is not known. "
        if told.rating.staged
        else f"the intruder reached {counted(told.objects, 'object')} or more{_when(told.rating.hits)}. "
    )
    if not told.piece.adequate:
        because = f", because {listed(list(told.piece.reasons))}" if told.piece.reasons else ""
        return f"{what}Whether it left cannot be determined{because}. "
    return f"{what}Whoever reads a thing can also copy it. No evidence that it left by this channel was found. "


def _unreached_sentence(_told: Told) -> str:
    return "no evidence that the intruder reached it, and no evidence that it left by this channel, was found. "


def _unreachable_sentence(_told: Told) -> str:
    return (
        "not reachable, because it was not there yet: a record shows when its place was made, and none names the place "
        "before. What lay elsewhere before is not part of this. "
    )


def _unknown_sentence(told: Told) -> str:
    reasons = list(told.piece.reasons)
    if told.rating.uncertain and any(not hit.named for hit in told.rating.hits):
        sent = _sent(told.rating.hits)
        carried = f"something was carried away ({'; '.join(sent)})" if sent else "something was carried away"
        reasons.insert(0, f"{carried}, and the records do not say what")
    elif told.rating.uncertain:
        reasons.insert(0, "there are records that may be the intruder's or the account owner's")
    return f"whether the intruder reached or took it this way cannot be determined, because {listed(reasons)}. "


def _when(hits: Sequence[object]) -> str:
    times = [time for hit in hits for time in (getattr(hit, "first_time", ""), getattr(hit, "last_time", "")) if time]
    return f" {days_in_words(min(times), max(times))}" if times else ""


def _covered_span(told: Told) -> tuple[str, str, float]:
    """From when to when the row speaks, and the share of that with records that suffice: the slice, or the stay."""
    piece = told.piece
    if len(told.coverage.slices) == 1 or piece.start is None or piece.end is None:
        seen = told.intrusion
        return seen.first_seen, seen.last_seen or seen.first_seen, told.coverage.covered
    return format_time(piece.start), format_time(piece.end), piece.covered if piece.adequate else 0.0


def _coverage_sentence(told: Told) -> str:
    first, last, share = _covered_span(told)
    days = (parse_time(last).date() - parse_time(first).date()).days + 1
    covered = int(share * days + 1e-6)
    bound = (
        " That share is an upper bound, because the intruder may have been in before or after that."
        if told.coverage.open_ended
        else ""
    )
    return (
        f"The records of this channel cover {covered} of the {counted(days, 'calendar day')} "
        f"{days_in_words(first, last)} ({100 * share:.0f} %).{bound} "
        f"Channels in use for this content: {told.channels[1]}; with records that suffice: {told.channels[0]}. "
    )
