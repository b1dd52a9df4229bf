"""The compiled EVTX reader stays within its arrays, and says what the plain one says, whatever the bytes."""

from __future__ import annotations

import io
import json
import random
import sys
from pathlib import Path

import pytest

from support.coded_rows import assert_same, told_by_codes
from support.evtx_damage import KINDS, damaged_file
from support.evtx_dialects import evtx_dialects
from support.evtx_files import CHUNK, cleared, logon
from support.kernel_bounds import guarded_bytes, said_with_index_checks
from vigilia.demo.evtx_writer import chunks_of, file_of
from vigilia.readers.byte_kernels import PADDING
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows import evtx_coder
from vigilia.readers.windows.evtx import READER

_FILES = 8 * len(KINDS)


def _whole_files() -> list[bytes]:
    many = [logon(number, {"TargetUserName": f"ada{number}", "Empty": ""}) for number in range(1, 600)]
    written = [content for content in evtx_dialects().values() if content.startswith(b"ElfFile")]
    return [*written, file_of(chunks_of([*many, cleared(600)]))]


def _hostile(number: int) -> bytes:
    """Damage of every kind in turn, and odd bytes where templates and values are described."""
    chance = random.Random(number)
    content = bytearray(damaged_file(chance.choice(_whole_files()), sorted(KINDS)[number % len(KINDS)], number))
    for _ in range(chance.randrange(30)):
        if len(content) > 4700:
            content[chance.randrange(4608, min(len(content), 9000))] = chance.choice(b"\x00\x01\x0c\x0e\x21\x81\xff")
    return bytes(content)


def _coder(limits: ReadLimits) -> evtx_coder.EvtxCoder:
    return evtx_coder.EvtxCoder(READER.source, limits)


def test_what_is_damaged_is_read_as_the_plain_reader_reads_it() -> None:
    limits = ReadLimits()
    coder = _coder(limits)
    for number in range(_FILES):
        assert_same(READER, coder, _hostile(number), limits)


@pytest.mark.parametrize("beyond", [0, 8])
def test_a_header_is_believed_only_where_the_last_record_ends_as_it_says(beyond: int) -> None:
    """Its checksum may be wrong; and the next record after a last one that is cut may be in the space behind."""
    (chunk,) = chunks_of([logon(number, {"TargetUserName": f"ada{number}"}) for number in range(1, 30)])
    end = int.from_bytes(chunk[48:52], "little")
    length = int.from_bytes(chunk[end - 4 : end], "little")
    damaged = bytearray(chunk)
    damaged[48:52] = (end - beyond).to_bytes(4, "little")
    damaged[end - 4 : end] = (length + 1).to_bytes(4, "little")
    assert_same(READER, _coder(ReadLimits()), file_of([bytes(damaged), chunk]), ReadLimits())


@pytest.mark.skipif(sys.platform != "linux", reason="guard pages are set with Linux's mprotect")
def test_no_byte_behind_the_padding_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each chunk ends, but for the padding, where a page begins that may not be read."""
    monkeypatch.setattr(evtx_coder, "_BLOCK_CHUNKS", 1)
    limits = ReadLimits()
    coder = _coder(limits)
    monkeypatch.setattr(coder, "_block", guarded_bytes(CHUNK + PADDING))
    for number in range(_FILES):
        assert_same(READER, coder, _hostile(number), limits)


def test_every_index_is_within_its_array(tmp_path: Path) -> None:
    assert said_with_index_checks(__file__, tmp_path) == {"read": _FILES}


def _read_everything() -> None:
    coder = _coder(ReadLimits())
    for number in range(_FILES):
        content = _hostile(number)
        told_by_codes(coder.read(io.BytesIO(content), len(content)))
    sys.stdout.write(json.dumps({"read": _FILES}))


if __name__ == "__main__":
    _read_everything()
