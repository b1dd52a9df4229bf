"""What the intruder's command lines and scripts dump, pack, upload or export: the tools of `channels.toml`."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence

from vigilia.impact.hits.file_trail import ARCHIVE_SUFFIXES, DERIVED, LONGEST_LINE, words_of
from vigilia.impact.hits.hit import Found, Means
from vigilia.knowledge.channels import Tool, load_channels
from vigilia.store.event_store import EventStore

__all__ = ["commands", "derivations", "target_of", "written_archives"]

_UPLOAD = "web-upload"

_LINES = r"""
SELECT id, chance, moment, line, lower(split_part(host, '.', 1)) AS host, session FROM impact_mine
WHERE moment IS NOT NULL AND line <> '' AND list_has_any(
    list_transform(regexp_split_to_array(line[1:4000], '[\s"'';|&<>()]+'),
        lambda one: regexp_replace(one, '^.*[\\/]', '')),
    ?::VARCHAR[])
ORDER BY moment, id
"""

_WRITTEN = """
SELECT id, chance, moment, lower(path) AS line, lower(split_part(host, '.', 1)) AS host, session FROM impact_mine
WHERE moment IS NOT NULL AND source = 'windows' AND action IN ('11', '15') AND path <> ''
    AND len(list_filter(?::VARCHAR[], lambda one: ends_with(lower(path), one))) > 0
ORDER BY moment, id
"""

# Another machine, as commands name it: a web address, user@host: or host:path (two letters at least, as C: is a
# drive), a bucket, or an address that stands for itself.
_WEB = re.compile(r"[a-z][a-z0-9+.-]{1,9}://(?:[^/@\s]{0,200}@)?([^/:?#\s]{1,255})")
_REMOTE = re.compile(r"(?:[\w.+-]{1,64}@)?([\w.-]{2,255}):(?!//)\S*")
_BARE = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_SEVERAL = re.compile(r"[;|&]")
_PROXIES = ("-x", "--proxy", "--preproxy")


def commands(store: EventStore) -> list[Found]:
    """Return every command of a tool, in time order; `impact_mine` must be there."""
    tools = load_channels().tool
    words = sorted({word for tool in tools for word in tool.words})
    rows = store.rows(_LINES, [words])
    return list(itertools.chain.from_iterable(_found(row, tools) for row in rows))


def derivations(store: EventStore) -> list[Found]:
    """Return commands that only make one file of another, in time order: what the first holds, the second holds too."""
    rows = store.rows(_LINES, [load_channels().derivation.words])
    return [_made(row, DERIVED, "accessed", "file made of another") for row in rows]


def written_archives(store: EventStore) -> list[Found]:
    """Return archives that the intruder wrote, as Sysmon 11 and 15 tell, in time order."""
    rows = store.rows(_WRITTEN, [list(ARCHIVE_SUFFIXES)])
    return [_made(row, "archive-staging", "accessed", "archive written") for row in rows]


def target_of(line: str) -> str | None:
    """Return the machine that a command names to send something to; "" where it names none, None where it fetches.

    What copies in the order of `cp` sends to the last place that it names; where that is here, it fetches. Of several
    commands in one line nobody can tell which place belongs to which.
    """
    words = words_of(line)
    given = list(zip(["", *words], words, strict=False))[1:]
    places = [(before, word) for before, word in given if before not in _PROXIES and not word.startswith("-")]
    if web := [found[1] for _, word in places if (found := _WEB.match(word.rpartition("=")[2]))]:
        return web[-1]
    remote = _remote([word for before, word in places if not before.startswith("-")])
    if not any(remote):  # what stands behind an option may be its value, or what is sent
        remote = _remote([word for _, word in places])
    if any(remote) and not remote[-1] and not _SEVERAL.search(line):
        return None
    bare = (word for _, word in places if _BARE.fullmatch(word))
    return next((one for one in (*reversed(remote), *bare) if one), "")


def _remote(places: Sequence[str]) -> list[str]:
    """Return for each place the machine that it is on; "" for this one."""
    return [found[1] if (found := _REMOTE.fullmatch(word)) else "" for word in places]


def _found(row: dict[str, object], tools: Sequence[Tool]) -> Iterator[Found]:
    line = str(row["line"])[:LONGEST_LINE].replace("\\", "/")
    words = {word.rsplit("/", 1)[-1] for word in words_of(line)}
    for channel, used in itertools.groupby(sorted(tools, key=lambda one: one.channel), key=lambda one: one.channel):
        named = [tool for tool in used if words & set(tool.words) and (not tool.beside or words & set(tool.beside))]
        target = target_of(line) if channel == _UPLOAD and named else ""
        named = [tool for tool in named if target is not None and (target or not tool.outward)]
        if named:
            yield _made(row, channel, named[0].means, min(words & set(named[0].words)), target or "")


def _made(row: dict[str, object], channel: str, means: Means, action: str, target: str = "") -> Found:
    moment = row["moment"]
    return Found(
        channel=channel,
        means=means,
        action=action,
        address=target,
        chance=float(str(row["chance"])),
        moment=moment if isinstance(moment, dt.datetime) else dt.datetime.min.replace(tzinfo=dt.UTC),
        event_ids=(str(row["id"]),),
        text=str(row["line"])[:LONGEST_LINE].replace("\\", "/"),
        host=str(row["host"]),
        session=str(row["session"] or ""),
    )
