"""The text that a pattern begins with is never more than what must be there."""

from __future__ import annotations

import pytest
import re2

from support.dialects import seeds
from vigilia.readers.field_details import Detail
from vigilia.readers.forms import shipped_forms
from vigilia.readers.line_forms import shipped_line_forms
from vigilia.readers.pattern_literals import beginning


@pytest.mark.parametrize(
    ("pattern", "literal", "at_beginning"),
    [
        ("^duration: (?P<x>\\S+)", b"duration: ", True),
        ("(?s)^statement: (?P<x>.*)", b"statement: ", True),
        (r"\[id \"(?P<x>\d+)", b'[id "', False),
        ("^connections? from", b"connection", True),
        ("^ab+", b"ab", True),
        ("^ab{0,2}", b"a", True),
        ("^one|two", b"", False),
        ("^(?:one|two) three", b"", False),
        ("one[|]two", b"one", False),
        (r"one\|two (?:a|b)", b"one|two ", False),
        ("(?i)one", b"", False),
        (r"\d+ x", b"", False),
        (r"a\?b", b"a?b", False),
        (r"a\??b", b"a", False),
        ("^", b"", False),
    ],
)
def test_the_beginning_of_a_pattern(pattern: str, literal: bytes, at_beginning: bool) -> None:
    assert beginning(pattern) == (literal, at_beginning)


def test_no_shipped_detail_is_passed_over_where_it_fits() -> None:
    """Whatever line of the corpus a pattern fits, its literal is there too."""
    details: list[Detail] = [one for form in shipped_forms() for one in form.detail]
    details += [one for form in shipped_line_forms() for one in form.detail]
    lines = sorted({line for seed in seeds() for line in seed.decode("utf-8", "replace").splitlines()})
    # The messages of most logs stand behind a time and a name: every rest of a line is a text, too.
    texts = [
        text for line in lines for text in {line, *(line[at + 1 :] for at, one in enumerate(line) if one in " :|")}
    ]
    assert details
    for detail in details:
        literal, at_beginning = beginning(detail.pattern)
        if not literal:
            continue
        pattern, text = re2.compile(detail.pattern), literal.decode()
        passed_over = (one for one in texts if not (one.startswith(text) if at_beginning else text in one))
        assert not any(pattern.search(one) for one in passed_over), detail.pattern
