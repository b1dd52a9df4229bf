"""All readers: modules, forms and line forms in the folders of this package. Adding one touches nothing here."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterator

import vigilia.readers
from vigilia.model.errors import UsageError
from vigilia.readers.form_readers import form_reader
from vigilia.readers.forms import shipped_forms
from vigilia.readers.line_form_reader import line_form_reader
from vigilia.readers.line_forms import shipped_line_forms
from vigilia.readers.reader import Reader

__all__ = ["reader_named", "readers"]

# What is compiled, and what puts it together, takes half a second to import and has no reader.
_COMPILED = ("_coder", "_builder", "_kernels")


@functools.cache
def readers() -> tuple[Reader, ...]:
    """Return every module's `READER` and the reader of every form, sorted by name."""
    found: list[Reader] = [form_reader(form) for form in shipped_forms()]
    found += [line_form_reader(form) for form in shipped_line_forms()]
    for family in pkgutil.iter_modules(vigilia.readers.__path__, prefix="vigilia.readers."):
        if family.ispkg:
            found += _readers_of(family.name)
    return tuple(sorted(found, key=lambda reader: reader.name))


def _readers_of(family: str) -> Iterator[Reader]:
    """Yield the readers in the modules of a family."""
    for module in pkgutil.iter_modules(importlib.import_module(family).__path__, prefix=f"{family}."):
        if not module.name.endswith(_COMPILED):
            reader = getattr(importlib.import_module(module.name), "READER", None)
            if reader is not None:
                yield reader


def reader_named(name: str) -> Reader:
    """Return one reader.

    Raises:
        UsageError: there is none of that name.
    """
    for reader in readers():
        if reader.name == name:
            return reader
    names = ", ".join(reader.name for reader in readers())
    raise UsageError(f"there is no reader named {name!r}", hint=f"Choose one of: {names}.")
