"""How many bytes stand before what binary XML holds, and where lengths stand in them.

Microsoft, [MS-EVEN6] 2.2.12 to 2.2.17; Joachim Metz, "Windows XML Event Log (EVTX) format specification" (libevtx
documentation), sections 3.2 (records) and 4 (binary XML).
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "DEFINITION_BYTES",
    "DEFINITION_SIZE_AT",
    "DESCRIPTOR_BYTES",
    "FRAGMENT_BYTES",
    "INSTANCE_BYTES",
    "NAME_BYTES",
    "RECORD_BYTES",
]

RECORD_BYTES: Final = 24  # magic, size, number, time
FRAGMENT_BYTES: Final = 4  # token, version in two parts, flags
INSTANCE_BYTES: Final = 10  # token, a number, the template's id, the place of its definition
DEFINITION_BYTES: Final = 24  # next in its list, GUID, size
DEFINITION_SIZE_AT: Final = 20
DESCRIPTOR_BYTES: Final = 4  # size, kind and flags of a value
NAME_BYTES: Final = 8  # next in its list, hash, how many characters
