"""Forms: plain CSV and JSON logs that are read by description instead of by code.

A form is a TOML file beside the readers of its family, `readers/<family>/<name>.toml`:

    schema = 1
    name = "example-json"                  # the reader's name
    source = "example.audit"               # the log source id; its mapping table has this name
    title = "Example audit log (JSON)"
    shape = "json"                         # or "csv"; "both" makes two readers, <name>-csv and <name>-json
    reference = ["https://…"]              # where the vendor writes the form down
    date = "2026-11-21"                    # when it was last checked against that

    [recognise]                            # dotted names of fields, or of columns; cases of columns don't matter
    all = ["eventType", "actor.id"]        # each of them is there
    any = ["published", "eventTime"]       # and one of these
    none = ["Operation"]                   # and none of these
    values = { kind = ["example#activity"] }   # and each of these, as text, is one of those (JSON only)
    sureness = 0.9                         # of two forms that fit, the surer one reads
                                           # several [[recognise]] tables: what fits one of them is read

    [take]
    pages = ["items", "value"]             # JSON: lists of records within an object; as long as they like
    no_record = { kind = ["a#list"] }      # JSON: an object with such a value is no record: a page without its list
    lift = ["properties"]                  # nested objects whose fields go to the top; what the top has too stays below
    split = "events"                       # JSON: one record for each element of this list, the rest repeated
    pairs = [{ list = "events.parameters", name = "name", values = ["value", "intValue"] }]   # JSON: name/value lists
                                           # they are folded before a list that has become an object is lifted
    json_text = ["properties"]             # texts that are JSON themselves; ["*"] looks at each
    struct_text = ["useridentity"]         # texts that are structures as Presto writes them: {type=x, name=y}
    suffixes = [" [UTC]", "_s", "_d"]      # endings of names that say a type (custom tables of Azure Monitor) go
    nested = ["client", "client.userAgent"]    # objects that flat tables join with "_": client_ip is client.ip
    names = ["userPrincipalName", "location."]   # spellings: "User principal name" and "Location.City" take this one
    rename = { "User principal name" = "userPrincipalName" }   # so that all forms of a source have one set of names
                                           # a name that ends in "." stands for the beginning of nested ones
    add = { signInEventTypes = "nonInteractiveUser" }          # what the form itself says of each record
    end = ["Summary"]                      # CSV: first cells of a row behind which there are sums and no records

    [[detail]]                             # what a field holds, by a pattern (RE2) with named groups; of what fits,
    of = "message"                         # each adds what is not there yet
    pattern = '^Login failed: "(?P<user>[^"]*)"'
    add = { action = "login-failed" }
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import decode_table
from vigilia.readers.field_details import Detail

__all__ = ["Form", "Pairs", "Signs", "Take", "parse_form", "shipped_forms"]


class Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By what a form is recognised; see the module."""

    all: tuple[str, ...]
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    values: dict[str, tuple[str, ...]] = {}
    sureness: float = 0.9


class Pairs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of objects that are names with values; `values` are the keys that may hold the value, the first counts."""

    list: str
    name: str
    values: tuple[str, ...]


class Take(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How records and their fields are taken; see the module."""

    pages: tuple[str, ...] = ()
    no_record: dict[str, tuple[str, ...]] = {}
    lift: tuple[str, ...] = ()
    split: str = ""
    pairs: tuple[Pairs, ...] = ()
    json_text: tuple[str, ...] = ()
    struct_text: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    nested: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    rename: dict[str, str] = {}
    add: dict[str, str] = {}
    end: tuple[str, ...] = ()


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One form file."""

    schema: Literal[1]
    name: str
    source: str
    title: str
    shape: Literal["csv", "json", "both"]
    reference: tuple[str, ...]
    date: str
    recognise: Signs | tuple[Signs, ...]
    take: Take = Take()
    detail: tuple[Detail, ...] = ()

    @property
    def signs(self) -> tuple[Signs, ...]:
        """By what it is recognised; any of them is enough."""
        return (self.recognise,) if isinstance(self.recognise, Signs) else self.recognise

    def shaped(self) -> tuple[Form, ...]:
        """Return the form once for each of its shapes."""
        if self.shape != "both":
            return (self,)
        return tuple(
            msgspec.structs.replace(
                self, shape=shape, name=f"{self.name}-{shape}", title=f"{self.title} ({shape.upper()})"
            )
            for shape in ("csv", "json")
        )


def parse_form(text: str, where: str) -> Form:
    """Read a form file.

    Raises:
        KnowledgeError: it is no TOML, or names what does not exist.
    """
    return decode_table(text, where, Form)


def shipped_forms() -> list[Form]:
    """Return the forms that ship with the package, one for each shape, sorted by name."""
    root = importlib.resources.files("vigilia.readers")
    families = (entry for entry in root.iterdir() if entry.is_dir())
    forms = [shaped for family in families for form in _forms_in(family) for shaped in form.shaped()]
    return sorted(forms, key=lambda form: form.name)


def _forms_in(family: Traversable) -> Iterator[Form]:
    for entry in family.iterdir():
        if entry.name.endswith(".toml"):
            text = entry.read_text(encoding="utf-8")
            if "[recognise]" in text:  # other tables of a family lie beside its forms
                yield parse_form(text, entry.name)
