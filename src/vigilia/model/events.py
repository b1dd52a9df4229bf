"""The normalised event: ECS names over one fixed Arrow schema, beside the source's own fields.

Names are those of the Elastic Common Schema 9 where it has one; `vigilia.*` and `session.id` are ours.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

__all__ = ["EVENT_SCHEMA", "EventBatch", "event_id", "item_id"]

_TEXT = pa.string()
_TEXTS = pa.list_(pa.field("item", pa.string()))
_INTEGER = pa.int64()

EVENT_SCHEMA = pa.schema(
    [
        pa.field("event.id", _TEXT, nullable=False),
        pa.field("@timestamp", pa.timestamp("us", tz="UTC")),
        pa.field("vigilia.time_basis", _TEXT, nullable=False),  # model.times.TimeBasis
        pa.field("vigilia.source", _TEXT, nullable=False),  # log source id: "windows", "m365.audit", "linux.auditd" …
        pa.field("vigilia.item", _TEXT, nullable=False),  # evidence item id
        pa.field("vigilia.record", _INTEGER, nullable=False),
        pa.field("vigilia.offset", _INTEGER),
        pa.field("vigilia.length", _INTEGER),
        pa.field("vigilia.decoder", _TEXT),  # which way a record of a large event log was read: "kernels", "library"
        # What happened
        pa.field("event.action", _TEXT),  # the source's own verb: "MailItemsAccessed", "4624", "execve", "GET"
        pa.field("event.code", _TEXT),  # Windows event id and the like
        pa.field("event.provider", _TEXT),  # channel, workload or daemon: "Security", "Exchange", "sshd"
        pa.field(
            "event.category", _TEXT
        ),  # one ECS category: authentication, process, file, email, web, iam, configuration …
        pa.field("event.outcome", _TEXT),  # success, failure; null where the record does not say
        # Who
        pa.field("user.name", _TEXT),  # as recorded; mail-style names lower-cased
        pa.field("user.id", _TEXT),
        pa.field("user.domain", _TEXT),
        pa.field("user.target.name", _TEXT),  # the account acted upon
        pa.field("session.id", _TEXT),
        pa.field("client.application", _TEXT),  # AppId, client info string
        pa.field("user_agent.original", _TEXT),
        # Where
        pa.field("source.ip", _TEXT),
        pa.field("source.port", _INTEGER),
        pa.field("destination.ip", _TEXT),
        pa.field("destination.port", _INTEGER),
        pa.field("destination.domain", _TEXT),
        pa.field("source.bytes", _INTEGER),  # sent by the source of a connection
        pa.field("destination.bytes", _INTEGER),  # sent by its destination
        pa.field("dns.question.name", _TEXT),
        pa.field("host.name", _TEXT),
        # With what
        pa.field("process.executable", _TEXT),
        pa.field("process.command_line", _TEXT),
        pa.field("process.pid", _TEXT),
        pa.field("process.entity_id", _TEXT),  # a process identity unique on its host (Sysmon ProcessGuid), else null
        pa.field("process.parent.executable", _TEXT),
        pa.field("process.parent.command_line", _TEXT),
        pa.field("process.parent.entity_id", _TEXT),
        pa.field("script.text", _TEXT),  # PowerShell script block and the like
        # On what
        pa.field("file.path", _TEXT),
        pa.field("url.original", _TEXT),
        pa.field("http.request.method", _TEXT),
        pa.field("http.response.status_code", _INTEGER),
        pa.field("email.from.address", _TEXT),
        pa.field("email.to.address", _TEXT),  # several joined by a space
        pa.field("email.subject", _TEXT),
        pa.field("vigilia.search", _TEXT),  # the query, where the record itself is a search
        # Typed locators of what was acted upon, in the form that org.toml's `where` uses:
        # "mailbox:a@b.example", "sharepoint:https://…", "share:\\FS01\Donors\x.docx", "path:/srv/x", "app:MemberHub".
        pa.field("vigilia.objects", _TEXTS),
        pa.field("vigilia.bytes", _INTEGER),  # bytes that the record says were transferred to the actor
        pa.field("vigilia.fields", _TEXT, nullable=False),  # the source's own fields as a JSON object, keys sorted
    ]
)


@dataclass(frozen=True, slots=True)
class EventBatch:
    """The same rows twice: normalised, and with the source's own field names as Sigma rules know them.

    Attributes:
        source: log source id, one for the whole batch.
        events: rows × EVENT_SCHEMA.
        fields: rows × the source's fields, as in `SourceBatch.fields`.
    """

    source: str
    events: pa.RecordBatch
    fields: pa.RecordBatch


def item_id(sha256: str) -> str:
    """Return the evidence item id: the first 16 hex digits of the content's SHA-256."""
    return sha256[:16]


def event_id(item: str, record: int) -> str:
    """Return the event id: evidence item id, a colon, and the record number in that item."""
    return f"{item}:{record}"
