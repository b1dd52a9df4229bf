r"""The event's own fields, out of the English message that Windows renders for people.

    An account was successfully logged on.

    New Logon:
            Account Name:           ada

Only labels that `rendered_events.toml` knows are taken, each where it stands in its section. A message in another
language gives nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["FROM_MESSAGE", "TABLES", "Table", "message_fields"]

FROM_MESSAGE: Final = "_from_message"
"""The field that says that others were taken out of the message."""


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of table: the columns that it is known by, and what they are called elsewhere.

    Attributes:
        message_unnamed: whether the rows have a last cell, the message, that the header has no name for.
    """

    signs: tuple[str, ...]
    names: dict[str, str]
    message_unnamed: bool = False


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    providers: frozenset[str]


class _Rendered(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    date: dt.date
    table: tuple[Table, ...]
    accounts: dict[str, str]
    account_labels: dict[str, str]
    labels: dict[str, str]
    plain: _Plain


_RENDERED: Final = read_table("vigilia.readers.windows", "rendered_events.toml", _Rendered)
TABLES: Final = _RENDERED.table

_LONGEST_LABEL: Final = 60
_SCRIPT_BEGINS: Final = re.compile(r"Creating Scriptblock text \(\d{1,9} of \d{1,9}\):\r?\n")
_SCRIPT_ENDS: Final = "\nScriptBlock ID:"
_PLAIN_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]{1,40}", re.ASCII)


def message_fields(provider: str, message: str) -> dict[str, str]:
    """Return the fields that a message holds, marked as such; empty where it holds none that are known."""
    script = _SCRIPT_BEGINS.match(message[:120])
    if script is not None:
        end = message.rfind(_SCRIPT_ENDS)
        found = {"ScriptBlockText": message[script.end() : end if end >= 0 else None].strip("\r\n")}
    elif provider in _RENDERED.plain.providers:
        found = {label: value for _, label, value in _labelled(message) if _PLAIN_NAME.fullmatch(label)}
    else:
        found = _known(message)
    return found | {FROM_MESSAGE: "true"} if found else {}


def _known(message: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for section, label, value in _labelled(message):
        beginning = _RENDERED.accounts.get(section)
        name = _RENDERED.account_labels.get(label, "").replace("*", beginning) if beginning else ""
        name = name or _RENDERED.labels.get(f"{section}/{label}", "") or _RENDERED.labels.get(label, "")
        if name and value:
            found.setdefault(name, value)
    return found


def _labelled(message: str) -> Iterator[tuple[str, str, str]]:
    """Yield section, label and value of each labelled line; a label at the margin without value begins a section."""
    section = ""
    for line in message.splitlines():
        label, colon, value = line.partition(":")
        if not colon or len(label) > _LONGEST_LABEL:
            continue
        text = value.strip()
        if not text and not line[:1].isspace():
            section = label.strip()
        elif not value or value[0].isspace():
            yield section if line[:1].isspace() else "", label.strip(), text
