"""When it pays to read files straight into codes, and what workers may take for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vigilia.engines.limits import Limits

__all__ = ["BULK_LIMITS", "coded_from"]

# Compiling the kernels, once after an installation, takes up to 45 s of a processor and most of this memory. Where
# others use the processor too it may take ten times as long, and to give up would cost the investigation.
BULK_LIMITS: Final = Limits(memory_bytes=1600 * 1024 * 1024, silence_seconds=180.0, start_seconds=900.0)

# Loading the kernels takes a third of a second, which must be saved again.
_LARGE_FILE: Final = 8 * 1024 * 1024
_MUCH: Final = 32 * 1024 * 1024


def coded_from(sizes: Sequence[int]) -> int | None:
    """Return from which size on files of these sizes are read straight into codes; None where none is so large."""
    if sum(sizes) >= _MUCH:
        return 0
    return _LARGE_FILE if max(sizes, default=0) >= _LARGE_FILE else None
