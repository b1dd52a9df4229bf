"""How saved sources are named: their files, and their log source ids."""

from __future__ import annotations

from typing import Final

__all__ = ["FORM_SUFFIX", "MAPPING_SUFFIX", "OWN_PREFIX"]

FORM_SUFFIX: Final = ".form.toml"
MAPPING_SUFFIX: Final = ".mapping.toml"
OWN_PREFIX: Final = "own."
"""How the log source ids of saved sources begin, so that they never take the place of a shipped one."""
