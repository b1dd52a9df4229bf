"""The profile page does not promise what no stage does."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ELSEWHERE = {"covers", "hosts", "note", "owner"}  # fields of other types have these names too


def test_the_keys_said_to_be_unused_are_unused() -> None:
    """When a stage begins to use one, the page must say so."""
    page = (ROOT / "docs" / "profile.md").read_text(encoding="utf-8")
    sentence = page.partition("Not every key changes an answer yet.")[2].partition("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", sentence))
    assert named
    stages = [path for path in (ROOT / "src" / "vigilia").rglob("*.py") if path.parent.name not in ("model", "demo")]
    source = "\n".join(path.read_text(encoding="utf-8") for path in stages)
    assert [key for key in sorted(named - _ELSEWHERE) if re.search(rf"\.{key}\b", source)] == []
    assert [key for key in sorted(named & _ELSEWHERE) if re.search(rf"organisation\.{key}\b", source)] == []
