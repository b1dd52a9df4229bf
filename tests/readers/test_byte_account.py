"""Promise 1 for the text readers: whatever happens to a file, no exception, and every byte is accounted for."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.m365_records import MAIL_READ, SEARCH, purview_csv
from support.reading import read_all
from vigilia.readers.reader import ReadLimits
from vigilia.readers.registry import reader_named

_WINDOWS = {"EventID": 4624, "Channel": "Security", "Computer": "FS01", "TargetUserName": "ada", "nested": {"a": [1]}}
_SOURCES = {
    "m365-audit-csv": [
        purview_csv([MAIL_READ, SEARCH]).encode("utf-8-sig"),
        purview_csv([SEARCH, SEARCH], separator=";").encode("utf-16"),
    ],
    "m365-audit-json": [
        b"\n".join(json.dumps(record).encode() for record in (MAIL_READ, SEARCH)),
        json.dumps([MAIL_READ, SEARCH], indent=2).encode("utf-16"),
        json.dumps({"value": [{"auditData": MAIL_READ}, {"auditData": SEARCH}]}).encode(),
    ],
    "windows-json": [json.dumps([_WINDOWS] * 3, indent=1).encode(), (json.dumps(_WINDOWS) + "\n").encode() * 3],
}
_PATCHES = st.lists(
    st.tuples(
        st.integers(0, 2000),
        st.sampled_from([b'"', b"{", b"}", b"\n", b"\xff", b"\0", b"\\", b"]", b"\xd8", b",", b"NaN", b""]),
        st.integers(0, 3),
    ),
    max_size=5,
)


@pytest.mark.parametrize("name", _SOURCES)
@settings(max_examples=80, deadline=None)
@given(pick=st.integers(0, 9), patches=_PATCHES, cut=st.integers(0, 800), longest=st.sampled_from([64, 1 << 20]))
def test_mutated_files_are_accounted_for(
    name: str, pick: int, patches: list[tuple[int, bytes, int]], cut: int, longest: int
) -> None:
    content = _SOURCES[name][pick % len(_SOURCES[name])]
    for at, patch, dropped in patches:
        content = content[:at] + patch + content[at + dropped :]
    read_all(reader_named(name), content[: max(0, len(content) - cut)], ReadLimits(line_bytes=longest, depth=3))


@pytest.mark.parametrize("name", _SOURCES)
@given(content=st.binary(max_size=300))
def test_noise_is_accounted_for(name: str, content: bytes) -> None:
    read_all(reader_named(name), content)


@pytest.mark.parametrize("name", _SOURCES)
def test_a_file_of_nothing_but_rejects_comes_in_batches_too(name: str) -> None:
    """Memory stays flat: rejects are handed over as records are."""
    content = b"CreationDate,AuditData\n" + b'"\n{\n' * 100
    batches = list(reader_named(name).read(io.BytesIO(content), len(content), ReadLimits(batch_records=10)))
    assert len(batches) > 5
    assert all(len(batch.rejects) <= 10 for batch in batches)


@pytest.mark.parametrize("name", _SOURCES)
def test_batches_do_not_change_what_is_read(name: str) -> None:
    for content in _SOURCES[name]:
        whole, single = (read_all(reader_named(name), content, ReadLimits(batch_records=n)) for n in (10_000, 1))
        assert whole == single


@pytest.mark.parametrize("name", _SOURCES)
def test_a_line_over_the_limit_costs_no_more_than_itself(name: str) -> None:
    """The whole content is one line, thirty times the limit."""
    reading = read_all(reader_named(name), b'{"a":"' + b"x" * 3000 + b'"}', ReadLimits(line_bytes=100))
    assert reading.rows == []
    assert len(reading.rejects) == 1
