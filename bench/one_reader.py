"""How fast one reader takes a file, alone in a process so that its peak memory can be told: prints one line of JSON."""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

import msgspec

from bench.examined import MEGABYTE, examine_file
from support.dialects import seeds_by_reader

__all__ = ["ReaderSpeed", "speed_of"]


class ReaderSpeed(msgspec.Struct, frozen=True, kw_only=True):
    """One worker: read, normalise, store and detect.

    Attributes:
        megabytes: what was read; a small file where a format cannot be written twice in a row.
        peak_megabytes: highest resident memory of the whole process.
    """

    reader: str
    megabytes: float
    records: int
    records_per_second: int
    megabytes_per_second: float
    peak_megabytes: int


def speed_of(reader: str, rules: Path, size: int, folder: Path) -> ReaderSpeed:
    """Measure one reader on its longest dialect, written again and again up to `size` bytes.

    Raises:
        SystemExit: the dialect is no longer this reader's when it is written twice in a row.
    """
    dialect = max(seeds_by_reader()[reader], key=len)
    file = folder / "evidence"
    file.write_bytes(dialect * max(1, size // len(dialect)))
    account, seconds = examine_file(file, rules)
    if account.format != reader:
        raise SystemExit(f"{reader}: read as {account.format or 'nothing'}")
    return ReaderSpeed(
        reader=reader,
        megabytes=round(account.bytes / MEGABYTE, 2),
        records=account.records,
        records_per_second=int(account.records / seconds),
        megabytes_per_second=round(account.bytes / MEGABYTE / seconds, 2),
        peak_megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
    )


def main() -> None:
    """Measure the reader, with the rules and the size, that the command line names."""
    reader, rules, size = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="vigilia-bench-") as folder:
        measured = speed_of(reader, Path(rules), int(size), Path(folder))
    sys.stdout.write(msgspec.json.encode(measured).decode() + "\n")


if __name__ == "__main__":
    main()
