"""The website: visitors and their site searches, feed readers, uptime checks, staff editing, ordinary scanners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from vigilia.demo.chance import Chance
from vigilia.demo.dates import EXPORTED, WEB_LOG_BEGINS, days
from vigilia.demo.people import scenario_words, staff
from vigilia.demo.record import Record
from vigilia.demo.web_record import access_line, encoded_query

__all__ = ["web_background"]

_CHROMIUM = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/136.0.0.0"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1"
_AGENTS = {
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_CHROMIUM} Safari/537.36": 5,
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) {_SAFARI}": 4,
    f"Mozilla/5.0 (Linux; Android 15) {_CHROMIUM} Mobile Safari/537.36": 4,
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0": 1,
}
_PAGES = {
    "/": 8,
    "/about/": 3,
    "/donate/": 3,
    "/reports/": 3,
    "/reports/2025/press-freedom/": 2,
    "/reports/2026/courts-and-speech/": 2,
    "/events/": 2,
    "/contact/": 2,
    "/news/2026/03/volunteers-week/": 1,
    "/wp-content/uploads/2025/06/annual-report-2024.pdf": 1,
}
_PROBES = {
    "GET /.env": 404,
    "GET /wp-login.php": 200,
    "POST /wp-login.php": 403,
    "POST /xmlrpc.php": 403,
    "GET /.git/config": 404,
    "GET /phpmyadmin/index.php": 404,
    "GET /cgi-bin/test.cgi": 404,
    "GET /wp-content/plugins/old-gallery/readme.txt": 404,
    "GET /?id=1%27%20OR%20%271%27=%271": 200,
    "GET /shell.php?cmd=id": 404,
}


def web_background(seed: int) -> list[Record]:
    """Return the access log without the intruder."""
    chance = Chance(seed, "web background")
    records: list[Record] = []
    for day in days(WEB_LOG_BEGINS, EXPORTED.date()):
        for _ in range(chance.count(3.2)):
            records += _visitor(chance, day)
        records += _machines(chance, day)
        records += _editing(chance, day)
    return [record for record in records if record.at < EXPORTED]


def _visitor_address(chance: Chance) -> str:
    if chance.happens(0.15):
        return f"2001:db8:{chance.whole(256, 900):x}::{chance.whole(2, 250):x}"
    return chance.pick(["198.51.100.", "203.0.113."]) + str(chance.whole(192, 254))


def _visitor(chance: Chance, day: dt.date) -> Iterator[Record]:
    at = chance.moment(day, 0, 24)
    address, agent = _visitor_address(chance), chance.weighted(_AGENTS)
    for _ in range(chance.whole(1, 2)):
        page = chance.weighted(_PAGES)
        yield access_line(at, address, f"GET {page}", 200, chance.whole(4, 90) * 611, agent)
        at = chance.later(at, 5, 200)
    if chance.happens(0.06):
        text = chance.pick(scenario_words()["searches"]["public"])
        target = f"GET /?s={encoded_query(text)}"
        yield access_line(
            at, address, target, 200, chance.whole(9, 40) * 517, agent, referer="https://www.lanternfold.example/"
        )


def _machines(chance: Chance, day: dt.date) -> Iterator[Record]:
    yield access_line(chance.moment(day, 6, 6.1), "203.0.113.190", "HEAD /", 200, 0, "uptime-check/2.1")
    yield access_line(chance.moment(day, 0, 24), "198.51.100.201", "GET /feed/", 200, 18211, "feed-reader/4.0")
    if chance.happens(0.25):
        at, address = chance.moment(day, 0, 24), f"203.0.113.{chance.whole(2, 120)}"
        for number in range(chance.whole(1, 3)):
            request = chance.pick(list(_PROBES))
            moment = at + dt.timedelta(seconds=number)
            yield access_line(
                moment, address, request, _PROBES[request], chance.whole(1, 9) * 146, "Mozilla/5.0 zgrab/0.x"
            )


def _editing(chance: Chance, day: dt.date) -> Iterator[Record]:
    leif = staff()["leif.caruana"]
    if not (leif.works(day) and chance.happens(0.3)):
        return
    at, place = leif.moment(chance, day), leif.place(chance, day)
    yield access_line(at, place, "POST /wp-login.php", 302, 0, leif.agent)
    text = chance.pick(["newsletter", "press", "volunteers", "draft", "events"])
    moment = chance.later(at, 30, 300)
    target = f"GET /wp-admin/edit.php?s={encoded_query(text)}&post_status=all"
    yield access_line(moment, place, target, 200, 30411, leif.agent)
    yield access_line(chance.later(moment, 60, 900), place, "POST /wp-admin/post.php", 302, 0, leif.agent)
