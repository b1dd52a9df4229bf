from __future__ import annotations

import pytest

from vigilia.model.errors import RuleError
from vigilia.sigma.documents import MAX_RULE_CHARACTERS, read_documents


def test_documents_come_with_the_line_on_which_they_start() -> None:
    assert read_documents("a: 1\n---\n# remark\nb: 2\n", "r.yml") == [(1, {"a": 1}), (2, {"b": 2})]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("title: x\n  bad: : indentation\n", 2),
        ("title: x\nselection: [1, 2\n", 3),
        ("detection:\n  a: 1\n---\n- a\n- list\n", 3),
        ("a: " + "[" * 100 + "]" * 100, 1),
        ("a: &a [1]\nb: [" + ", ".join(["*a"] * 200) + "]", 2),
    ],
)
def test_what_is_wrong_is_reported_with_its_line(text: str, line: int) -> None:
    with pytest.raises(RuleError) as caught:
        read_documents(text, "folder/rule.yml")
    assert caught.value.where == f"folder/rule.yml:{line}"
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n",
        "? [1, 2]\n: x\n",
        "a: !!python/object/apply:os.system ['true']\n",
        "a: 'x\x00'\n",
        "x" * (MAX_RULE_CHARACTERS + 1),
        "a: [" + "1," * 50_000 + "]",
    ],
)
def test_hostile_or_ambiguous_yaml_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        read_documents(text, "rule.yml")


def test_what_looks_like_a_date_stays_text() -> None:
    assert read_documents("date: 2026-13-45\nB: 2026-03-01\n", "r.yml") == [
        (1, {"date": "2026-13-45", "B": "2026-03-01"})
    ]


def test_an_alias_bomb_is_refused_before_it_is_built() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    with pytest.raises(RuleError, match="aliases"):
        read_documents("\n".join(lines), "rule.yml")


def test_aliases_that_would_grow_when_written_out_are_refused() -> None:
    """Few aliases, little depth, yet two to the power of thirty values."""
    lines = ["a0: &a0 [x, x]", *(f"a{level}: &a{level} [*a{level - 1}, *a{level - 1}]" for level in range(1, 31))]
    with pytest.raises(RuleError, match="aliases"):
        read_documents("\n".join(lines), "rule.yml")


def test_a_list_that_holds_itself_is_refused() -> None:
    with pytest.raises(RuleError, match="Recursive"):
        read_documents("title: x\nself: &self [*self]\n", "rule.yml")
