"""Gaps between files: the names of what was handed in tell which part, rotation or slice of time is not there."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap
from vigilia.model.wording import counted, listed, plural

__all__ = ["missing_part_gaps"]

# All patterns run on a file name of at most 255 characters; none can backtrack badly: each part ends before the next.
_LONGEST_NAME: Final = 255
_COMPRESSED: Final = re.compile(r"\.(?:gz|bz2|xz|zst|Z)!/[^/]*$")
# "1of3", "1 of 3", "1_de_3"; not "271de298", which is a piece of a GUID.
_OF_TOTAL: Final = re.compile(
    r"(?<![A-Za-z0-9])(\d{1,4})(?:[ _-]?of[ _-]?|[ _-](?:von|de|sur)[ _-])(\d{1,4})(?![A-Za-z0-9])", re.IGNORECASE
)
_PART: Final = re.compile(r"(?<![a-z])part[-_ .]?(\d{1,4})(?!\d)", re.IGNORECASE)
_COPY: Final = re.compile(r" ?\((\d{1,3})\)(?=\.[A-Za-z0-9]{1,6}$)")
# Behind a letter: in "mysql-5.7.18.log" and "192.0.2.1" numbers mean other things.
_ROTATED: Final = re.compile(r"(?<=[A-Za-z])\.(\d{1,3})$")
_ROTATED_INSIDE: Final = re.compile(r"(?<=[A-Za-z])\.(\d{1,2})(?=\.(?:log|txt)$)")
_PADDED: Final = re.compile(r"(?<!\d)(\d{3,5})(?=\.[A-Za-z][A-Za-z0-9]{0,5}$)")
_DATE: Final = re.compile(r"(?<!\d)(20\d\d)([-_]?)([01]\d)\2([0-3]\d)(?!\d)")

_MOST_NAMED: Final = 10
_MOST_NUMBER: Final = 2000  # a series that claims more parts is a name, not a series
_LEAST_PADDED: Final = 3
_LEAST_DATED: Final = 5
_STEPS: Final = (1, 7)  # days between the files of a log that is rotated by date
_MOST_ABSENT: Final = 0.2  # share of a dated or padded series that may be missing; more is another rhythm


@dataclass(frozen=True, slots=True)
class _File:
    """A file as its name says: folder, name without what packs it, and the item (for times and source)."""

    folder: str
    name: str
    item: EvidenceItem


@dataclass(slots=True)
class _Series:
    """Files that share a name but for a number: number → file."""

    files: dict[int, _File] = field(default_factory=dict)
    total: int = 0


def missing_part_gaps(items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each part, rotated file or slice of time that the names of its neighbours ask for."""
    files = sorted({(one.folder, one.name): one for one in map(_file, items)}.items())
    named = [one for _, one in files if len(one.name) <= _LONGEST_NAME]
    finders = (_numbered_parts, _browser_copies, _rotated, _padded, _date_ranges, _dated)
    return [gap for finder in finders for gap in finder(named)]


def _file(item: EvidenceItem) -> _File:
    path = _COMPRESSED.sub("", item.path)
    if path == item.path and item.status == "container":
        path = re.sub(r"\.(?:gz|bz2|xz|zst|Z)$", "", path)
    folder, _, name = path.rpartition("/")
    return _File(folder, name, item)


def _by_pattern(files: Iterable[_File], pattern: re.Pattern[str]) -> dict[tuple[str, str], _Series]:
    """Group files whose names differ only where the pattern has its number; `#` marks the place."""
    found: dict[tuple[str, str], _Series] = defaultdict(_Series)
    for one in files:
        match = pattern.search(one.name)
        number = int(match[1]) if match else _MOST_NUMBER + 1
        if match and number <= _MOST_NUMBER:
            stem = f"{one.name[: match.start(1)]}#{one.name[match.end(1) :]}"
            found[one.folder, stem].files[number] = one
    return dict(sorted(found.items()))


