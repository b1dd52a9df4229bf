"""Files whose names share a term, opened one after the other: a search without a search box.

Careful, because whoever opens a folder opens files with like names. An act needs, within ten minutes and by one actor,
five or more different names with the same word, in three or more folders, that are most of what the actor opened, and a
word that is rare among the names that anybody opens.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.scope.acted import ACTED
from vigilia.store.event_store import EventStore
from vigilia.store.sql_text import in_list
from vigilia.targeting.acts.act import KEPT_AT_MOST, Act
from vigilia.targeting.acts.search_records import load_search_records

__all__ = ["FilePatterns", "find_file_patterns"]

_NAMES_AT_LEAST = 5
_FOLDERS_AT_LEAST = 3
_SHARE_AT_LEAST = 0.6  # of the different names that the actor opened in these ten minutes
_RARE = 0.1  # at most this share of all other names holds the word
_NAMES_TO_JUDGE = 20  # fewer other names say nothing of how rare a word is
_OPENED_AT_MOST = 200_000
_NAMES_COMPARED = 50_000  # of all that anybody opened, to tell how rare a word is; chosen by their hashes
_NAMES_IN_ONE_GO = 500  # whoever opens more in ten minutes copies or synchronises
_WORD_AT_LEAST = 3
_WORDS_AT_MOST = 40  # of one name
# Scripts that write words without spaces: two characters name a place or person.
_UNSPACED = ((0x3040, 0x30FF), (0x3400, 0x9FFF), (0xAC00, 0xD7AF), (0x20000, 0x3FFFF))


class _Opened(msgspec.Struct, frozen=True):
    """A file that an actor opened, once in each ten minutes."""

    id: str
    time: str
    source: str
    actor: str
    machine: str
    address: str
    span: str
    path: str
    total: int


@dataclass(frozen=True, slots=True)
class FilePatterns:
    """The acts in time order, and how many openings were too many to be looked at."""

    acts: list[Act]
    not_examined: int


@dataclass(frozen=True, slots=True)
class _Name:
    """A file name, without its ending, and its folder, in small letters."""

    opened: _Opened
    folder: str
    name: str
    words: tuple[str, ...]


def find_file_patterns(store: EventStore) -> FilePatterns:
    """Return the acts of opening files that share a term. The store must hold the table `scope_acted`."""
    opened = msgspec.convert(store.rows(_query(), [_NAMES_AT_LEAST, _NAMES_IN_ONE_GO, _OPENED_AT_MOST]), list[_Opened])
    habits = _Habits(store) if opened else None
    acts: list[Act] = []
    for _, span in itertools.groupby(opened, lambda one: (one.source, one.actor, one.span)):
        act = _shared([_named(one) for one in span], habits) if habits is not None else None
        if act is not None:
            acts.append(act)
    total = opened[0].total if opened else 0
    return FilePatterns(sorted(acts, key=lambda act: (act.time, act.event_id)), total - len(opened))


class _Habits:
    """How rare words are among the names of files that anybody opened."""

    def __init__(self, store: EventStore) -> None:
        sql = f"""SELECT DISTINCT left("file.path", 1024) AS path FROM events
          WHERE "file.path" <> '' AND ({_openings()}) ORDER BY md5(path), path LIMIT ?"""  # noqa: S608 - our own table
        self._words: dict[str, frozenset[str]] = {}
        for row in store.rows(sql, [_NAMES_COMPARED]):
            _, name, words = _split(str(row["path"]))
            self._words[name] = frozenset(words)
        self._counts = Counter(word for words in self._words.values() for word in words)

    def is_rare(self, word: str, here: Collection[str]) -> bool:
        """Return whether few names hold a word, other than these; where there are too few others, any word is rare."""
        mine = [name for name in here if name in self._words]
        others = len(self._words) - len(mine)
        held = self._counts[word] - sum(word in self._words[name] for name in mine)
        return others < _NAMES_TO_JUDGE or held <= _RARE * others


def _openings() -> str:
    return " OR ".join(
        f'("vigilia.source" IN ({in_list(one.sources)}) AND "event.action" IN ({in_list(one.actions)}))'
        for one in load_search_records().opened
    )


def _query() -> str:
    # Ten minutes begin anew with each ten minutes of the clock: plain, and the same for everybody.
    return f"""WITH opened AS (
      SELECT id, source, coalesce(nullif(account, ''), nullif(address, ''), machine) AS actor, machine, address, ts,
        strftime(time_bucket(INTERVAL 10 MINUTE, ts), '%Y-%m-%dT%H:%M') AS span, left("file.path", 1024) AS path
      FROM events JOIN {ACTED} ON "event.id" = id
      WHERE "file.path" <> '' AND "@timestamp" IS NOT NULL AND ({_openings()})
    ), once AS (
      SELECT source, actor, span, path, arg_min(id, (ts, id)) AS id, min(machine) AS machine, min(address) AS address,
        strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ') AS time
      FROM opened GROUP BY source, actor, span, path
    ), judged AS (
      SELECT * FROM once QUALIFY count(*) OVER (PARTITION BY source, actor, span) BETWEEN ? AND ?
    )
    SELECT *, count(*) OVER () AS total FROM judged
    ORDER BY source, actor, span, time, id LIMIT ?"""  # noqa: S608 - our own table


def _named(opened: _Opened) -> _Name:
    folder, name, words = _split(opened.path)
    return _Name(opened, folder, name, words)


def _split(path: str) -> tuple[str, str, tuple[str, ...]]:
    """Return folder, name, and the words of the name without its ending."""
    folder, _, name = path.replace("\\", "/").casefold().rpartition("/")
    stem, dot, ending = name.rpartition(".")
    bare = stem if dot and len(ending) <= 5 else name
    return folder, name, tuple(itertools.islice(dict.fromkeys(_words(bare)), _WORDS_AT_MOST))


def _words(name: str) -> Iterator[str]:
    """Yield the words of a name: of scripts without spaces each two characters that stand together."""
    spaced = "".join(letter if letter.isalpha() else " " for letter in name)
    for word in spaced.split():
        if any(_is_unspaced(letter) for letter in word):
            yield from map("".join, itertools.pairwise(word))
        elif len(word) >= _WORD_AT_LEAST:
            yield word


def _is_unspaced(letter: str) -> bool:
    return any(first <= ord(letter) <= last for first, last in _UNSPACED)


def _shared(names: Sequence[_Name], habits: _Habits) -> Act | None:
    """Return the act, where most of these names share words that others' names do not."""
    here = {one.name: one.words for one in names}
    counts = Counter(word for words in here.values() for word in words)
    least = max(_NAMES_AT_LEAST, _SHARE_AT_LEAST * len(here))
    telling = {word: count for word, count in counts.items() if count >= least and habits.is_rare(word, here.keys())}
    if not telling:
        return None
    most = max(telling.values())
    with_word = [one for one in names if any(telling.get(word) == most for word in one.words)]
    if len({one.folder for one in with_word}) < _FOLDERS_AT_LEAST:
        return None
    return _act(with_word, [word for word in with_word[0].words if telling.get(word) == most])


def _act(names: Sequence[_Name], words: Sequence[str]) -> Act:
    first = names[0].opened
    term = _joined(words)
    raw = "; ".join(dict.fromkeys(one.opened.path for one in names))
    return Act(
        time=first.time,
        source=first.source,
        actor=first.actor,
        machine=first.machine,
        kind="files",
        raw=raw[:KEPT_AT_MOST],
        decoded=term,
        how=("shared by file names",),
        terms=(term,),
        event_id=first.id,
        same_act=tuple(one.opened.id for one in names[1:]),
        address=first.address,
    )


def _joined(words: Sequence[str]) -> str:
    """Put words together: neighbouring pairs of characters overlap ("香港", "港人" → "香港人")."""
    text = words[0]
    for word in words[1:]:
        text += word[1:] if _is_unspaced(word[0]) and text.endswith(word[0]) else f" {word}"
    return text
