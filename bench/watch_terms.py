"""Watch lists of any length, made up from syllables in several scripts: same length, same list."""

from __future__ import annotations

import random
from collections.abc import Iterator

from vigilia.model.profile import WatchedPerson, WatchedTopic, WatchList

__all__ = ["watch_list"]

_SYLLABLES = (
    ("ba", "do", "kim", "rel", "tus", "vin", "zor", "qa", "shu", "mer", "lan", "fi", "gop", "dru", "wex", "hol"),
    ("ба", "до", "ким", "рел", "тус", "вин", "зор", "ша", "мер", "лан", "фи", "гоп", "дру", "хол", "жен", "чи"),
    ("با", "دو", "كيم", "رل", "توس", "فين", "زور", "قا", "شو", "مر", "لان", "في", "غوب", "درو", "هول", "جن"),
    ("林", "海", "雲", "松", "石", "田", "春", "秋", "玉", "光", "青", "文", "武", "星", "泉", "竹"),
)
_TERMS_OF_A_TOPIC = 50


def watch_list(count: int) -> WatchList:
    """Return a list of so many different terms: half of them terms of topics, half of them names of persons."""
    terms = _terms(count)
    topical = [next(terms) for _ in range(count // 2)]
    topics = [
        WatchedTopic(id=f"t{at}", label=f"topic {at}", terms=topical[at : at + _TERMS_OF_A_TOPIC])
        for at in range(0, len(topical), _TERMS_OF_A_TOPIC)
    ]
    persons = [WatchedPerson(id=f"p{number}", name=name) for number, name in enumerate(terms)]
    return WatchList(topic=topics, person=persons)


def _terms(count: int) -> Iterator[str]:
    chance = random.Random("watch terms")  # noqa: S311 - nothing secret
    made: set[str] = set()
    while len(made) < count:
        syllables = chance.choice(_SYLLABLES)
        words = ("".join(chance.choices(syllables, k=chance.randint(2, 3))) for _ in range(2))
        term = ("" if syllables is _SYLLABLES[-1] else " ").join(word.capitalize() for word in words)
        if term not in made:
            made.add(term)
            yield term
