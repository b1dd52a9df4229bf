"""The EVTX files of the dialect corpus. `python -m support.evtx_dialects`, called in `tests`, writes them anew."""

from __future__ import annotations

import uuid
from pathlib import Path

from support.evtx_files import FILETIME_2026, HEADER, cleared, logon, not_closed
from vigilia.demo.evtx_values import NOTHING, binary, boolean, guid, hex32, hex64, sid, text, uint8, uint16, uint32
from vigilia.demo.evtx_writer import EvtxEvent, chunks_of, evtx_bytes

__all__ = ["evtx_dialects"]

_FOLDER = Path(__file__).parents[1] / "dialects" / "windows"
_SECOND = 10_000_000
_ADA = "S-1-5-21-1004336348-1177238915-682003330-1104"


def evtx_dialects() -> dict[str, bytes]:
    """File name → content."""
    return {
        "evtx_in_image.evtx": b"unallocated sector ".ljust(512, b".") * 5 + chunks_of([_logon(), _sysmon()])[0],
        "evtx_without_header.evtx": evtx_bytes([_logon(), _classic()])[HEADER:],
        "evtx_forwarded.evtx": evtx_bytes([_logon(), _sysmon(), _classic()]),
        "evtx_cleared_in_use.evtx": not_closed(
            evtx_bytes(
                [cleared(7), logon(8, {"TargetUserName": "ada"}, second=1), cleared(1, code=104, channel="System")]
            )
        ),
        "evtx_cut.evtx": evtx_bytes([logon(number, {"TargetUserName": f"ada{number}"}) for number in range(1, 6)])[
            : HEADER
            + 3000  # within the fifth record
        ],
    }


def _logon() -> EvtxEvent:
    fields = (
        ("SubjectUserSid", sid("S-1-5-18")),
        ("SubjectLogonId", hex64(0x3E7)),
        ("TargetUserSid", sid(_ADA)),
        ("TargetUserName", text("ada")),
        ("TargetDomainName", text("LANTERNFOLD")),
        ("TargetLogonId", hex64(0x3E7A1)),
        ("LogonType", uint32(10)),
        ("LogonGuid", guid(uuid.UUID(int=0))),
        ("KeyLength", uint32(0)),
        ("IpAddress", text("203.0.113.9")),
        ("IpPort", text("51234")),
        ("TransmittedServices", NOTHING),
    )
    return EvtxEvent(
        90_411,
        FILETIME_2026 + 1_234_567,
        "Microsoft-Windows-Security-Auditing",
        4624,
        "Security",
        "FS01.lanternfold.example",
        fields,
        provider_guid=uuid.UUID("54849625-5478-4994-a5ba-3e3b0328c30d"),
        version=2,
        task=12544,
        opcode=0,
        keywords=0x8020000000000000,
        activity=uuid.UUID(int=0xA1B2),
        pid=716,
        thread=3200,
    )


def _sysmon() -> EvtxEvent:
    fields = (
        ("UtcTime", text("2026-01-01 00:00:05.000")),
        ("ProcessGuid", guid(uuid.UUID("0d4f2c1e-0000-0000-0000-000000000001"))),
        ("ProcessId", uint32(4242)),
        ("Image", text("C:\\Windows\\System32\\findstr.exe")),
        ("CommandLine", text('findstr /s /i "香港" D:\\Work\\*.docx')),
        ("User", text("LANTERNFOLD\\ada")),
        ("Initiated", boolean(True)),
    )
    return EvtxEvent(
        55_102,
        FILETIME_2026 + 5 * _SECOND,
        "Microsoft-Windows-Sysmon",
        1,
        "Microsoft-Windows-Sysmon/Operational",
        "WS07.lanternfold.example",
        fields,
        version=5,
        level=4,
        keywords=0x8000000000000000,
        pid=2804,
        thread=4100,
        user="S-1-5-18",
    )


def _classic() -> EvtxEvent:
    fields = (
        ("", text("Reader")),
        ("", text("1.2")),
        ("", uint8(7)),
        ("", uint16(512)),
        ("", hex32(0x80070005)),
        ("", binary(b"\x01\xff")),
    )
    return EvtxEvent(
        8,
        FILETIME_2026 + 60 * _SECOND,
        "MsiInstaller",
        1033,
        "Application",
        "WS08",
        fields,
        level=4,
        qualifiers=0,
        user=_ADA,
    )


if __name__ == "__main__":
    for name, content in evtx_dialects().items():
        (_FOLDER / name).write_bytes(content)
