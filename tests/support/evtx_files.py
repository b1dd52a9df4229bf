"""Small EVTX files for tests, and ways to damage them: what crashes, disks and intruders do to event logs."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from vigilia.demo.evtx_values import sid, text, uint32
from vigilia.demo.evtx_writer import CHUNK_BYTES, HEADER_BYTES, EvtxEvent, chunks_of, evtx_bytes, file_of, seal_chunk

CHUNK = CHUNK_BYTES
HEADER = HEADER_BYTES
FILETIME_2026 = 134_116_992_000_000_000  # 2026-01-01T00:00:00Z in steps of 100 ns since 1601
_CLEARED = "http://manifests.microsoft.com/win/2004/08/windows/eventlog"


def logon(number: int, values: Mapping[str, str], *, channel: str = "Security", second: int = 0) -> EvtxEvent:
    """A Security event with these texts as its EventData."""
    return EvtxEvent(
        number,
        FILETIME_2026 + second * 10_000_000,
        "Example-Provider",
        4624,
        channel,
        "FS01.example.org",
        tuple((name, text(value)) for name, value in values.items()),
        pid=640,
        thread=700,
    )


def cleared(number: int, *, code: int = 1102, channel: str = "Security", second: int = 0) -> EvtxEvent:
    """The event that a cleared log begins with: 1102 of Security, 104 of System."""
    fields = (("SubjectUserSid", sid("S-1-5-18")), ("SubjectUserName", text("ada")), ("ClientProcessId", uint32(912)))
    wrapper = ("LogFileCleared", _CLEARED)
    return EvtxEvent(
        number,
        FILETIME_2026 + second * 10_000_000,
        "Microsoft-Windows-Eventlog",
        code,
        channel,
        "FS01.example.org",
        fields,
        wrapper=wrapper,
    )


def evtx_file(*chunks: bytes, counted: int | None = None) -> bytes:
    """A file of ready chunks; `counted` is what its header claims."""
    return file_of(chunks, counted=counted)


def evtx_chunk(records: Sequence[tuple[int, dict[str, str]]], *, stated: int | None = None) -> bytes:
    """One chunk of records (record id, EventData), each with templates of its own, so that damage stays with one.

    `stated` overrides where the chunk's header says that records end.
    """
    (chunk,) = chunks_of([logon(number, values) for number, values in records], shared=False)
    return chunk if stated is None else seal_chunk(chunk[:48] + struct.pack("<I", stated) + chunk[52:])


def with_holes(numbers: Sequence[int]) -> bytes:
    """A file whose record numbers are these: where some are left out, records were deleted."""
    return evtx_bytes([logon(number, {"TargetUserName": "ada"}, second=number) for number in numbers])


def not_closed(content: bytes) -> bytes:
    """The same file, its header saying that it was being written to: copied from a running machine."""
    chunks = [content[at : at + CHUNK] for at in range(HEADER, len(content), CHUNK)]
    return file_of(chunks, flags=1)


def without_chunk_header(content: bytes, number: int) -> bytes:
    """The same file with the first bytes of a chunk destroyed."""
    at = HEADER + number * CHUNK
    return content[:at] + b"X" * 8 + content[at + 8 :]


def zeroed_chunk(content: bytes, number: int) -> bytes:
    """The same file with a chunk of zeros, as a file system leaves it after a crash."""
    at = HEADER + number * CHUNK
    return content[:at] + bytes(CHUNK) + content[at + CHUNK :]


def wrong_checksum(content: bytes, number: int) -> bytes:
    """The same file with one text within the records of a chunk changed, and the checksum left as it was."""
    at = content.index("ada".encode("utf-16-le"), HEADER + number * CHUNK)
    return content[:at] + "eve".encode("utf-16-le") + content[at + 6 :]


def slack_behind(new: bytes, old: bytes) -> bytes:
    """A chunk that was written anew in the memory of an older one, of which the rest is still there."""
    (end,) = struct.unpack_from("<I", new, 48)
    return seal_chunk(new[:end] + old[end:])


def records_of(chunk: bytes) -> list[tuple[int, int]]:
    """Where the records of a sound chunk are: offset and length."""
    (end,) = struct.unpack_from("<I", chunk, 48)
    found, at = [], 512
    while at < end:
        (length,) = struct.unpack_from("<I", chunk, at + 4)
        found.append((at, length))
        at += length
    return found


def with_hidden_record(chunk: bytes, place: int) -> bytes:
    """The same chunk as a tool leaves it that deletes one record: the one before it reaches over it."""
    at, length = records_of(chunk)[place - 1]
    both = length + records_of(chunk)[place][1]
    hidden = bytearray(chunk)
    struct.pack_into("<I", hidden, at + 4, both)
    struct.pack_into("<I", hidden, at + both - 4, both)
    return seal_chunk(bytes(hidden))
