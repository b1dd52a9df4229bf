"""Lists of indicators as files: STIX 2.1 bundles, MISP events, CSV; recognised by content."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from vigilia.indicators.csv_list import gather_csv
from vigilia.indicators.gathered import Gathered
from vigilia.indicators.misp import MispDocument, gather_misp
from vigilia.indicators.stix import StixBundle, gather_stix
from vigilia.model.errors import UsageError
from vigilia.model.indicators import IndicatorList

__all__ = ["read_indicators"]

_MOST_BYTES = 256 * 2**20
_MOST_INDICATORS = 500_000


class _Response(msgspec.Struct, frozen=True):
    """Several MISP events, as its search gives them."""

    response: list[MispDocument]


def read_indicators(paths: Sequence[Path]) -> IndicatorList:
    """Read lists of indicators; the same value from several sources stays one indicator for each source.

    Raises:
        UsageError: a file cannot be read or is none of the three kinds, or there are too many.
    """
    gathered = Gathered()
    digest = hashlib.sha256()
    for path in paths:
        content = _content(path)
        digest.update(hashlib.sha256(content).digest())
        _gather(content, path, gathered)
    indicators = sorted(set(gathered.indicators))
    if len(indicators) > _MOST_INDICATORS:
        raise UsageError(
            f"there are {len(indicators)} indicators; {_MOST_INDICATORS} at most can be looked for at once",
            hint="Leave out the oldest ones.",
        )
    return IndicatorList(
        indicators=tuple(indicators),
        unused=tuple(gathered.unused()),
        sha256=digest.hexdigest() if paths else "",
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the list of indicators cannot be read ({error.strerror})", where=str(path)) from error
    if len(content) > _MOST_BYTES:
        raise UsageError(
            "the list of indicators is larger than 256 MiB", where=str(path), hint="Leave out the oldest ones."
        )
    return content


def _gather(content: bytes, path: Path, gathered: Gathered) -> None:
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            _gather_json(content.removeprefix(b"\xef\xbb\xbf"), gathered)
        else:
            gather_csv(content.decode("utf-8-sig"), gathered)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UsageError(
            f"neither a STIX 2.1 bundle nor a MISP event ({error})", where=str(path), hint=_KINDS
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"no list that can be read ({error})", where=str(path), hint=_KINDS) from error


_KINDS = "A STIX 2.1 bundle, a MISP event (JSON) or a CSV file in UTF-8 is asked for."


def _gather_json(content: bytes, gathered: Gathered) -> None:
    top = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    if "objects" in top:
        gather_stix(msgspec.json.decode(content, type=StixBundle), gathered)
    elif "response" in top:
        gather_misp(msgspec.json.decode(content, type=_Response).response, gathered)
    else:
        gather_misp([msgspec.json.decode(content, type=MispDocument)], gathered)
