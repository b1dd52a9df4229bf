"""The slow query log of MySQL, MariaDB and Percona Server: a block for each statement, its figures in comments above.

    # Time: 2026-03-02T09:15:00.123456Z
    # User@Host: ada[ada] @ web [192.0.2.7]  Id:    12
    # Query_time: 2.475469  Lock_time: 0.000287 Rows_sent: 10  Rows_examined: 3145718
    use crm;
    SET timestamp=1772442900;
    SELECT …

Before MySQL 5.7 and in MariaDB the time stands only where the second has changed; `SET timestamp` (seconds since 1970)
is in every block. `use` stands only where the database has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import re2

from vigilia.readers.carried_fields import Carry
from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_TIME: Final = "# Time: "
_WHO: Final = "# User@Host: "
_HEADINGS: Final = re2.compile(r", Version: .*started with:$|^Tcp port: \d+ |^Time +Id +Command|^Time\t+ *Id Command")
_ASKER: Final = re2.compile(
    r"^# User@Host: (?P<priv_user>[^\[]*)\[(?P<user>[^\]]*)\] @ *(?P<host_name>[^\[]*?) *\[(?P<ip>[^\]]*)\]"
    r"(?: +Id: +(?P<thread_id>\d+))?"
)
_FIGURE: Final = re2.compile(r"([A-Za-z_]+): ([^ ]+)")
_SET: Final = re2.compile(r"^SET timestamp=(\d{1,19})(?:\.\d+)?;$")
_USE: Final = re2.compile(r"^use (.+);$")


def _begins(line: str) -> bool:
    return line.startswith((_TIME, _WHO))


def _joins(block: Sequence[str], line: str) -> bool:
    """Whether a line that names the account follows the time that stands above it."""
    return len(block) == 1 and block[0].startswith(_TIME) and line.startswith(_WHO)


def _is_heading(line: str) -> bool:
    return _HEADINGS.search(line) is not None


def _parse(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    """Return the fields of one block; one that has a time alone (the log ends there) is a record of that time."""
    fields: dict[str, FieldValue] = {"command": "Query"}
    at = 0
    while at < len(lines) and lines[at].startswith("#"):
        _read_comment(lines[at], fields)
        at += 1
    while at < len(lines) and _read_setting(lines[at], fields):
        at += 1
    statement = "\n".join(lines[at:])
    if statement:
        fields["argument"] = statement
    return fields


def _read_comment(line: str, fields: dict[str, FieldValue]) -> None:
    asker = _ASKER.match(line)
    if line.startswith(_TIME):
        fields["timestamp"] = line.removeprefix(_TIME).strip()
    elif asker is not None:
        fields.update({name: value.strip() for name, value in asker.groupdict().items() if value and value.strip()})
    elif line.startswith("# explain:"):
        fields["explain"] = f"{fields.get('explain', '')}\n{line.removeprefix('# explain:').strip()}".lstrip("\n")
    else:
        for name, value in _FIGURE.findall(line):
            fields.setdefault(name.lower(), value)


def _read_setting(line: str, fields: dict[str, FieldValue]) -> bool:
    """Take `use …` and `SET timestamp=…` in front of the statement; return whether the line was one of them."""
    time, database = _SET.match(line), _USE.match(line)
    if time is not None:
        fields["utc_timestamp"] = time[1]
    elif database is not None:
        fields["database"] = database[1].strip("`")
    return time is not None or database is not None


READER: Final[Reader] = BlockReader(
    "mysql-slow",
    "database.mysql",
    "MySQL and MariaDB slow query log",
    _begins,
    _parse,
    is_frame=_is_heading,
    joins=_joins,
    carry=(Carry(("timestamp",)), Carry(("database",))),
    sureness=0.96,
)
