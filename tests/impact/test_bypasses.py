"""The access log of a web server vouches for exports only while the intruder used nothing that goes past it."""

from __future__ import annotations

from typing import Any

import pytest

from support.assessed import assessed, at, gravest, intrusion, on_host
from support.events import event
from vigilia.model.profile import DataClass

_MEMBERS = DataClass(id="members", label="Members", where=["table:civicrm"])


def _request(day: int, method: str, status: int = 200, host: str | None = "web1") -> dict[str, Any]:
    return event(
        0, at=at(day), vigilia__source="web.access", host__name=host, http__request__method=method,
        url__original="/civicrm/contact", http__response__status_code=status,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("act", "host", "level"),
    [
        (_request(22, "GET"), "web1", "E3"),
        (_request(22, "POST"), "web1", "E4"),
        (_request(22, "POST", status=403), "web1", "E3"),
        (on_host(22, "mysqldump civicrm", host="WEB1.example.org"), "web1", "E4"),
        (on_host(22, "whoami", host="WS07"), "web1", "E3"),
        (on_host(22, "whoami", host="WS07"), None, "E4"),
    ],
    ids=["get", "post", "refused", "on the server", "elsewhere", "no machine known"],
)
def test_what_goes_past_the_access_log_takes_its_comfort(act: dict[str, Any], host: str | None, level: str) -> None:
    everyday = [_request(day, "GET", host=host) for day in range(60)]
    row = gravest(assessed(everyday, [act], [_MEMBERS], intrusion(hosts=["WEB1"])), "members", "crm-export")
    assert row.level == level, row.statement
    if level == "E4":
        assert "POST" in row.statement or "ran commands on that server" in row.statement
