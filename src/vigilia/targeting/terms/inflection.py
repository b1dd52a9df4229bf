"""Inflection: the forms that a word takes in sentences, so that a table needs to hold one of them only.

Rules are data (`knowledge/inflections.toml`): endings and what takes their place. That is no grammar. It makes some
forms that nobody writes; they are not in anybody's searches either.
"""

from __future__ import annotations

from vigilia.knowledge.inflections import Ending, Inflection, load_inflections

__all__ = ["inflect"]


def inflect(term: str, language: str) -> list[str]:
    """Return the forms of a term, sorted, the term itself among them.

    Args:
        term: one word or several, as a dictionary has them.
        language: BCP 47 tag; a language without rules leaves terms as they are.
    """
    grammar = load_inflections().language.get(language)
    words = term.split()
    if grammar is None or not words:
        return [term]
    columns = [_forms(word, grammar) for word in words]
    fronted = grammar.in_front if len(words[0]) <= grammar.in_front_up_to else []
    if not grammar.agree:
        forms = {" ".join([*words[:-1], form]) for form in columns[-1]}
        return sorted({term, *forms} | {before + term for before in fronted})
    # "Western Sahara" changes in both words, "prisoner of conscience" in the first alone.
    head = (" ".join([form, *words[1:]]) for form in columns[0])
    return sorted({term, *head, *_agreeing(columns)})


def _agreeing(columns: list[list[str]]) -> list[str]:
    """Return the phrase in each case; a word that does not change keeps its form in all of them."""
    cases = min((len(column) for column in columns if len(column) > 1), default=1)
    return [" ".join(column[case] if len(column) > 1 else column[0] for column in columns) for case in range(cases)]


def _forms(word: str, grammar: Inflection) -> list[str]:
    """Return the forms of a word in the order of its rule; the word alone where no rule fits."""
    if len(word) < grammar.shortest:
        return [word]
    rule = next((one for one in grammar.rules if _fits(word, one)), None)
    if rule is None:
        return [word]
    stem = word.removesuffix(rule.ending)
    return [stem + form for form in rule.forms]


def _fits(word: str, rule: Ending) -> bool:
    if not word.endswith(rule.ending):
        return False
    if not rule.last_vowel:
        return True
    vowels = load_inflections().vowels
    found = [letter for letter in word.removesuffix(rule.ending).casefold() if letter in vowels]
    return bool(found) and found[-1] in rule.last_vowel
