"""Program starts as Sysmon records them, in an event log of three records."""

from __future__ import annotations

from vigilia.demo.evtx_values import text
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes

__all__ = ["SAMPLE", "STARTED", "started"]

STARTED = "product: windows, category: process_creation"


def started(number: int, image: str) -> EvtxEvent:
    """A program start as Sysmon records it."""
    return EvtxEvent(
        number,
        134_116_992_000_000_000 + number * 10_000_000,
        "Microsoft-Windows-Sysmon",
        1,
        "Microsoft-Windows-Sysmon/Operational",
        "WS01.example.org",
        (("Image", text(image)), ("CommandLine", text(image)), ("ProcessGuid", text("{0-1}"))),
        pid=640,
        thread=700,
    )


SAMPLE = evtx_bytes([started(1, "C:\\x\\curl.exe"), started(2, "C:\\x\\other.exe"), started(3, "D:\\CURL.exe")])
