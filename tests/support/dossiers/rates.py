"""What dossiers are drawn from: the table `rates.toml`."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

__all__ = ["Logs", "MotiveRates", "Rates", "load_rates"]


class Logs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is recorded, and what rules make of it."""

    days: dict[str, float]
    searches_recorded: float
    networks_known: float
    money_would_show: float
    data_known: float
    hours_enough: float
    names_misread: float
    rule_missed: float
    rule_false: dict[str, float]


class _Dwell(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    median: float
    sigma: float


class MotiveRates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How intruders of one motive behave: `seen` where it would show, `done` before rules."""

    share: float
    dwell: _Dwell
    seen: dict[str, float]
    done: dict[str, float]


class _Thin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kept: float
    most: int


class _Flags(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    financial: dict[str, float]
    hacktivism: dict[str, float]
    espionage: dict[str, float]
    insider: dict[str, float]
    opportunistic: dict[str, float]
    outside_source_fooled: float
    own_traces_hidden: float

    def of(self, motive: str) -> dict[str, float]:
        """Return what is planted to be taken for a motive; empty where nobody would."""
        found = getattr(self, motive, {})
        return found if isinstance(found, dict) else {}


class _Outside(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    asked: float
    right: float
    second: float
    grades: dict[str, float]


class Rates(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `rates.toml`."""

    version: str
    date: str
    sources: dict[str, str]
    logs: Logs
    well_recorded: Logs
    outside: _Outside
    thin: _Thin
    flags: _Flags
    motive: dict[str, MotiveRates]


@functools.lru_cache(maxsize=1)
def load_rates() -> Rates:
    """Return the table beside this module."""
    return msgspec.toml.decode((Path(__file__).parent / "rates.toml").read_bytes(), type=Rates)
