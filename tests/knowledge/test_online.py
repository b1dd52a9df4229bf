"""What is fetched is bounded, comes from where it was asked for, and is whole; and nothing is fetched unasked."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from support.cases import run_vigilia
from vigilia.knowledge.actors.building import fetched_files
from vigilia.knowledge.online import fetch
from vigilia.model.errors import KnowledgeError

_HTTP = ("http",)


class _Publisher(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[dict[str, str]]] = []

    def do_GET(self) -> None:
        self.seen.append(dict(self.headers))
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:9/whole")
            self.end_headers()
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/whole")
            self.end_headers()
        elif self.path == "/missing":
            self.send_error(404)
        else:
            self.send_response(200)
            self.send_header("Content-Length", "10" if self.path == "/whole" else "1000000")
            self.end_headers()
            self.wfile.write(b"0123456789" if self.path in ("/whole", "/cut") else b"x" * 1_000_000)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture
def publisher() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Publisher)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_file_is_fetched_whole_and_redirects_on_the_same_host_are_followed(publisher: str) -> None:
    assert fetch(f"{publisher}/whole", 100, _HTTP) == b"0123456789"
    assert fetch(f"{publisher}/moved", 100, _HTTP) == b"0123456789"


def test_nothing_about_us_is_sent(publisher: str) -> None:
    _Publisher.seen.clear()
    fetch(f"{publisher}/whole", 100, _HTTP)
    sent = {name.lower() for name in _Publisher.seen[0]}
    assert sent <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "vigilia" not in json.dumps(_Publisher.seen).lower()


@pytest.mark.parametrize(
    ("path", "most", "why"),
    [
        ("/elsewhere", 100, "points elsewhere, to 127.0.0.2:9"),
        ("/missing", 100, "Not Found"),
        ("/cut", 100, "ended early|IncompleteRead"),
        ("/large", 1000, "larger than"),
    ],
)
def test_what_is_not_as_it_should_be_is_refused(publisher: str, path: str, most: int, why: str) -> None:
    with pytest.raises(KnowledgeError, match=why):
        fetch(publisher + path, most, _HTTP)


@pytest.mark.parametrize("address", ["http://publisher.example/x", "file:///etc/passwd", "ftp://publisher.example/x"])
def test_only_https_is_fetched(address: str) -> None:
    with pytest.raises(KnowledgeError, match="not fetched without HTTPS"):
        fetch(address, 100)


def test_a_host_that_cannot_be_reached_is_an_error_of_ours() -> None:
    with pytest.raises(KnowledgeError, match="cannot be fetched"):
        fetch("http://127.0.0.1:1/x", 100, _HTTP)


def test_every_address_is_https_and_the_bundle_comes_first() -> None:
    addresses = fetched_files()
    assert all(address.startswith("https://") for address in addresses.values())
    assert next(iter(addresses)) == "enterprise-attack.json"


def test_without_online_nothing_is_fetched(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}
    done = run_vigilia("knowledge", "update", env=env)
    assert (done.returncode, "--online" in done.stderr) == (2, True)
    assert not (tmp_path / "config").exists()
