"""Labelled acts as web servers, proxies and databases log them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence

from support.labelled.acts import LabelledAct

__all__ = ["SERVER_FILES"]

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def _address(act: LabelledAct) -> str:
    return f"203.0.113.{10 + act.number % 200}"


def _apache(acts: Sequence[LabelledAct]) -> str:
    return "".join(
        f"{_address(act)} - - [{act.at:%d/%b/%Y:%H:%M:%S} +0000] "
        f'"GET {act.recorded} HTTP/1.1" 200 5120 "-" "{_BROWSER}"\n'
        for act in acts
    )


def _nginx(acts: Sequence[LabelledAct]) -> str:
    documents = (
        {
            "time_iso8601": f"{act.at:%Y-%m-%dT%H:%M:%S}+00:00",
            "remote_addr": _address(act),
            "remote_user": "",
            "request_method": "GET",
            "request_uri": act.recorded,
            "server_protocol": "HTTP/1.1",
            "status": "200",
            "body_bytes_sent": "612",
            "http_referer": "",
            "http_user_agent": _BROWSER,
            "host": "www.lanternfold.example",
        }
        for act in acts
    )
    return "".join(json.dumps(document) + "\n" for document in documents)


def _iis(acts: Sequence[LabelledAct]) -> str:
    head = [
        "#Software: Microsoft Internet Information Services 10.0",
        "#Version: 1.0",
        f"#Date: {acts[0].at:%Y-%m-%d %H:%M:%S}",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
        "sc-status sc-substatus sc-win32-status time-taken",
    ]
    browser = _BROWSER.replace(" ", "+")
    for act in acts:
        stem, _, query = act.recorded.partition("?")
        request = f"192.0.2.10 GET {stem} {query or '-'} 443 - {_address(act)} {browser} - 200 0 0 31"
        head.append(f"{act.at:%Y-%m-%d %H:%M:%S} {request}")
    return "\r\n".join(head) + "\r\n"


def _squid(acts: Sequence[LabelledAct]) -> str:
    return "".join(
        f"{int(act.at.timestamp())}.250    180 192.0.2.7 TCP_MISS/200 2411 GET {act.recorded} {act.actor} "
        "HIER_DIRECT/198.51.100.9 text/html\n"
        for act in acts
    )


def _zscaler(acts: Sequence[LabelledAct]) -> str:
    lines = []
    for act in acts:
        url = act.recorded.partition("://")[2]
        fields = {
            "reason": "Allowed",
            "event_id": str(7_000_000_000_000_000_000 + act.number),
            "protocol": "HTTPS",
            "action": "Allowed",
            "urlcategory": "Web Search",
            "serverip": "198.51.100.9",
            "requestmethod": "GET",
            "useragent": _BROWSER,
            "product": "NSS",
            "ClientIP": "192.0.2.7",
            "status": "200",
            "user": f"{act.actor}@lanternfold.example",
            "url": url,
            "vendor": "Zscaler",
            "hostname": url.partition("/")[0],
        }
        stamp = f"{act.at:%Y-%m-%d %H:%M:%S}"
        lines.append("\t".join([stamp, *(f"{name}={value}" for name, value in fields.items())]) + "\n")
    return "".join(lines)


def _postgresql(acts: Sequence[LabelledAct]) -> str:
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    for line, act in enumerate(acts, 1):
        at = f"{act.at:%Y-%m-%d %H:%M:%S}.554 UTC"
        session = [act.actor, "crm", 34, "203.0.113.9:51000", "5ff25bb2.22", line, "SELECT"]
        begun = [f"{act.at:%Y-%m-%d} 00:00:00 UTC", "3/2", 0, "LOG", "00000"]
        writer.writerow([at, *session, *begun, f"statement: {act.recorded}", *[""] * 8, "psql", "client backend"])
    return written.getvalue()


def _mysql(acts: Sequence[LabelledAct]) -> str:
    lines = [
        "/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:",
        "Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock",
        "Time                 Id Command    Argument",
    ]
    for number, actor in enumerate(sorted({act.actor for act in acts})):
        lines.append(
            f"{acts[0].at:%Y-%m-%dT%H:%M:%S}.000000Z\t   {10 + number} Connect\t{actor}@localhost on crm using Socket"
        )
    numbers = {actor: 10 + number for number, actor in enumerate(sorted({act.actor for act in acts}))}
    for act in acts:
        lines.append(f"{act.at:%Y-%m-%dT%H:%M:%S}.223456Z\t   {numbers[act.actor]} Query\t{act.recorded}")
    return "\n".join(lines) + "\n"


SERVER_FILES: Mapping[str, Callable[[Sequence[LabelledAct]], str]] = {
    "apache-combined.log": _apache,
    "nginx.json": _nginx,
    "iis-w3c.log": _iis,
    "squid-access.log": _squid,
    "zscaler.log": _zscaler,
    "postgresql.csv": _postgresql,
    "mysql-general.log": _mysql,
}
