"""Indicators out of a CSV file with column names, or a plain list with one value a line."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

from vigilia.indicators.dates import written_date
from vigilia.indicators.fields import load_field_names
from vigilia.indicators.gathered import Claim, Gathered

__all__ = ["gather_csv"]

_GRADE = re.compile(r"[A-F][1-6]")


def gather_csv(text: str, gathered: Gathered) -> None:
    """Take the values of a list; lines that begin with "#" are remarks."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return
    delimiter = max(",;\t", key=lines[0].count)
    columns = _columns(next(csv.reader([lines[0]], delimiter=delimiter)))
    body = lines[1:] if columns else lines
    for number, row in enumerate(csv.reader(body, delimiter=delimiter), 1):
        if columns:
            _gather(row, columns, number, gathered)
        elif row:
            gathered.add(None, row[0], Claim(reference=f"line {number}"))


def _columns(names: list[str]) -> dict[str, int]:
    """Return what each column means → its place; empty where the first line is no line of names."""
    places = {name.strip().lower(): place for place, name in reversed(list(enumerate(names)))}
    found: dict[str, int] = {}
    for meaning, known in load_field_names().csv_columns.items():
        for name in known:
            if name in places:
                found.setdefault(meaning, places[name])
    return found if "value" in found else {}


def _gather(row: list[str], columns: Mapping[str, int], number: int, gathered: Gathered) -> None:
    def cell(meaning: str) -> str:
        place = columns.get(meaning, len(row))
        return row[place].strip() if place < len(row) else ""

    word = cell("kind").lower()
    kind = load_field_names().csv_kinds.get(word)
    if word and kind is None:
        gathered.leave_out(f"a kind of value that is not looked for ({word[:60]})", cell("value"))
        return
    claim = Claim(
        names=(cell("name"),) if cell("name") else (),
        source=cell("source"),
        grade=cell("grade").upper() if _GRADE.fullmatch(cell("grade").upper()) else "F6",
        first_known=written_date(cell("first")),
        last_known=written_date(cell("last")),
        reference=f"line {number}",
    )
    # A list's "hash" may be any of the three; its length tells.
    gathered.add(None if word == "hash" else kind, cell("value"), claim)
