"""Where a log has lost the quotes of a command, what was one argument is put together again, and nothing else is."""

from __future__ import annotations

import pytest

from vigilia.targeting.commands.command_lines import search_terms


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("/usr/bin/grep -ri two words /srv", ("two words",)),
        ("/usr/bin/grep -ri two words members/list", ("two words",)),
        ("/usr/bin/grep -i two words donors.txt", ("two words",)),
        ("/usr/bin/grep two words ~ada", ("two words",)),
        ("/usr/bin/grep -A 3 -e two words -e lhasa /srv", ("two words", "lhasa")),
        ("/usr/bin/find / -iname *hong kong* -type f", ("hong kong",)),
        ("/usr/bin/find / -iname *hong kong*", ("hong kong",)),
        ("/usr/bin/find /srv -exec grep -l two words {} ;", ("two words",)),
        ("/bin/sh -c grep -r two words /srv | head", ("two words",)),
        ("sudo -u www grep two words /srv", ("two words",)),
    ],
)
def test_a_value_runs_up_to_the_first_path(line: str, terms: tuple[str, ...]) -> None:
    assert search_terms(line, windows=False, quoted=False).terms == terms


@pytest.mark.parametrize(
    ("line", "terms"),
    [
        ("grep -ri lhasa /srv/two words", ("lhasa",)),
        ("grep lhasa members", ("lhasa",)),  # "members" is as well a file
        ("grep lhasa", ("lhasa",)),
        ("grep -A 3 lhasa /srv", ("lhasa",)),
        ("cat /srv/tibet.txt", ()),
        ("find /srv/two words -type f", ()),
    ],
)
def test_what_is_no_part_of_the_value_is_left(line: str, terms: tuple[str, ...]) -> None:
    assert search_terms(line, windows=False, quoted=False).terms == terms


def test_a_line_that_keeps_its_quotes_is_taken_as_it_stands() -> None:
    assert search_terms("grep -ri two words /srv", windows=False).terms == ("two",)
