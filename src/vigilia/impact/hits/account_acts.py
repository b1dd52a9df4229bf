"""What an account that the intruder used did during their stay, and nothing else says is theirs: it forbids silence."""

from __future__ import annotations

from vigilia.impact.weights import load_weights
from vigilia.model.result import Intrusion
from vigilia.model.times import parse_time
from vigilia.store.event_store import EventStore

__all__ = ["ACCOUNT_ACTS", "keep_account_acts"]

ACCOUNT_ACTS = "impact_account_acts"

# Only acts that take all at once (an export, a forwarding rule), and that the account never did before the stay: what
# owners do every day, as reading their mail, says nothing.
_ACTS = """
WITH done AS (
    SELECT "event.id" AS id, "@timestamp" AS moment, "vigilia.source" AS source,
        coalesce("event.action", "event.code", '') AS action, coalesce("source.ip", '') AS address,
        lower(coalesce("user.name", '')) AS actor, "vigilia.fields" AS fields, "vigilia.objects" AS objects
    FROM events WHERE list_contains($accounts::VARCHAR[], lower("user.name")) AND "@timestamp" <= $last
        AND coalesce("event.outcome", '') <> 'failure'
        AND ("vigilia.source", coalesce("event.action", "event.code", '')) IN (
            SELECT (source, action) FROM impact_acts WHERE (sweeping OR own) AND rank < 2)
)
SELECT *, $chance::DOUBLE AS chance FROM done
WHERE moment >= $first AND id NOT IN (SELECT id FROM impact_mine)
    AND (source, action, actor) NOT IN (SELECT (source, action, actor) FROM done WHERE moment < $first)
"""


def keep_account_acts(store: EventStore, intrusion: Intrusion) -> None:
    """Keep them with the least chance that forbids to claim silence; `impact_mine` and `impact_acts` must be there."""
    weights = load_weights().event
    first = parse_time(intrusion.first_seen)
    values: dict[str, object] = {
        "accounts": sorted({one.value.lower() for one in intrusion.accounts if one.probability >= weights.counted}),
        "chance": float(weights.possible),
        "first": first,
        "last": max(first, parse_time(intrusion.last_seen or intrusion.first_seen)),
    }
    store.materialize(ACCOUNT_ACTS, _ACTS, values)
