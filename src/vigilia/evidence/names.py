"""Names from evidence, made safe to show: they are attacker-controlled and never used as paths of ours."""

from __future__ import annotations

import os
import unicodedata

__all__ = ["UniqueNames", "points_outside", "safe_name"]

_LONGEST = 4096
# Cc control, Cf format (bidi, zero width), Cs lone surrogate, Zl/Zp line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe_name(raw: bytes | str) -> str:
    r"""Return a name as printable text on one line.

    Bytes that are not UTF-8, and control, bidirectional and invisible characters, are written as ``\xNN`` for each
    of their UTF-8 bytes. "!/" is written as ``\x21/``, because it parts a container from its member in our paths.
    Names of more than 4096 bytes are cut, with "…" at the end.
    """
    octets = os.fsencode(raw) if isinstance(raw, str) else raw
    cut = octets[:_LONGEST]
    text = "".join(_shown(character) for character in cut.decode("utf-8", "surrogateescape"))
    return text.replace("!/", "\\x21/") + ("…" if len(octets) > _LONGEST else "")


def _shown(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if unicodedata.category(character) in _HIDDEN:
        return "".join(f"\\x{octet:02x}" for octet in character.encode("utf-8", "surrogateescape"))
    return character


def points_outside(raw: bytes) -> bool:
    """Say whether a member's name would leave its folder if somebody extracted it by name."""
    parts = raw.replace(b"\\", b"/").split(b"/")
    return raw[:1] in {b"/", b"\\"} or b".." in parts or raw[1:2] == b":"


class UniqueNames:
    """Gives a repeated name a number: "a.log", "a.log (2)"."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._counts: dict[str, int] = {}

    def claim(self, name: str) -> str:
        """Return the name, or the name with the first free number."""
        unique = name
        while unique in self._given:
            self._counts[name] = self._counts.get(name, 1) + 1
            unique = f"{name} ({self._counts[name]})"
        self._given.add(unique)
        return unique
