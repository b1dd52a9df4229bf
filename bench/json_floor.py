"""The least that a Python program can do with JSON lines: decode each, keep none. Every figure stands beside it."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson


def main() -> None:
    """Decode every line of the files that the command line names."""
    for name in sys.argv[1:]:
        with Path(name).open("rb") as stream:
            for line in stream:
                orjson.loads(line)


if __name__ == "__main__":
    main()
