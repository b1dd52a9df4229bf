"""fish's history, ~/.local/share/fish/fish_history: records that look like YAML and are not quite.

    - cmd: tar czf /tmp/m.tgz /srv/members
      when: 1772442900
      paths:
        - /srv/members

Backslashes and line feeds in commands are escaped. Format: fish-shell, src/history.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_START: Final = "- cmd: "
_WHEN: Final = "  when: "
_PATH: Final = "    - "
_ESCAPE: Final = re.compile(r"\\([\\n])")
_MOST_PATHS: Final = 1000


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else "\\", text)


def _command(lines: Sequence[str]) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {"command": _plain(lines[0].removeprefix(_START))}
    paths: list[str] = []
    for line in lines[1:]:
        if line.startswith(_WHEN):
            fields["time"] = line.removeprefix(_WHEN).strip()
        elif line.startswith(_PATH) and len(paths) < _MOST_PATHS:
            paths.append(_plain(line.removeprefix(_PATH)))
    return fields | ({"paths": paths} if paths else {})


READER: Final[Reader] = BlockReader(
    name="linux-fish-history",
    source="linux.history",
    title="Shell history (fish)",
    begins=lambda line: line.startswith(_START),
    parse=_command,
    sureness=0.9,
)
