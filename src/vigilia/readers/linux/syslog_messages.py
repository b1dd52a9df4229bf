"""What messages of known form say; the forms are in the table `messages.toml`, which explains itself."""

from __future__ import annotations

import functools
import re
from typing import Final, Literal, NamedTuple

import msgspec
import re2

from vigilia.knowledge.shipped_table import read_table

__all__ = ["read_message"]

_MESSAGE_CHARACTERS: Final = 8192
_REPEATED: Final = re2.compile(rb"^message repeated (\d{1,9}) times: \[ ?(.*)\]$")
_FOLDED: Final = b"message repeated "
_FRAGMENT: Final = re.compile(r"%([a-z_]+)%")


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One form as the table has it."""

    word: str
    pattern: str
    category: str
    by: tuple[str, ...] = ()
    action: str = ""
    outcome: str = ""


class _Messages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table."""

    schema: Literal[1]
    date: str
    reference: tuple[str, ...]
    programs: dict[str, tuple[str, ...]]
    fragments: dict[str, str]
    message: tuple[_Message, ...]


class _Form(NamedTuple):
    """A form that is ready to be looked for; `meant` are the fields that it says whatever the message holds.

    Word and pattern are bytes, in which the expressions run anyway: text would be measured for each group.
    """

    programs: frozenset[str]
    word: bytes
    pattern: re2._Regexp
    names: tuple[str, ...]
    meant: dict[str, str]


def _form(message: _Message, table: _Messages) -> _Form:
    pattern = _FRAGMENT.sub(lambda found: table.fragments[found[1]], message.pattern)
    compiled = re2.compile(f"(?s){pattern}".encode())
    meant = {"action": message.action, "event_category": message.category, "outcome": message.outcome}
    return _Form(
        frozenset(program for name in message.by for program in table.programs.get(name, (name,))),
        message.word.encode(),
        compiled,
        tuple(name.decode() for name in sorted(compiled.groupindex, key=compiled.groupindex.__getitem__)),
        {name: text for name, text in meant.items() if text},
    )


@functools.cache
def _forms_by_program() -> dict[str, tuple[_Form, ...]]:
    """Return for each program its forms, those that any program may write last; "" has the latter alone."""
    table = read_table("vigilia.readers.linux", "messages.toml", _Messages)
    forms = [_form(message, table) for message in table.message]
    common = tuple(form for form in forms if not form.programs)
    names = sorted({name for form in forms for name in form.programs})
    own = {name: tuple(form for form in forms if name in form.programs) for name in names}
    return {name: (*forms, *common) for name, forms in own.items()} | {"": common}


def read_message(program: str, message: str) -> dict[str, str]:
    """Return what a message says: action, outcome, user, target_user, source_ip, source_port, auth_method, command …

    Only messages of known form give anything. `repeated` says how often syslog folded the message.
    """
    text = message[:_MESSAGE_CHARACTERS].encode("utf-8", "backslashreplace")
    found: dict[str, str] = {}
    repeated = _REPEATED.match(text) if text.startswith(_FOLDED) else None
    if repeated is not None:
        times, text = repeated.groups()
        found["repeated"] = times.decode()
    forms = _forms_by_program()
    for form in forms.get(_plain(program), forms[""]):
        match = form.pattern.match(text) if form.word in text else None
        if match is not None:
            # Twice as fast as groupdict(); every group has a name.
            told = {name: value.decode() for name, value in zip(form.names, match.groups(), strict=True) if value}
            return found | told | form.meant
    return found


def _plain(program: str) -> str:
    """Return "cron" for "/usr/sbin/cron", and "postfix/smtpd" for "postfix/submission/smtpd"."""
    first, slash, rest = program.partition("/")
    last = rest.rpartition("/")[2]
    if not slash:
        return program
    return f"{first}/{last}" if first else last
