"""Tiled EVTX: the events of real chunks, whole and with numbers that go on."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from bench.evtx_tiles import laid_tiles, one_machine, tiles_of, well_filled
from support.evtx_files import logon, wrong_checksum
from support.reading import read_all
from vigilia.demo.evtx_writer import evtx_bytes
from vigilia.readers.windows.evtx import READER

_FILE = evtx_bytes([logon(number, {"TargetUserName": "ada"}) for number in range(70, 970)])


def test_tiles_hold_the_same_events_numbered_from_one(tmp_path: Path) -> None:
    tiles = well_filled(list(tiles_of([_FILE])))
    target = tmp_path / "laid.evtx"
    records = laid_tiles(tiles, 500_000, target)
    reading = read_all(READER, target.read_bytes())
    assert reading.rejects == []
    assert [place["record"] for place in reading.positions] == list(range(1, records + 1))
    assert [row["EventRecordID"] for row in reading.rows] == [str(number) for number in range(1, records + 1)]
    assert {row["TargetUserName"] for row in reading.rows} == {"ada"}


def test_a_laid_file_is_whole_by_its_checksums(tmp_path: Path) -> None:
    tiles = list(tiles_of([_FILE]))
    laid_tiles(tiles, 200_000, tmp_path / "laid.evtx")
    again = list(tiles_of([(tmp_path / "laid.evtx").read_bytes()]))
    assert [tile.records for tile in again] == [tile.records for tile in (tiles * 4)[: len(again)]]


def test_a_chunk_with_a_wrong_checksum_is_no_tile() -> None:
    assert len(list(tiles_of([wrong_checksum(_FILE, 1)]))) == len(list(tiles_of([_FILE]))) - 1


def test_the_machine_with_most_chunks_is_chosen() -> None:
    tiles = list(tiles_of([_FILE]))
    other = dataclasses.replace(tiles[0], machine="WS01.example.org")
    assert one_machine([other, *tiles]) == tiles
