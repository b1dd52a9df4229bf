"""zsh's history with times (EXTENDED_HISTORY): `: 1772442900:0;tar czf /tmp/m.tgz /srv/members`.

The numbers are when the command began and how many seconds it ran. A command of several lines has a backslash before
each line feed but the last. Bytes from 83 to A2 are written as 83 and the byte with its sixth bit turned; they are read
back. Format: *zshoptions(1)*, EXTENDED_HISTORY; the escape is zsh's "metafied" text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_HEADING: Final = re.compile(r": (\d{9,10}):(\d{1,10});", re.ASCII)
_META: Final = re.compile(rb"\x83(.)", re.DOTALL)
_TURNED: Final = 0x20


def _plain(line: bytes) -> str:
    whole = _META.sub(lambda found: bytes([found[1][0] ^ _TURNED]), line)
    return whole.decode("utf-8", "backslashreplace")


def _command(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    heading = _HEADING.match(lines[0])
    if heading is None:
        return None
    text = "\n".join([lines[0][heading.end() :], *lines[1:]]).replace("\\\n", "\n")
    return {"time": heading[1], "seconds": heading[2], "command": text}


READER: Final[Reader] = BlockReader(
    name="linux-zsh-history",
    source="linux.history",
    title="Shell history (zsh, with times)",
    begins=lambda line: _HEADING.match(line) is not None,
    parse=_command,
    decode=_plain,
    sureness=0.95,
)
