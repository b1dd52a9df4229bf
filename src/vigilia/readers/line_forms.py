r"""Line forms: logs in lines that are read by description instead of by code.

A line form is a TOML file beside the readers of its family, `readers/<family>/<name>.toml`. Patterns are RE2
over bytes: linear in time, whatever the text. Each named group is a field.

    schema = 1
    name = "example-text"                  # the reader's name
    source = "example.text"                # the log source id; its mapping table has this name
    title = "Example log"
    reference = ["https://…"]              # where the vendor writes the form down
    date = "2026-11-21"                    # when it was last checked against that

    [lines]
    first = ['^(?P<time>\S+) (?P<message>.*)']   # how a record begins; the first that fits gives its fields
    further = true                         # any other line goes on with the record before it; else it is refused
    text = "message"                       # the field that further lines are added to
    frame = ['^Time  Id Command']          # lines that are no part of a record: headings
    sign = ['\bexampled\[']                # to be recognised, one of the first lines must fit one of these too
    sureness = 0.95                        # of two readers that fit, the surer one reads
    rename = { cs_method = "cs-method" }   # names that no group can have
    add = { program = "exampled" }         # what the form itself says of each record
    carry = [{ fields = ["user"], by = "thread", prefix = "connect." }]   # what holds for later ones (if further)

    [[detail]]                             # what a field holds; each that fits adds what is not there yet
    of = "message"
    pattern = '^Connect from (?P<address>\S+)'
    add = { action = "connect" }
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import decode_table
from vigilia.readers.carried_fields import Carry
from vigilia.readers.field_details import Detail

__all__ = ["LineForm", "Lines", "parse_line_form", "shipped_line_forms"]


class Lines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How lines become records; see the module."""

    first: tuple[str, ...]
    further: bool = False
    text: str = "message"
    frame: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()
    sureness: float = 0.95
    rename: dict[str, str] = {}
    add: dict[str, str] = {}
    carry: tuple[Carry, ...] = ()


class LineForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line form."""

    schema: Literal[1]
    name: str
    source: str
    title: str
    reference: tuple[str, ...]
    date: str
    lines: Lines
    detail: tuple[Detail, ...] = ()


def parse_line_form(text: str, where: str) -> LineForm:
    """Read a line form.

    Raises:
        KnowledgeError: it is no TOML, or names what does not exist.
    """
    return decode_table(text, where, LineForm)


def shipped_line_forms() -> list[LineForm]:
    """Return the line forms that ship with the package, sorted by name."""
    root = importlib.resources.files("vigilia.readers")
    families = (entry for entry in root.iterdir() if entry.is_dir())
    return sorted((form for family in families for form in _forms_in(family)), key=lambda form: form.name)


def _forms_in(family: Traversable) -> Iterator[LineForm]:
    for entry in family.iterdir():
        if entry.name.endswith(".toml"):
            text = entry.read_text(encoding="utf-8")
            if "\n[lines]\n" in text:  # other tables of a family lie beside its forms
                yield parse_line_form(text, entry.name)
