"""The case folder: what stands where, and whether it belongs to this request."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from vigilia.model.errors import CaseError
from vigilia.model.toml_text import decode_toml
from vigilia.store.durable import remove_leftovers, replace_file, unwritable

__all__ = ["CaseFolder", "CaseSettings"]

_ANEW = "Choose a new folder with --case, or add --clobber to make this case anew."


class CaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`case.toml`: everything, beside the evidence, that decides what the results are.

    Attributes:
        profile_sha256: of org.toml's text; empty where there is none.
        watch_list_sha256: of the encrypted watch list file; empty where there is none.
        budgets: those that are not as by default.
        sources_sha256: of the saved sources (`vigilia map`); empty where there are none.
        indicators_sha256: of the lists of indicators; a case takes others at any time, because they are looked for in
            what was stored.
    """

    name: str
    time_zone: str
    vigilia_version: str
    rules_sha256: str
    knowledge_sha256: str
    profile_sha256: str
    watch_list_sha256: str
    sources_sha256: str = ""
    indicators_sha256: str = ""
    budgets: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class CaseFolder:
    """Paths inside a case folder."""

    root: Path

    @property
    def settings(self) -> Path:
        """What was asked (`case.toml`)."""
        return self.root / "case.toml"

    @property
    def evidence(self) -> Path:
        """One line per evidence item."""
        return self.root / "evidence.jsonl"

    @property
    def ledger(self) -> Path:
        """What was done, when: append-only and hash-chained."""
        return self.root / "ledger.jsonl"

    @property
    def events(self) -> Path:
        """Folder of normalised events."""
        return self.root / "events"

    @property
    def findings(self) -> Path:
        """All findings with all their event ids."""
        return self.root / "findings.jsonl"

    @property
    def exposure(self) -> Path:
        """What of each mailbox was read, with every message id."""
        return self.root / "exposure.jsonl"

    @property
    def marks(self) -> Path:
        """What a person confirmed or rejected; the ledger knows when."""
        return self.root / "marks.jsonl"

    @property
    def result(self) -> Path:
        """The result document."""
        return self.root / "result.json"

    @property
    def report(self) -> Path:
        """The report for people."""
        return self.root / "report" / "report.html"

    @property
    def items(self) -> Path:
        """Folder with one account per evidence item that was read."""
        return self.root / "work" / "items"

    @property
    def rejects(self) -> Path:
        """Folder with every reject of each evidence item."""
        return self.root / "work" / "rejects"

    @property
    def matches(self) -> Path:
        """Folder of matches per evidence item."""
        return self.root / "work" / "matches"

    @property
    def correlated(self) -> Path:
        """What correlation rules matched, one line for each match; its events are in `matches`, too."""
        return self.root / "work" / "correlated.jsonl"

    @property
    def repeats(self) -> Path:
        """Which records are later copies of others."""
        return self.root / "work" / "repeats.parquet"

    @property
    def rules(self) -> Path:
        """The compiled rules as workers load them."""
        return self.root / "work" / "rules.json"

    @property
    def spool(self) -> Path:
        """Archive members while they are read, named by their SHA-256."""
        return self.root / "work" / "spool"

    @property
    def scratch(self) -> Path:
        """What queries spill."""
        return self.root / "work" / "scratch"

    def open(self, settings: CaseSettings, *, clobber: bool, otherwise: str = _ANEW) -> bool:
        """Create the folder, or continue the case in it; return whether it is continued.

        Args:
            settings: of this run.
            clobber: replace a case that is there.
            otherwise: what to advise where the case was made with other settings.

        Raises:
            CaseError: the folder holds something else or another case, or cannot be written.
        """
        continued = self._check(settings, otherwise) if not (clobber and self.settings.exists()) else self._clear()
        try:
            self.make_folders()
        except OSError as error:
            raise unwritable(self.root, error) from error
        if not continued or self.read_settings() != settings:
            replace_file(self.settings, msgspec.toml.encode(settings))
        return continued

    def _check(self, settings: CaseSettings, otherwise: str) -> bool:
        if not self.root.exists():
            return False
        if not self.root.is_dir():
            raise CaseError("it is a file, not a folder", where=str(self.root), hint="Choose a folder with --case.")
        if not self.settings.exists():
            if any(self.root.iterdir()) and not self._holds_only_a_beginning():
                raise CaseError(
                    "the folder holds something that is not a case",
                    where=str(self.root),
                    hint="Choose an empty or new folder with --case.",
                )
            return False
        differences = _differences(self.read_settings(), settings)
        if differences:
            raise CaseError(
                f"this case was made with other settings ({', '.join(differences)})",
                where=str(self.root),
                hint=otherwise,
            )
        return True

    def _holds_only_a_beginning(self) -> bool:
        """Say whether a run was killed between making the folders and writing `case.toml`."""
        return all(
            entry.name in {"work", "events", "report", "ledger.jsonl"} or entry.name.startswith(".part-")
            for entry in self.root.iterdir()
        )

    def read_settings(self) -> CaseSettings:
        """Return what the case was made with.

        Raises:
            CaseError: `case.toml` is missing or damaged.
        """
        try:
            return decode_toml(self.settings.read_bytes(), CaseSettings)
        except OSError as error:
            raise CaseError("this is not a case folder (no case.toml)", where=str(self.root)) from error
        except msgspec.DecodeError as error:
            raise CaseError(f"case.toml is damaged ({error})", where=str(self.settings)) from error

    def make_folders(self) -> None:
        """Make what is missing, and remove what a killed run left half-written."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(PermissionError):  # not ours, or a file system without modes
            self.root.chmod(0o700)
        for folder in (
            self.items.parent,
            self.events,
            self.report.parent,
            self.items,
            self.rejects,
            self.matches,
            self.spool,
            self.scratch,
        ):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            remove_leftovers(folder)
        remove_leftovers(self.root)
        for spilt in self.scratch.glob("duckdb_temp*"):  # a killed run's; it can be as large as the evidence
            spilt.unlink(missing_ok=True)
        if not os.access(self.root, os.W_OK):
            raise PermissionError(13, "Permission denied")

    def _clear(self) -> Literal[False]:
        """Remove what Vigilia wrote, and nothing else; `case.toml` stays until the new one takes its place."""
        for folder in (self.events, self.report.parent, self.root / "work"):
            if folder.exists():
                shutil.rmtree(folder)
        for file in (self.evidence, self.ledger, self.findings, self.result, self.marks):
            file.unlink(missing_ok=True)
        return False

    def remove_spool(self) -> None:
        """Remove the copies of archive members: the evidence itself is where it was."""
        for folder in (self.spool, self.scratch):
            shutil.rmtree(folder)
            folder.mkdir(mode=0o700)


def _differences(old: CaseSettings, new: CaseSettings) -> list[str]:
    names = {
        "name": "name",
        "time_zone": "time zone",
        "vigilia_version": "Vigilia version",
        "rules_sha256": "rules",
        "knowledge_sha256": "knowledge tables",
        "profile_sha256": "organisation profile",
        "watch_list_sha256": "watch list",
        "sources_sha256": "saved sources",
    }
    return [label for field, label in names.items() if getattr(old, field) != getattr(new, field)]
