"""Names of countries and territories in every language of the Unicode CLDR, compiled into places.tsv.

The table is compiled from Babel (`compile_places`) when the package is built, because reading 319 locales at each
start takes over a second. A test compares it with Babel.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import defaultdict

import babel.localedata

from vigilia.knowledge.shipped_table import read_text

__all__ = ["compile_places", "load_places"]

_HEADER = (
    "# Names of countries and territories (ISO 3166-1 alpha-2), from the Unicode CLDR through Babel 2.18.\n"
    "# Copyright 1991-2025 Unicode, Inc. Unicode License v3: https://www.unicode.org/license.txt\n"
    "# Left out: names of up to three Latin letters, and names of up to five that fewer than three languages use.\n"
)
_COUNTRY = re.compile(r"[A-Z]{2}")
_NOT_A_COUNTRY = frozenset({"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB"})


@functools.lru_cache(maxsize=1)
def load_places() -> dict[str, tuple[str, ...]]:
    """Return code → names, both sorted."""
    lines = read_text("vigilia.knowledge", "places.tsv").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {row[0]: tuple(row[1:]) for row in rows}


def compile_places() -> str:
    """Return the text of places.tsv from the CLDR data that Babel holds."""
    languages: dict[tuple[str, str], set[str]] = defaultdict(set)
    for identifier in sorted(babel.localedata.locale_identifiers()):
        territories = babel.localedata.load(identifier).get("territories", {})
        for code, name in territories.items():
            if _COUNTRY.fullmatch(code) and code not in _NOT_A_COUNTRY:
                languages[code, " ".join(name.split())].add(identifier.partition("_")[0])
    names: dict[str, list[str]] = defaultdict(list)
    for (code, name), used_by in sorted(languages.items()):
        if _is_distinct(name, code, len(used_by)):
            names[code].append(name)
    return _HEADER + "".join("\t".join([code, *found]) + "\n" for code, found in sorted(names.items()))


def _is_distinct(name: str, code: str, languages: int) -> bool:
    """A short Latin word of one small language is an everyday word in another; a single character says too little."""
    if name == code or len(name) < 2:
        return False
    latin = all(ord(letter) < 0x250 for letter in unicodedata.normalize("NFC", name))
    return not latin or len(name) > 5 or (len(name) > 3 and languages >= 3)
