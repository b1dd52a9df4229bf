"""Parts of a person's name that tell who it is even alone."""

from __future__ import annotations

from vigilia.model.profile import WatchedPerson
from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.scripts import script_of
from vigilia.targeting.terms.world_terms import public_words

__all__ = ["name_parts"]


def name_parts(person: WatchedPerson) -> list[str]:
    """Return the parts of a person's names that tell who it is even alone, and that are no place or topic."""
    parts: set[str] = set()
    for name in (person.name, *person.aliases):
        words = name.replace(",", " ").replace("-", " ").split()
        parts |= {word for word in words if len(words) > 1 and len(fold(word)) >= 5}
        plain = "".join(words)
        if script_of(name) in ("CJK", "HANGUL", "KATAKANA", "HIRAGANA") and len(plain) in (3, 4):
            parts |= {plain[-2:], plain[:2]} if len(plain) == 4 else {plain[-2:]}
    return sorted(part for part in parts if fold(part) not in public_words())
