"""Whatever a collector's own files hold, describing a collection ends without an error and in bounded text."""

from __future__ import annotations

import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.archives import tar_of
from support.collections import described_from

R = "results/A%2F"
RUN = "2026-03-02T09_15_00_1234567"
SHAPES = {
    "Velociraptor": ["client_info.json", "uploads.json", "log.json", f"{R}Uploads.json", f"{R}All File Metadata.json"],
    "KAPE": [f"{RUN}_CopyLog.csv", f"{RUN}_SkipLog.csv", f"{RUN}_ConsoleLog.txt"],
    "UAC": ["uac.log", "bodyfile/bodyfile.txt", "live_response/system/hostname.txt", "[root]/var/log/a.log"],
    "CyLR": ["CyLR_Collection_Log_2026-03-02_09-15-00.log", "C/a.log"],
}  # fmt: skip
SEEDS = [
    b'{"SourceFile": "C:\\\\a", "Modified": "2026-01-01T00:00:00Z", "SourceFileSha256": null, "level": "ERROR"}\n',
    b'SourceFile,DestinationFile,SourceFileSha1,Reason,ModifiedOnUtc\nC:\\a,D:\\C\\a,00,"x,2026-01-01 00:00:00\n',
    b"2026-03-02 09:15:00 +0000 ERROR x\n0|/var/log/a.log|7|r|0|4|9|1|99999999999999999999|1|0\n",
    b"Machine name: \x00,\n--tsource C: Could not copy file a to b. Error: error\n",
]
CONTENT = st.lists(st.one_of(st.sampled_from(SEEDS), st.binary(min_size=1, max_size=80)), min_size=1, max_size=6).map(
    b"".join
)


def _is_hidden(letter: str) -> bool:
    """Whether a letter could do something to a terminal or a page; one that no font has yet does nothing."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("collector", SHAPES)
@settings(max_examples=40, deadline=None)
@given(contents=st.lists(CONTENT, min_size=5, max_size=5))
def test_any_bytes_are_described(collector: str, contents: list[bytes]) -> None:
    archive = tar_of({name: b"#" + content for name, content in zip(SHAPES[collector], contents, strict=False)})
    with tempfile.TemporaryDirectory() as folder:
        described = described_from(Path(folder), "c.tar", archive)
    texts = [described.host, *described.warnings, *(one.path + one.reason for one in described.missed)]
    assert all(len(text) < 3000 and not any(map(_is_hidden, text)) for text in texts)
    assert described.missed_count >= len(described.missed)
