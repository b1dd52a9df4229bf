from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st

from support.coded_rows import ShortReads
from support.evtx_files import CHUNK, evtx_chunk
from vigilia.readers.windows.evtx_regions import regions

_CHUNK = evtx_chunk([(1, {"a": "1"})])
_PARTS = st.lists(
    st.one_of(
        st.just(_CHUNK),
        st.integers(1, CHUNK - 1).map(lambda cut: _CHUNK[:cut]),
        st.integers(1, CHUNK - 1).map(lambda cut: _CHUNK[cut:]),
        st.integers(1, 3 * CHUNK).map(bytes),
        st.binary(min_size=1, max_size=200),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(_PARTS, st.sampled_from([CHUNK, 1 << 20]), st.integers(1, 200_000))
def test_regions_are_the_bytes_of_the_stream_one_after_another(parts: list[bytes], between: int, most: int) -> None:
    content = b"".join(parts)
    found = list(regions(ShortReads(content, most), 0, between))
    assert b"".join(region.content for region in found) == content
    at = 0
    for region in found:
        assert region.offset == at
        assert region.content
        assert len(region.content) <= max(between, CHUNK)
        at += len(region.content)
    assert found == list(regions(io.BytesIO(content), 0, between))


@given(st.lists(st.integers(1, 100_000).map(lambda size: b"\xaa" * size), min_size=1, max_size=4))
@settings(max_examples=40, deadline=None)
def test_whole_chunks_are_found_wherever_they_begin(gaps: list[bytes]) -> None:
    content = b"".join(gap + _CHUNK for gap in gaps)
    chunks = [region for region in regions(io.BytesIO(content), 0, CHUNK) if region.is_chunk]
    assert [region.content for region in chunks] == [_CHUNK] * len(gaps)
