"""Writes the second incident, at a newsroom: evidence, organisation profile, watch list and truth."""

from __future__ import annotations

from pathlib import Path

import orjson

from vigilia.demo.evidence_files import write_file, write_log
from vigilia.demo.newsroom.logs import ADDRESS, NEWSROOM_EXPORTED, VICTIM, newsroom_files, newsroom_text
from vigilia.demo.truth import counted_acts, marked_events, search_acts
from vigilia.model.times import format_time

__all__ = ["write_newsroom"]


def write_newsroom(folder: Path, seed: int = 2026) -> None:
    """Write a fictional intrusion at a fictional newsroom; what the folder then holds is as for `write_incident`.

    Raises:
        OSError: the folder cannot be written.
    """
    files = newsroom_files(seed)
    for file in files:
        write_log(folder / "evidence", file)
    for name in ("org.toml", "watchlist.toml"):
        write_file(folder / name, newsroom_text(name).encode(), NEWSROOM_EXPORTED)
    times = [record.at for file in files for record in file.records if record.intruder]
    acts = list(search_acts(files))
    truth = {
        "schema": 1,
        "seed": seed,
        "window": {"first_seen": format_time(min(times)), "last_seen": format_time(max(times))},
        "exported": format_time(NEWSROOM_EXPORTED),
        "accounts": [
            {"value": VICTIM, "source": "google.workspace"},
            {"value": "deploy", "source": "linux"},
            {"value": "www-data", "source": "linux"},
        ],
        "addresses": [ADDRESS],
        "hosts": ["web01"],
        "search_acts": acts,
        "topics": counted_acts(acts, "topics"),
        "persons": counted_acts(acts, "persons"),
        "events": [marked_events(file) for file in files],
    }
    document = orjson.dumps(truth, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    write_file(folder / "truth.json", document, NEWSROOM_EXPORTED)
