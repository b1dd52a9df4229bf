"""Forms of Han characters: traditional, Japanese and simplified ones that stand for the same character."""

from __future__ import annotations

import functools

__all__ = ["simplified_forms"]

# CJK Unified Ideographs and Extension A (Unicode 16, table 18-1): what people type.
_BLOCKS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))


@functools.lru_cache(maxsize=1)
def simplified_forms() -> dict[str, str]:
    """Return character → its simplified form, for those that have another (OpenCC's tables, character by character).

    Japanese forms are led back to the traditional ones first, unless they are in everyday Chinese use as characters of
    their own (GB 2312): 沢 and 澤 become 泽, but 芸 stays apart from 藝.
    """
    from opencc import OpenCC

    traditional, simplified = OpenCC("jp2t").convert, OpenCC("t2s").convert
    # One character on each line, so that no rule about words applies.
    characters = [chr(point) for block in _BLOCKS for point in block]
    from_japanese = traditional("\n".join(characters)).split("\n")
    sources = [
        old if not _is_everyday_chinese(character) and len(old) == 1 else character
        for character, old in zip(characters, from_japanese, strict=True)
    ]
    forms = simplified("\n".join(sources)).split("\n")
    return {old: new for old, new in zip(characters, forms, strict=True) if old != new and len(new) == 1}


def _is_everyday_chinese(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
