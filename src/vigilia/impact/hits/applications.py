"""What applications read that the intruder gave consent to, or whose secrets they made."""

from __future__ import annotations

import pyarrow as pa

from vigilia.impact.weights import load_weights
from vigilia.store.event_store import EventStore

__all__ = ["application_events"]

_GUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# The record of a consent names the application among its targets; the tenant and the accounts in it read nothing.
_CONSENTED = f"""
SELECT application, max(chance) AS chance FROM (
    SELECT unnest(regexp_extract_all(lower(fields), '{_GUID}')) AS application, chance
    FROM impact_mine
    WHERE chance >= ? AND (starts_with(action, 'Consent to application')
        OR starts_with(action, 'Add OAuth2PermissionGrant')
        OR starts_with(action, 'Add app role assignment') OR starts_with(action, 'Add delegated permission grant')
        OR starts_with(action, 'Add service principal') OR starts_with(action, 'Update application')
        OR action = 'New-ServicePrincipal')
)
GROUP BY application ORDER BY application
"""  # noqa: S608 - our own constant

_READ = """
SELECT "event.id" AS id, chance, "@timestamp" AS moment, "event.action" AS action, coalesce("source.ip", '') AS address,
    "vigilia.objects" AS objects, "vigilia.fields" AS fields
FROM events JOIN impact_consented AS consented ON consented.application IN (
    lower(coalesce(json_extract_string("vigilia.fields", '$."AppId"'), '')),
    lower(coalesce(json_extract_string("vigilia.fields", '$."ClientAppId"'), '')),
    lower(coalesce(json_extract_string("vigilia.fields", '$."ApplicationId"'), '')),
    lower(coalesce(json_extract_string("vigilia.fields", '$."AppAccessContext.ClientAppId"'), '')))
WHERE "vigilia.source" = 'm365.audit' AND "event.action" IN ('MailItemsAccessed', 'FileAccessed', 'FileDownloaded',
        'FileAccessedExtended', 'FilePreviewed', 'Send', 'FileSyncDownloadedFull')
    AND coalesce("event.outcome", '') <> 'failure'
"""


def application_events(store: EventStore) -> pa.Table:
    """Return what those applications read (id, chance, moment, action, address, objects, fields), in no order.

    The application is the intruder's as surely as the consent is; each record of it then is too.
    """
    consented = store.query(_CONSENTED, [load_weights().event.counted])
    store.register("impact_consented", consented)
    return store.query(_READ)
