"""Where a person's own sources are kept between investigations."""

from __future__ import annotations

from pathlib import Path

import typer

from vigilia.cli.talk import say
from vigilia.normalize.saved_names import FORM_SUFFIX

__all__ = ["own_folder", "sources_folder"]


def own_folder() -> Path:
    """Return the folder of the user's own sources on this platform; it need not exist."""
    return Path(typer.get_app_dir("vigilia")) / "sources"


def sources_folder(given: Path | None) -> Path | None:
    """Return the folder to read saved sources from: the one given, else the user's own if it holds any.

    Says so where it is the user's own: results depend on it.
    """
    if given is not None:
        return given
    saved = sorted(own_folder().glob(f"*{FORM_SUFFIX}")) if own_folder().is_dir() else []
    if not saved:
        return None
    names = ", ".join(path.name.removesuffix(FORM_SUFFIX) for path in saved)
    say(f"Sources that you saved are used too: {names}.")
    return own_folder()