def _numbered_parts(files: Sequence[_File]) -> Iterator[Gap]:
    for (_, stem), series in _by_pattern(files, _OF_TOTAL).items():
        total = max(int(match[2]) for one in series.files.values() if (match := _OF_TOTAL.search(one.name)))
        sensible = max(series.files) <= total <= _MOST_NUMBER
        absent = [n for n in range(1, total + 1) if n not in series.files]
        if sensible and absent:
            yield _missing(series, stem, absent, f"the name says that there are {total} parts")
    apart = [one for one in files if not _OF_TOTAL.search(one.name)]
    for (_, stem), series in _by_pattern(apart, _PART).items():
        first = 0 if 0 in series.files else 1
        absent = [n for n in range(first, max(series.files)) if n not in series.files]
        if absent:
            yield _missing(series, stem, absent, "the parts are numbered")
        elif len(series.files) == 1:
            only = max(series.files)
            yield _missing(series, stem, [only + 1], f"there is a part {only} and no other, where one calls it a part")


def _browser_copies(files: Sequence[_File]) -> Iterator[Gap]:
    """Downloads of one name: "audit.csv", "audit (1).csv" … are as a rule different exports."""
    names = {(one.folder, one.name): one for one in files}
    for (folder, stem), series in _by_pattern(files, _COPY).items():
        plain = next(_COPY.sub("", one.name) for one in series.files.values())
        if (folder, plain) in names:
            series.files[0] = names[folder, plain]
        elif all(one.item.status == "container" for one in series.files.values()):
            continue  # somebody's own archive was downloaded twice: what is in it says whether it is whole
        absent = [n for n in range(max(series.files)) if n not in series.files]
        if absent:
            told = [plain if n == 0 else stem.replace("#", str(n)) for n in absent]
            yield _gap(series, told, "a browser numbers downloads of one name")


def _rotated(files: Sequence[_File]) -> Iterator[Gap]:
    names = {(one.folder, one.name) for one in files}
    for (folder, stem), series in _by_pattern(files, _ROTATED).items():
        current = stem.removesuffix(".#")
        absent = [n for n in range(1, max(series.files)) if n not in series.files]
        told = [stem.replace("#", str(n)) for n in absent]
        if min(series.files) <= 1 and (folder, current) not in names:
            told.insert(0, f"{current} (the newest)")
        if told and _is_log(series):
            yield _gap(series, told, "rotated files are numbered", *_span_without(series, absent))
    for (_, stem), series in _by_pattern(files, _ROTATED_INSIDE).items():
        absent = [n for n in range(min(series.files), max(series.files)) if n not in series.files]
        if absent and _is_log(series):
            yield _gap(series, [stem.replace("#", str(n)) for n in absent], "the files are numbered")


def _span_without(series: _Series, absent: Sequence[int]) -> tuple[str, str]:
    """Return from when to when the absent files go: from the last time of the older to the first of the newer one."""
    if not absent:
        return "", ""
    older = series.files.get(max(absent) + 1)
    newer = series.files.get(min(absent) - 1)
    return (older.item.last_time if older else "", newer.item.first_time if newer else "")


def _padded(files: Sequence[_File]) -> Iterator[Gap]:
    plain = [one for one in files if not (_PART.search(one.name) or _OF_TOTAL.search(one.name))]
    for (_, stem), series in _by_pattern(plain, _PADDED).items():
        width = {len(match[1]) for one in series.files.values() if (match := _PADDED.search(one.name))}
        numbers = sorted(series.files)
        first = 0 if numbers[0] == 0 else 1 if numbers[0] <= _LEAST_PADDED else numbers[0]
        absent = [n for n in range(first, numbers[-1]) if n not in series.files]
        few = len(absent) <= max(1, _MOST_ABSENT * len(numbers))
        if absent and few and len(numbers) >= _LEAST_PADDED and len(width) == 1:
            told = [stem.replace("#", str(n).zfill(next(iter(width)))) for n in absent]
            yield _gap(series, told, "the files are numbered")


def _dates(name: str) -> list[dt.date]:
    found = []
    for match in itertools.islice(_DATE.finditer(name), 3):
        try:
            found.append(dt.date(int(match[1]), int(match[3]), int(match[4])))
        except ValueError:
            continue
    return found


