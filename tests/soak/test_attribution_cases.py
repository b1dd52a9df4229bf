"""Whole evidence, from files to the document: the motive that is true leads, and nobody is named below the bar.

Twelve cases: the demo and the newsroom with several seeds, a payment fraud, and false flags laid through the profile:
an outside source that was fooled, a group that somebody names, an office network in another country.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.cases import investigate_incident
from support.payment_fraud import write_payment_fraud
from vigilia.demo.incident import write_incident
from vigilia.demo.newsroom.incident import write_newsroom
from vigilia.model.result import Result

pytestmark = pytest.mark.slow

_FOOLED = """
[[corroboration]]
question = "motive"
value = "financial"
source = "investigators who were fooled"
grade = "B2"
"""
_NAMED = """
[[corroboration]]
question = "group"
value = "APT28"
source = "a newspaper"
grade = "B2"
"""
_OFFICE_ELSEWHERE = """
[[network]]
cidr = "203.0.113.77/32"
country = "KP"
kind = "office"
"""


def _newsroom(seed: int, more: str = "") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        write_newsroom(folder, seed)
        profile = folder / "org.toml"
        profile.write_text(profile.read_text(encoding="utf-8") + more, encoding="utf-8")

    return write


_CASES: dict[str, tuple[Callable[[Path], None], str]] = {
    "demo": (write_incident, "espionage"),
    "demo, another seed": (lambda folder: write_incident(folder, 2023), "espionage"),
    **{f"newsroom {seed}": (_newsroom(seed), "espionage") for seed in range(2026, 2032)},
    "newsroom, outside source fooled": (_newsroom(2026, _FOOLED), ""),
    "newsroom, a group named outside": (_newsroom(2026, _NAMED), "espionage"),
    "newsroom, an office elsewhere": (_newsroom(2026, _OFFICE_ELSEWHERE), "espionage"),
    "payment fraud": (write_payment_fraud, "financial"),
}


@pytest.fixture(scope="module", params=sorted(_CASES))
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Result]:
    name = str(request.param)
    folder = tmp_path_factory.mktemp("case")
    _CASES[name][0](folder)
    return name, investigate_incident(folder)


def test_the_true_motive_leads_and_no_confidence_is_high(case: tuple[str, Result]) -> None:
    name, result = case
    posterior = result.attribution.motive.posterior
    true = _CASES[name][1]
    if true:
        assert max(posterior, key=lambda one: posterior[one]) == true
    assert [one.id for one in result.attribution.judgements if one.confidence == "high"] == []


def test_no_group_is_named_and_no_country_below_the_bar(case: tuple[str, Result]) -> None:
    _, result = case
    assert (result.attribution.group.named, result.attribution.group.candidates) == ("", [])
    countries = {name: share for name, share in result.attribution.sponsor.nexus.items() if len(name) == 2}
    assert all(share >= 0.55 for share in countries.values())
    assert "KP" not in countries, "an office network in the profile is one family of evidence, not two"


def test_every_judgement_stands_on_records_or_says_that_it_cannot_be_determined(case: tuple[str, Result]) -> None:
    _, result = case
    cited = {one.id for one in result.cited_events}
    for judgement in result.attribution.judgements:
        ids = {one for reason in judgement.for_ for one in reason.event_ids}
        assert ids <= cited
        assert ids or not judgement.determined
    ladder = result.attribution.ladder
    assert ladder is not None
    assert ladder.reached != "named-group"
