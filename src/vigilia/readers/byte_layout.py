"""What everybody who lays out tables for compiled readers must know; it imports none of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["PADDING", "Bytes"]

PADDING: Final = 64
"""How many bytes behind a place may be read, though not used, when one byte there is looked at."""

Bytes = NDArray[np.uint8]
