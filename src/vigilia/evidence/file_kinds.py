"""Files that hold no log by their nature, told by their first bytes: what they are, and what to do instead."""

from __future__ import annotations

__all__ = ["may_be_office_document", "office_document", "what_it_is"]

_UNPACK = "which is not opened: hand it in unpacked"
_PLAIN = "not a log"
# First bytes → what it is, and why it is not read.
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "an LZ4 file", _UNPACK),
    (b"MSCF\x00\x00\x00\x00", "a Microsoft Cabinet archive", _UNPACK),
    (b"\x1f\x9d", "a compress (.Z) file", _UNPACK),
    (b"EVF\x09\x0d\x0a\xff\x00", "an EWF disk image", "which is not opened: copy the logs out of it"),
    (b"vhdxfile", "a virtual disk (VHDX)", "which is not opened: mount it and hand in the logs inside"),
    (b"conectix", "a virtual disk (VHD)", "which is not opened: mount it and hand in the logs inside"),
    (b"KDMV", "a virtual disk (VMDK)", "which is not opened: mount it and hand in the logs inside"),
    (b"QFI\xfb", "a virtual disk (QCOW)", "which is not opened: mount it and hand in the logs inside"),
    (b"age-encryption.org/", "an age-encrypted file", "which is not opened: decrypt it first"),
    (b"-----BEGIN PGP MESSAGE-----", "a PGP-encrypted file", "which is not opened: decrypt it first"),
    (b"%PDF-", "a PDF document", _PLAIN),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)", _PLAIN),
    (b"\xff\xd8\xff", "a picture (JPEG)", _PLAIN),
    (b"GIF87a", "a picture (GIF)", _PLAIN),
    (b"GIF89a", "a picture (GIF)", _PLAIN),
    (b"II*\x00", "a picture (TIFF)", _PLAIN),
    (b"MM\x00*", "a picture (TIFF)", _PLAIN),
    (b"{\\rtf", "a text document (RTF)", "not a log: save it as plain text or CSV"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "an old Office document, a message or an installer",
        "not a log: where it is a spreadsheet, save each sheet as CSV",
    ),
    (b"SQLite format 3\x00", "an SQLite database", _PLAIN),
    (b"regf", "a Windows registry hive", _PLAIN),
    (b"MAM\x04", "a Windows prefetch file", _PLAIN),
    (b"FILE0\x00", "an NTFS file table", _PLAIN),
    (b"!BDN", "an Outlook mailbox (PST or OST)", _PLAIN),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut", _PLAIN),
    (b"\x7fELF", "a program (ELF)", _PLAIN),
    (b"\xcf\xfa\xed\xfe", "a program (Mach-O)", _PLAIN),
    (
        b"\xd4\xc3\xb2\xa1",
        "a network capture (pcap)",
        "not a log: read it with Zeek or Suricata and hand in their logs",
    ),
    (
        b"\xa1\xb2\xc3\xd4",
        "a network capture (pcap)",
        "not a log: read it with Zeek or Suricata and hand in their logs",
    ),
    (
        b"\x0a\x0d\x0d\x0a",
        "a network capture (pcapng)",
        "not a log: read it with Zeek or Suricata and hand in their logs",
    ),
    (b"PAGEDU64", "a memory dump", "in which only records of Windows event logs are looked for"),
    (b"PAGEDUMP", "a memory dump", "in which only records of Windows event logs are looked for"),
)
_BEGINNINGS = tuple(magic for magic, _, _ in _MAGIC)
_OFFICE_MARKS = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"word/", b"ppt/", b"mimetypeapplication/")
_PROGRAM = "a program (Windows)"
_WEBP = "a picture (WebP)"
# The part that each kind of Office document must have (ECMA-376), and the types of OpenDocument (ISO 26300).
_OFFICE: tuple[tuple[bytes, str, str], ...] = (
    (b"xl/", "an Excel workbook", "save each sheet as CSV (UTF-8) and hand that in"),
    (b"word/", "a Word document", "save it as plain text, or hand in the log that it quotes"),
    (b"ppt/", "a PowerPoint presentation", "hand in the log that it shows"),
    (b"visio/", "a Visio drawing", "hand in the log that it shows"),
)
_OPEN_DOCUMENT: tuple[tuple[bytes, str, str], ...] = (
    (b"spreadsheet", "an OpenDocument spreadsheet", "save each sheet as CSV (UTF-8) and hand that in"),
    (b"text", "an OpenDocument text", "save it as plain text, or hand in the log that it quotes"),
    (b"", "an OpenDocument file", "hand in the log that it shows"),
)


def what_it_is(head: bytes) -> str:
    """Return a sentence for a file that is known to hold no log that we read; empty where nothing is known."""
    if head.startswith(_BEGINNINGS):
        return next(f"It is {what}, {why}." for magic, what, why in _MAGIC if head.startswith(magic))
    if head.startswith(b"MZ") and b"\0" in head[:64]:
        return f"It is {_PROGRAM}, {_PLAIN}."
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return f"It is {_WEBP}, {_PLAIN}."
    if head[4:8] == b"\xef\xcd\xab\x89":
        return f"It is an ESE database, {_PLAIN}."
    return ""


def may_be_office_document(head: bytes) -> bool:
    """Say whether it is worth to look into a zip archive for what an office program writes."""
    return any(mark in head for mark in _OFFICE_MARKS)


def office_document(names: list[bytes], first_bytes: bytes) -> str:
    """Return a sentence where a zip archive is one document of an office program; empty where it is an archive.

    Args:
        names: of its members.
        first_bytes: the beginning of the archive, where an OpenDocument file names its type.
    """
    if b"[Content_Types].xml" in names:
        for prefix, what, advice in _OFFICE:
            if any(name.startswith(prefix) for name in names):
                return f"It is {what}, not a log: {advice}."
    _, mark, kind = first_bytes[:200].partition(b"mimetypeapplication/vnd.oasis.opendocument.")
    if mark:
        return next(f"It is {what}, not a log: {advice}." for word, what, advice in _OPEN_DOCUMENT if word in kind[:20])
    return ""
