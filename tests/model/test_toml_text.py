"""Whatever is wrong with a TOML text is told as one kind of error."""

from __future__ import annotations

import msgspec
import pytest

from vigilia.model.toml_text import decode_toml


@pytest.mark.parametrize(
    "text",
    ["a = " + "1" * 9_000, "a = [", "a = 1979-13-40", b"\xff", "a = " + "[" * 9_000],
    ids=lambda text: str(text[:8]),
)
def test_no_text_raises_anything_else(text: str | bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_toml(text, dict[str, object])
