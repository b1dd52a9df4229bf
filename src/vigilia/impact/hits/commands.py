"""What the intruder's command lines and scripts dump, pack, upload or export: the tools of `channels.toml`."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence

from vigilia.impact.hits.hit import Found
from vigilia.knowledge.channels import Tool, load_channels
from vigilia.store.event_store import EventStore

__all__ = ["archive_names", "commands", "written_archives"]

_LONGEST_LINE = 4000
_SUFFIXES = (
    ".7z",
    ".rar",
    ".zip",
    ".tar",
    ".tgz",
    ".tar.gz",
    ".gz",
    ".cab",
    ".sql",
    ".bak",
    ".pst",
    ".dmp",
    ".xz",
    ".zst",
)
# Words end at spaces, quotes and shell signs; linear, on bounded text of ours.
_WORD = re.compile(r"[^\s\"';|&<>()]{1,400}")

_LINES = r"""
SELECT id, chance, moment, line FROM impact_mine
WHERE moment IS NOT NULL AND line <> '' AND list_has_any(
    list_transform(regexp_split_to_array(line[1:4000], '[\s"'';|&<>()]+'),
        lambda one: regexp_replace(one, '^.*[\\/]', '')),
    ?::VARCHAR[])
ORDER BY moment, id
"""

_WRITTEN = """
SELECT id, chance, moment, lower(path) AS path FROM impact_mine
WHERE moment IS NOT NULL AND source = 'windows' AND action IN ('11', '15') AND path <> ''
    AND len(list_filter(?::VARCHAR[], lambda one: ends_with(lower(path), one))) > 0
ORDER BY moment, id
"""


def commands(store: EventStore) -> list[Found]:
    """Return every command of a tool, in time order; `impact_mine` must be there."""
    tools = load_channels().tool
    words = sorted({word for tool in tools for word in tool.words})
    rows = store.rows(_LINES, [words])
    return list(itertools.chain.from_iterable(_found(row, tools) for row in rows))


def written_archives(store: EventStore) -> list[Found]:
    """Return archives that the intruder wrote, as Sysmon 11 and 15 tell, in time order."""
    return [
        Found(
            channel="archive-staging",
            means="accessed",
            action="archive written",
            address="",
            chance=float(str(row["chance"])),
            moment=moment,
            event_ids=(str(row["id"]),),
            text=str(row["path"]).replace("\\", "/"),
        )
        for row in store.rows(_WRITTEN, [list(_SUFFIXES)])
        if isinstance(moment := row["moment"], dt.datetime)
    ]


def archive_names(text: str) -> set[str]:
    """Return the names, without folders, of archives and dumps in a text."""
    names = (word.rsplit("/", 1)[-1].rsplit("=", 1)[-1].lstrip("@") for word in _WORD.findall(text[:_LONGEST_LINE]))
    return {name for name in names if name.endswith(_SUFFIXES) and name not in _SUFFIXES}


def _found(row: dict[str, object], tools: Sequence[Tool]) -> Iterator[Found]:
    line, moment = str(row["line"])[:_LONGEST_LINE].replace("\\", "/"), row["moment"]
    words = {word.rsplit("/", 1)[-1] for word in _WORD.findall(line)}
    if not isinstance(moment, dt.datetime):
        return
    for channel, used in itertools.groupby(sorted(tools, key=lambda one: one.channel), key=lambda one: one.channel):
        named = [tool for tool in used if words & set(tool.words) and (not tool.beside or words & set(tool.beside))]
        if named:
            yield Found(
                channel=channel,
                means=named[0].means,
                action=min(words & set(named[0].words)),
                address="",
                chance=float(str(row["chance"])),
                moment=moment,
                event_ids=(str(row["id"]),),
                text=line,
            )
