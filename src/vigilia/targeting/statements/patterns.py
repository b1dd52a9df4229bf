"""Patterns: the words that a regular expression, a file mask or a LIKE pattern stands for."""

from __future__ import annotations

import re

__all__ = ["mask_words", "path_pattern_words", "pattern_words"]

_SPECIAL = re.compile(r"[\\\[\]^$*+?%(]")
_EITHER_CASE = re.compile(r"\[([^\W\d_])([^\W\d_])\]")
_SEPARATORS = re.compile(r"\[[\s._\\/:-]{1,12}\](?:\\?[*+?])?|\[\[:(?:space|blank|punct|<|>):\]\](?:\\?[*+?])?")
_CLASSES = re.compile(r"\\[sSwWdD][*+?]?|\.[*+]\??|\.\?|\.\{[0-9,]{1,9}\}")
_ANCHORS = re.compile(r"\\[bBmMyYAzZ<>]|\(\?[a-zA-Z:!=<]{1,8}\)?|(?:^|(?<=[\s|()]))\^|\$(?=$|[\s|)])|\\[QE]")
_ESCAPED = re.compile(r"\\([^\w\s])")
_SUFFIX = re.compile(r"(?:\\\.|\.)(?:\w{1,5}|\([\w|]{1,60}\)|\\\([\w\\|]{1,60}\\\))\??\$?$")


def pattern_words(pattern: str) -> str:
    r"""Return what a regular expression looks for, near enough to read: `\b[Hh]ong\s+Kong.*` is "Hong Kong".

    Alternatives stay as they are ("tibet|lhasa"). Each step is one pass with a pattern that cannot backtrack badly.
    """
    if not _SPECIAL.search(pattern):
        return pattern.strip()
    text = _EITHER_CASE.sub(lambda found: found[1] if found[1].lower() == found[2].lower() else found[0], pattern)
    for blank in (_SEPARATORS, _CLASSES, _ANCHORS):
        text = blank.sub(" ", text)
    text = _ESCAPED.sub(r"\1", text)
    return " ".join(text.replace("%", " ").replace("*", " ").split())


def path_pattern_words(pattern: str) -> str:
    r"""Return what a regular expression over paths looks for in the last part: `.*/.*hong.*\.pdf` is "hong"."""
    last = pattern.rpartition("/")[2]
    return pattern_words(_SUFFIX.sub("", last))


def mask_words(mask: str) -> str:
    """Return the words of a file mask: "*donor*.xls?" is "donor"; a bare "*.docx" names nothing."""
    stem, dot, suffix = mask.rpartition(".")
    bare = stem if dot and len(suffix) <= 5 else mask
    if not bare.strip("*?. "):
        return ""
    bare = _EITHER_CASE.sub(lambda found: found[1] if found[1].lower() == found[2].lower() else found[0], bare)
    return " ".join(bare.replace("*", " ").replace("?", " ").replace("%", " ").split())
