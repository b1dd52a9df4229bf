"""What PostgreSQL's csvlog and jsonlog have in common: the names of csvlog's columns, and what messages say."""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Mapping
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.field_details import FieldDetails
from vigilia.readers.line_forms import parse_line_form

__all__ = ["CSVLOG_COLUMNS", "with_message"]

CSVLOG_COLUMNS: Final = (
    "log_time",
    "user_name",
    "database_name",
    "process_id",
    "connection_from",
    "session_id",
    "session_line_num",
    "command_tag",
    "session_start_time",
    "virtual_transaction_id",
    "transaction_id",
    "error_severity",
    "sql_state_code",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_query_pos",
    "context",
    "query",
    "query_pos",
    "location",
    "application_name",
    "backend_type",  # since 13
    "leader_pid",  # since 14
    "query_id",  # since 14
)
_TEXT_FORM: Final = "postgresql_stderr.toml"


@functools.cache
def _details() -> FieldDetails:
    form = importlib.resources.files(__package__).joinpath(_TEXT_FORM).read_text(encoding="utf-8")
    return FieldDetails(parse_line_form(form, _TEXT_FORM).detail, _TEXT_FORM)


def with_message(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    """Return a record's fields with what its message says, as in the text log."""
    told = dict(fields)
    _details().add_to(told)
    return told
