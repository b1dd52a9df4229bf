"""A profile says what it means, or an error says which key is wrong."""

import pytest

from vigilia.model.errors import ProfileError
from vigilia.model.profile import parse_profile, parse_watch_list


def test_an_empty_profile_is_enough() -> None:
    assert parse_profile("").organisation.time_zone == "UTC"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[organisation]\nnmae = 'x'", "nmae"),
        ("[organisation]\ntime_zone = 'Mars/Olympus'", "Mars/Olympus"),
        ("[organisation]\negress = ['not-a-network']", "not-a-network"),
        ("[[data]]\nid = 'a b'\nlabel = 'x'\nwhere = []", "id"),
        ("[[corroboration]]\nquestion = 'sponsor'\nvalue = 'yes'\nsource = 'x'\ngrade = 'B9'", "grade"),
        ("[[corroboration]]\nquestion = 'weather'\nvalue = 'yes'\nsource = 'x'\ngrade = 'B2'", "question"),
        ("[[corroboration]]\nquestion = 'motive'\nvalue = 'fun'\nsource = 'x'\ngrade = 'B2'", "fun"),
        ("[[corroboration]]\nquestion = 'nexus'\nvalue = 'china'\nsource = 'x'\ngrade = 'B2'", "china"),
        ("[organisation", "org.toml"),
    ],
)
def test_an_error_names_what_is_wrong(text: str, named: str) -> None:
    with pytest.raises(ProfileError, match=named):
        parse_profile(text)


def test_known_activity_reads_the_key_from() -> None:
    profile = parse_profile("[[known_activity]]\nwhat = 'trip'\nfrom = 2026-02-02\nto = 2026-02-06")
    assert str(profile.known_activity[0].from_) == "2026-02-02"


def test_an_error_in_a_watch_list_never_repeats_a_name() -> None:
    with pytest.raises(ProfileError) as caught:
        parse_watch_list('[[watch.person]]\nid = "Canary Name"\nname = 7')
    assert "Canary" not in str(caught.value)
    assert caught.value.__cause__ is None
