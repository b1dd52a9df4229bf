"""A guided mapping: a look at one file in a worker, and the source that a person confirmed, saved."""

from __future__ import annotations

from pathlib import Path

from vigilia.engines.limits import Limits
from vigilia.engines.pool import WorkerPool
from vigilia.engines.proposing import Look, decode_look, propose_task
from vigilia.model.errors import EvidenceError, UsageError
from vigilia.normalize.own_source import ConfirmedSource, form_text, mapping_text
from vigilia.normalize.saved_names import FORM_SUFFIX, MAPPING_SUFFIX
from vigilia.store.durable import replace_file

__all__ = ["look_at", "save_source"]


def look_at(path: Path) -> Look:
    """Look at a file: is it known already, and if not, what may its columns mean?

    Raises:
        EvidenceError: it cannot be read, or holds neither a table nor JSON records.
    """
    with WorkerPool(1, Limits()) as pool:
        (outcome,) = list(pool.run([propose_task(path)]))
    failure = outcome.failure
    if failure is None:
        return decode_look(outcome.reply)
    if failure.error is not None:
        raise EvidenceError(failure.error.what, where=str(path), hint=failure.error.hint)
    raise EvidenceError(f"looking at it was stopped: {failure.reason}", where=str(path))


def save_source(source: ConfirmedSource, folder: Path, *, clobber: bool) -> Path:
    """Write the two files of a source and return the form's path.

    Raises:
        UsageError: there is one of this name already, or the folder cannot be made.
    """
    form, mapping = (folder / f"{source.name}{suffix}" for suffix in (FORM_SUFFIX, MAPPING_SUFFIX))
    if form.exists() and not clobber:
        raise UsageError("a source of this name is saved already", where=str(form), hint="Use --name or --clobber.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UsageError(f"the folder cannot be made ({error.strerror})", where=str(folder)) from error
    replace_file(mapping, mapping_text(source).encode())
    replace_file(form, form_text(source).encode())
    return form