def _date_ranges(files: Sequence[_File]) -> Iterator[Gap]:
    """Slices of time named by their first and last day: "ual_2026-03-01_2026-03-07.json"."""
    slices: dict[tuple[str, str], list[tuple[dt.date, dt.date, _File]]] = defaultdict(list)
    for one in files:
        days = _dates(one.name)
        if len(days) == 2 and days[0] <= days[1]:
            slices[one.folder, _DATE.sub("#", one.name)].append((days[0], days[1], one))
    for _, several in sorted(slices.items()):
        several.sort(key=lambda one: (one[0], one[1], one[2].name))
        reached, before = several[0][1], several[0][2]
        for start, end, one in several[1:]:
            if start > reached + dt.timedelta(days=1):
                yield _missing_days(before, one, reached + dt.timedelta(days=1), start - dt.timedelta(days=1))
            if end > reached:
                reached, before = end, one


def _dated(files: Sequence[_File]) -> Iterator[Gap]:
    """Logs that are rotated by date: one day, or one week, between each file and the next."""
    groups: dict[tuple[str, str], dict[dt.date, _File]] = defaultdict(dict)
    for one in files:
        days = _dates(one.name)
        if len(days) == 1:
            groups[one.folder, _DATE.sub("#", one.name)][days[0]] = one
    for _, dated in sorted(groups.items()):
        days = sorted(dated)
        steps = Counter((after - before).days for before, after in itertools.pairwise(days))
        step = min(steps, key=lambda one: (-steps[one], one)) if steps else 0
        holes = [
            (before, after)
            for before, after in itertools.pairwise(days)
            if step in _STEPS and (after - before).days > step and not (after - before).days % step
        ]
        lost = sum((after - before).days // step - 1 for before, after in holes)
        if len(days) >= _LEAST_DATED and lost <= _MOST_ABSENT * len(days):
            for before, after in holes:
                first, last = before + dt.timedelta(days=step), after - dt.timedelta(days=step)
                yield _missing_days(dated[before], dated[after], first, last)


def _is_log(series: _Series) -> bool:
    return any(one.item.source or one.item.status == "container" for one in series.files.values())


def _source(series: _Series) -> str:
    return next((one.item.source for _, one in sorted(series.files.items()) if one.item.source), "")


def _missing(series: _Series, stem: str, absent: Sequence[int], why: str) -> Gap:
    return _gap(series, [stem.replace("#", str(n)) for n in absent], why)


def _gap(series: _Series, absent: Sequence[str], why: str, start: str = "", end: str = "") -> Gap:
    here = [one for _, one in sorted(series.files.items())]
    return Gap(
        id="",
        source=_source(series),
        entity=f"{here[0].folder}/{absent[0]}".lstrip("/"),
        kind="missing-part",
        start=start if start and end and start <= end else "",
        end=end if start and end and start <= end else "",
        basis=f"{_few([one.name for one in here])} {plural(len(here), 'is', 'are')} here, "
        f"{_few(absent)} {plural(len(absent), 'is', 'are')} not; {why}",
        consequence="What stood in the missing part was not examined. Look for it where the others came from; "
        "if it was never made, nothing is lost.",
    )


def _missing_days(before: _File, after: _File, first: dt.date, last: dt.date) -> Gap:
    days = (last - first).days + 1
    when = f"{first}" if days == 1 else f"{first} to {last}"
    return Gap(
        id="",
        source=before.item.source or after.item.source,
        entity=before.folder,
        kind="missing-part",
        start=f"{first}T00:00:00.000000Z",
        end=f"{last + dt.timedelta(days=1)}T00:00:00.000000Z",
        basis=f"by their names, no file is here for {when} ({counted(days, 'day')}): "
        f"{before.name} ends before, {after.name} begins after",
        consequence="What happened in this time was not examined. Export it too; "
        "where nothing happened there may be no file.",
    )


def _few(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return listed([*names[:_MOST_NAMED], *([f"{more} more"] if more > 0 else [])])
