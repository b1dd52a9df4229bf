"""Lines of nginx's combined access log of the website web01, in its local time with the offset."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote, quote_plus

from vigilia.demo.dates import server_time
from vigilia.demo.record import Record, Search

__all__ = ["access_line", "encoded_query", "encoded_shell"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def encoded_query(text: str) -> str:
    """Return a search text as a browser's form writes it into a URL."""
    return quote_plus(text, safe="")


def encoded_shell(text: str) -> str:
    """Return a shell command as the intruder's client writes it into a URL."""
    return quote(text, safe="")


def access_line(
    at: dt.datetime,
    address: str,
    request: str,
    status: int,
    size: int,
    agent: str,
    *,
    referer: str = "-",
    intruder: bool = False,
    search: Search | None = None,
) -> Record:
    """Return one line; `request` is method and target ("GET /about")."""
    local = server_time(at)
    stamp = f"{local:%d}/{_MONTHS[local.month - 1]}/{local:%Y:%H:%M:%S %z}"
    line = f'{address} - - [{stamp}] "{request} HTTP/1.1" {status} {size} "{referer}" "{agent}"'
    return Record(at, line, intruder, search)
