"""Commands that ask one question of a case, or of evidence that is read into a case folder and forgotten."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vigilia.cli.handling import handling
from vigilia.cli.investigate import read_profile
from vigilia.cli.saved_sources import sources_folder
from vigilia.engines.limits import default_workers
from vigilia.investigate.request import Request
from vigilia.model.errors import UsageError
from vigilia.store.case_folder import CaseFolder

__all__ = ["ReadingOptions", "case_of", "one_form", "refuse_with_case", "scratch_request"]


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How evidence is to be read, as the options of the same names say."""

    org: Path | None
    sources: Path | None
    time_zone: str | None
    password_file: Path | None
    budget: list[str] | None
    workers: int | None


def case_of(paths: Sequence[Path]) -> CaseFolder | None:
    """Return the case that the paths are, or None where they are evidence."""
    case = CaseFolder(paths[0])
    return case if len(paths) == 1 and case.settings.is_file() and case.result.is_file() else None


def refuse_with_case(options: dict[str, object]) -> None:
    """Refuse options that a case was read with already.

    Raises:
        UsageError: one of them was given.
    """
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise UsageError(
            "a case was read with its own profile and watch list",
            where=", ".join(given),
            hint="Give the evidence instead, or run `vigilia investigate` with these.",
        )


def one_form(*, as_json: bool, as_csv: bool) -> None:
    """Refuse to print two forms at once.

    Raises:
        UsageError: both were asked for.
    """
    if as_json and as_csv:
        raise UsageError("only one form can be printed", where="--json and --csv")


@contextmanager
def scratch_request(name: str, evidence: Sequence[Path], options: ReadingOptions) -> Iterator[Request]:
    """Give a request whose case folder is gone afterwards."""
    profile, profile_sha256 = read_profile(options.org)
    with tempfile.TemporaryDirectory(prefix="vigilia-") as scratch:
        yield Request(
            paths=tuple(evidence),
            case=Path(scratch) / "case",
            name=name,
            time_zone=options.time_zone or profile.organisation.time_zone,
            profile=profile,
            profile_sha256=profile_sha256,
            watch=profile.watch,
            handling=handling(options.budget, options.password_file),
            workers=options.workers or default_workers(),
            sources=sources_folder(options.sources),
        )
