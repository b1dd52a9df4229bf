"""WireGuard's dump holds secret keys: they are read over and kept nowhere."""

from __future__ import annotations

import json

from support.reading import read_all
from vigilia.readers.registry import reader_named

_SECRET, _SHARED, _PUBLIC = "S" * 42 + "8=", "P" * 42 + "4=", "B" * 42 + "c="


def test_secret_keys_are_not_kept() -> None:
    dump = (
        f"{_SECRET}\t{_PUBLIC}\t51820\toff\n"
        f"{_PUBLIC}\t{_SHARED}\t203.0.113.9:51820\t10.9.0.2/32\t1772442900\t1\t2\toff\n"
    )
    reading = read_all(reader_named("wireguard-dump"), dump.encode())
    kept = json.dumps(reading.rows)
    assert len(reading.rows) == 1
    assert _PUBLIC in kept
    assert _SECRET not in kept
    assert _SHARED not in kept
    assert reading.rejects == []
