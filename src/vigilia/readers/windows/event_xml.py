"""Windows events as XML: Event Viewer's export, `wevtutil qe /f:xml` and `/f:RenderedXml`, Get-WinEvent's ToXml().

The elements may stand in `<Events>` or simply one after another. Field names are those of `windows-evtx`. Elements:
Microsoft, "Event Schema" (learn.microsoft.com/windows/win32/wes/eventschema-elements).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import TRUNCATED, ColumnBuilder, FieldValue
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.windows.event_fields import event_fields
from vigilia.readers.xml_elements import XmlNode, add_elements, head_element, parse_element

__all__ = ["READER", "event_data_of"]

_ELEMENT: Final = b"Event"
_UNNAMED: Final = "Data"
_NAMESPACE: Final = b"schemas.microsoft.com/win/2004/08/events/event"


@dataclass(frozen=True, slots=True)
class _WindowsXml(BatchedReader):
    name: str = "windows-xml"
    source: str = "windows"
    title: str = "Windows events as XML (Event Viewer, wevtutil)"

    def recognise(self, head: bytes) -> float:
        first = head_element(head, _ELEMENT)
        if not first:
            return 0.0
        return 0.98 if _NAMESPACE in first else 0.9 if b"<System>" in first and b"<EventID" in first else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        return add_elements(stream, _ELEMENT, builder, limits, lambda event: _fields(event, limits.depth))


def _fields(event: XmlNode, depth: int) -> dict[str, FieldValue] | None:
    """Return the fields of one event; None where the element is none."""
    if not any(part.name == "System" for part in event.children):
        return None
    parts: dict[str, object] = {}
    for part in event.children:
        if part.name != "RenderingInfo":
            parts[part.name] = _event_data(part) if part.name == "EventData" else _content(part)
    fields = event_fields(parts, depth)
    for rendered in (part for part in event.children if part.name == "RenderingInfo"):
        for part in rendered.children:
            name = "Message" if part.name == "Message" else f"RenderingInfo.{part.name}"
            texts = [one.text for one in part.children] or part.text
            if texts:
                fields.setdefault(name, texts)
    if event.cut:
        fields[TRUNCATED] = f"nested deeper than {depth}"
    return fields


def event_data_of(text: str, depth: int) -> Mapping[str, object] | None:
    """Return the values in the text of an `<EventData>`, perhaps within a `<DataItem>`; None for any other text."""
    node = parse_element(text.encode("utf-8", "replace"), depth)
    while node is not None and node.name == "DataItem":
        node = next(iter(node.children), None)
    if node is None or node.name != "EventData":
        return None
    return {name: value for name, value in _event_data(node).items() if name != "#attributes"}


def _event_data(part: XmlNode) -> Mapping[str, object]:
    """Return `<Data Name="x">y</Data>` as `{x: y}`; values without a name are the list "Data".

    The second value of a name is `x_1`, so that a field is never a list in one event and a text in another.
    """
    named: dict[str, object] = {"#attributes": dict(part.attributes)} if part.attributes else {}
    unnamed: list[object] = []
    seen: Counter[str] = Counter()
    for one in part.children:
        value: object = _content(one) if one.children else one.text
        name = one.attributes.get("Name") or one.name
        if name == _UNNAMED:
            unnamed.append(value)
        else:
            named[f"{name}_{seen[name]}" if seen[name] else name] = value
            seen[name] += 1
    return named | ({_UNNAMED: unnamed} if unnamed else {})


def _content(node: XmlNode) -> object:
    """Return an element as `event_fields` takes it: a text, or a mapping with "#text" and "#attributes".

    The second element of a name is `name_1`, the third `name_2`, as in EVTX.
    """
    if not node.children and not node.attributes:
        return node.text or None
    content: dict[str, object] = {}
    seen: Counter[str] = Counter()
    for child in node.children:
        number = seen[child.name]
        seen[child.name] += 1
        content[f"{child.name}_{number}" if number else child.name] = _content(child)
    if node.attributes:
        content["#attributes"] = dict(node.attributes)
    if text := node.text.strip():
        content["#text"] = text
    return content


READER: Final[Reader] = _WindowsXml()
