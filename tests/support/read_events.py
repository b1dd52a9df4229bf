"""Files as they arrive, through recognition, reader and normaliser, into a store: what an investigation would see."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable

import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA, item_id
from vigilia.model.profile import Profile
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import HEAD_BYTES, ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.scope.activity import load_hits
from vigilia.store.event_store import EventStore

__all__ = ["events_of", "store_of"]


def events_of(content: bytes, zone: str = "UTC") -> pa.Table:
    """Read one file; it must be of a kind that is known, and nothing of it may be rejected."""
    reader = recognise(content[:HEAD_BYTES])
    assert reader is not None, "no reader knows this file"
    normalizer = Normalizer(reader.source, zone, item_id(hashlib.sha256(content).hexdigest()))
    batches = []
    for batch in reader.read(io.BytesIO(content), len(content), ReadLimits()):
        assert not batch.rejects, batch.rejects
        batches.append(normalizer.normalize(batch).events)
    return pa.Table.from_batches(batches, schema=EVENT_SCHEMA)


def store_of(files: Iterable[bytes]) -> EventStore:
    """Return a store of the files' events, with the table of actors that targeting needs."""
    store = EventStore.from_table(pa.concat_tables([events_of(content) for content in files]))
    load_hits(store, [], Profile())
    return store
