"""`make bench-attribution`: how surely actors, countries and motives can be told, measured without leaks."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from bench.attribution.figures import AttributionFigures
from bench.attribution.measuring import measure_attribution
from bench.attribution.table import attribution_table
from bench.machine import Machine, this_machine

_HERE = Path(__file__).parents[1]
_QUERIES = "attack/incident_queries.json"


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """One run, as it is kept."""

    machine: Machine
    attribution: AttributionFigures


def main() -> None:
    """Measure, print the tables, keep the figures."""
    folder = Path(os.environ.get("VIGILIA_TEST_DATA", _HERE.parents[1] / "shared" / "data"))
    if not (folder / _QUERIES).exists():
        sys.stderr.write(f"skipped: {_QUERIES} is not here; name its folder in VIGILIA_TEST_DATA\n")
        return
    machine = this_machine()
    measured = Measurement(machine=machine, attribution=measure_attribution(folder))
    sys.stdout.write(attribution_table(measured.attribution))
    kept = _HERE / "results" / f"{machine.date.replace(':', '')}-attribution.json"
    kept.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=2) + b"\n")


if __name__ == "__main__":
    main()
