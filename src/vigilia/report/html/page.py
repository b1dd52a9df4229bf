"""Renders the page: one file, no script, nothing fetched, everything from evidence escaped on its way out."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import jinja2
from markupsafe import Markup

from vigilia.knowledge.shipped_table import read_text
from vigilia.model.result import Result
from vigilia.report.html import notation
from vigilia.report.html.coverage_picture import draw_coverage
from vigilia.report.html.glance import glance_at
from vigilia.report.html.opening import Opening, open_report
from vigilia.report.html.references import References
from vigilia.report.html.searches_picture import draw_searches
from vigilia.report.html.takeaways import takeaways_of
from vigilia.report.html.timeline_picture import draw_timeline
from vigilia.report.html.topics_picture import draw_topics, topic_name
from vigilia.report.html.words import Glossary, words
from vigilia.report.safe_text import defang, safe_text
from vigilia.report.summary import is_step, question_texts

__all__ = ["Folded", "render_html"]

Row = TypeVar("Row")

SHOWN = 12
FOLDED = 300


@dataclass(frozen=True, slots=True)
class Folded(Generic[Row]):
    """A long list in three parts: shown at once, shown when unfolded, and left to result.json."""

    shown: list[tuple[int, Row]]
    folded: list[tuple[int, Row]]
    left: int


def render_html(result: Result) -> bytes:
    """Return the whole report as one HTML document in UTF-8.

    It needs nothing but the result document, holds no script and loads nothing. Every value goes through
    `safe_text` and `defang`, then through HTML escaping, where it is written (see `_shown`).
    """
    references, glossary = References(result), Glossary()
    opening: Opening = open_report(result)
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            result=result,
            opening=opening,
            questions=question_texts(),
            words=words(),
            references=references,
            glossary=glossary,
            statement_numbers={one.id: number for number, one in enumerate(result.statements, 1)},
            timeline=draw_timeline(result),
            topics=draw_topics(result),
            searched=draw_searches(result),
            coverage=draw_coverage(result),
            glance=glance_at(result),
            takeaways=takeaways_of(result),
            style=Markup(_style()),  # noqa: S704 - our own style sheet
            fold=fold,
            topic_name=topic_name,
            told_elsewhere=_told_elsewhere(result),
        )
    )
    return page.encode("utf-8")


def fold(rows: Sequence[Row], shown: int = SHOWN, folded: int = FOLDED) -> Folded[Row]:
    """Split a list for showing; rows keep their position in it, counted from 0."""
    numbered = list(enumerate(rows))
    return Folded(numbered[:shown], numbered[shown : shown + folded], max(len(rows) - shown - folded, 0))


def _told_elsewhere(result: Result) -> list[str]:
    """Return the ids of statements that only repeat a step of tonight, or a row of the ways back."""
    steps = [one.what for one in result.containment]
    ways_back = {one.statement for one in result.intrusion.persistence}
    return [one.id for one in result.statements if is_step(one, steps) or one.text in ways_back]


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("vigilia.report.html", "templates"),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "brief": notation.brief,
            "breakable": notation.breakable,
            "day": notation.day,
            "explain": _explained,
            "moment": notation.moment,
            "number": notation.number,
            "percent": notation.percent,
            "phrase": notation.phrase,
            "short": safe_text,
            "size": notation.size,
            "weight": notation.weight,
        }
    )
    return environment


@jinja2.pass_context
def _explained(context: jinja2.runtime.Context, text: str) -> Markup:
    glossary: Glossary = context["glossary"]
    return glossary.explain(text)


def _shown(value: object) -> object:
    """Make a value fit to be shown: the one place that every expression of every template goes through."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return defang(safe_text(value))
    if isinstance(value, float):
        return f"{value:.1f}"
    return value


def _style() -> str:
    return read_text("vigilia.report.html", "templates/style.css")
