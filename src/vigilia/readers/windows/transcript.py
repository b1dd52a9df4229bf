r"""PowerShell transcripts: what a session was told, and what it answered.

    **********************
    Windows PowerShell transcript start
    Start time: 20260302091500
    Username: LANTERNFOLD\ada
    RunAs User: LANTERNFOLD\ada
    Machine: WS07 (Microsoft Windows NT 10.0.19045.0)
    Host Application: powershell.exe
    **********************
    PS C:\> whoami
    lanternfold\ada

A record is the start of a session, a command with its output, output without a command, or the end. Times are local to
the machine. The labels are in the language of Windows; what a block is, is told by its shape, and who and where by the
place of the line. Microsoft, "Start-Transcript"
(learn.microsoft.com/powershell/module/microsoft.powershell.host/start-transcript).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.line_records import head_texts
from vigilia.readers.lines import Line
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_lines import iterate_text_lines

__all__ = ["READER"]

_LONGEST: Final = 1024 * 1024
_LONGEST_LABEL: Final = 4096
_LONGEST_NAME: Final = 80
_MOST_LABELS: Final = 40
_RULE: Final = re.compile(r"\*{10,80}\s{0,4}")
_STAMP: Final = re.compile(r"[^:：]{1,80}[:：] {0,4}(\d{14})\s{0,4}")
_PROMPT: Final = re.compile(r"(?:\[[^\]]{1,260}\]: )?PS[^>\r\n]{0,1024}> ?")
_ENGINE_NOTES: Final = ("PS>TerminatingError(", "PS>CommandInvocation(", "PS>ParameterBinding(", "PS>>> ")
_CONTINUES: Final = ">> "
_MACHINE: Final = re.compile(r"[^ ()]{1,255} \([^()]{1,255}\)")  # WS07 (Microsoft Windows NT 10.0.19045.0)
_SESSION: Final = ("Start time", "Username", "RunAs User", "Machine", "Host Application", "Process ID")


class _Transcripts(BatchedReader):
    name = "windows-transcript"
    source = "windows.transcript"
    title = "PowerShell transcript"

    def recognise(self, head: bytes) -> float:
        lines = head_texts(head)[:3]
        is_one = len(lines) == 3 and bool(_RULE.fullmatch(lines[0])) and bool(_STAMP.fullmatch(lines[2]))
        return 0.97 if is_one else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        longest = min(limits.line_bytes, _LONGEST)
        session = _Session(builder, longest)
        for line in iterate_text_lines(stream, longest):
            if isinstance(line, Reject):
                session.flush()
                builder.add_reject(line)
            else:
                session.take(line, line.content.decode("utf-8", "backslashreplace"))
            yield
        session.flush()


READER: Final[Reader] = _Transcripts()


@dataclass(slots=True)
class _Session:
    """Gathers the lines of one record after another."""

    builder: ColumnBuilder
    longest: int
    labels: dict[str, FieldValue] = field(default_factory=dict)
    command_time: str = ""
    _lines: list[str] = field(default_factory=list)
    _first: Line | None = None
    _length: int = 0
    _in_frame: bool = False  # between two rules of asterisks

    def take(self, line: Line, text: str) -> None:
        """Take one line."""
        is_rule = bool(_RULE.fullmatch(text))
        if self._in_frame:
            self._add(line, text)
            if is_rule:
                self._close_frame()
        elif is_rule:
            self.flush()
            self._add(line, text)
            self._in_frame = True
        else:
            if _begins_command(text) or self._length + line.length > self.longest:
                self.flush()
            self._add(line, text)
        if self._in_frame and len(self._lines) > _MOST_LABELS:
            self._in_frame = False  # a row of asterisks in some output, not a frame

    def _add(self, line: Line, text: str) -> None:
        self._first = self._first or line
        self._length += line.length
        self._lines.append(text)

    def _close_frame(self) -> None:
        self._in_frame = False
        inner = self._lines[1:-1]
        stamps = [stamp for stamp in (_stamp(text) for text in inner[:2]) if stamp]
        if len(inner) == 1 and stamps:  # "Command start time": goes with the command that follows
            self.command_time = stamps[0]
        elif len(inner) >= 2 and stamps and (len(inner) > 2 or not self.labels):
            self.labels, self.command_time = _labels(inner), ""
            self._append({"kind": "session start"})
        elif len(inner) == 2 and stamps:
            self._append({"kind": "session end", "End time": stamps[0]})
            self.labels, self.command_time = {}, ""

    def flush(self) -> None:
        """Append the record that the gathered lines are; blank lines and frames alone are none."""
        self._in_frame = False
        if self._first is None:
            return
        texts = self._lines[3:] if _is_stamp_of_command(self._lines) else self._lines
        if not any(text.strip() for text in texts):
            self.builder.ignore(self._length)
            self._reset()
        elif not self.labels:
            place = f"line {self._first.number}"
            self.builder.reject(place, "text outside of any session", self._first.offset, self._length)
            self._reset()
        else:
            self._append(_spoken(texts))

    def _append(self, fields: dict[str, FieldValue]) -> None:
        if self._first is None:
            return
        is_spoken = "output" in fields or "prompt" in fields
        timed: dict[str, FieldValue] = (
            {"Command start time": self.command_time} if self.command_time and is_spoken else {}
        )
        named = {name: self.labels[name] for name in _SESSION if name in self.labels}
        everything = self.labels if fields["kind"] == "session start" else named
        self.builder.append(self._first.number - 1, self._first.offset, self._length, everything | timed | fields)
        self._reset()

    def _reset(self) -> None:
        self._lines, self._first, self._length = [], None, 0


def _begins_command(text: str) -> bool:
    return _PROMPT.match(text) is not None and not text.startswith(_ENGINE_NOTES)


def _is_stamp_of_command(lines: Sequence[str]) -> bool:
    rules = len(lines) > 2 and bool(_RULE.fullmatch(lines[0])) and bool(_RULE.fullmatch(lines[2]))
    return rules and bool(_stamp(lines[1]))


def _spoken(texts: list[str]) -> dict[str, FieldValue]:
    """Return what was typed and what was answered."""
    prompt = _PROMPT.match(texts[0]) if _begins_command(texts[0]) else None
    if prompt is None:
        return {"kind": "output", "output": "\n".join(texts).strip("\n")}
    last = 1
    while last < len(texts) and texts[last].startswith(_CONTINUES):
        last += 1
    typed = [texts[0][prompt.end() :], *(text.removeprefix(_CONTINUES) for text in texts[1:last])]
    spoken = {"prompt": prompt[0].strip(), "command": "\n".join(typed).strip(), "output": "\n".join(texts[last:])}
    kind = "command" if spoken["command"] else "prompt"
    told: dict[str, FieldValue] = {name: text.strip("\n") for name, text in spoken.items() if text.strip()}
    return told | {"kind": kind}


def _stamp(text: str) -> str:
    """Return the time of "Start time: 20260302091500" as 2026-03-02T09:15:00."""
    found = _STAMP.fullmatch(text[:256])
    if found is None:
        return ""
    digits = found[1]
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:]}"


def _labels(inner: Sequence[str]) -> dict[str, FieldValue]:
    """Return the labels of a session's start: by their English names, else by their place."""
    pairs = [_divided(text) for text in inner[2:_MOST_LABELS]]
    is_english = any(label == "Username" for label, _ in pairs)
    places = {} if is_english else _places(pairs)
    labels: dict[str, FieldValue] = {"title": inner[0].strip()[:_LONGEST_LABEL], "Start time": _stamp(inner[1])}
    for at, (label, value) in enumerate(pairs):
        if value:
            labels.setdefault(places.get(at, label), value)
    return labels


def _divided(text: str) -> tuple[str, str]:
    label, _, value = text.partition(":")
    return label.strip()[:_LONGEST_NAME], value.strip()[:_LONGEST_LABEL]


def _places(pairs: Sequence[tuple[str, str]]) -> dict[int, str]:
    """Return which line says what: the machine's shows by its form, the others by where they stand to it."""
    machine = next((at for at, (_, value) in enumerate(pairs) if _MACHINE.fullmatch(value)), None)
    if machine is None:
        return {}
    before = {0: "Username", 1: "RunAs User"} if machine > 1 else {0: "Username"}
    return before | {machine: "Machine", machine + 1: "Host Application", machine + 2: "Process ID"}
