"""The only module that opens a connection, for `vigilia knowledge update --online` and nothing else.

It fetches addresses out of our own tables, never out of evidence. The publisher's server learns that somebody at this
address fetched public files, and nothing else: no cookie, no version, no identifier is sent.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Collection
from http.client import HTTPException, HTTPMessage
from typing import IO, Final
from urllib.parse import urlsplit

from vigilia.model.errors import KnowledgeError

__all__ = ["fetch"]

_SECONDS: Final = 30.0
_CHUNK: Final = 1 << 16
_HEADERS: Final = {"User-Agent": "Mozilla/5.0", "Accept": "*/*"}
_SCHEMES: Final = ("https",)


class _NoOtherHost(urllib.request.HTTPRedirectHandler):
    """Follows redirects on the same host alone."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        asked, new = urlsplit(req.full_url), urlsplit(newurl)
        if (asked.scheme, asked.netloc) != (new.scheme, new.netloc):
            raise urllib.error.URLError(f"it points elsewhere, to {new.netloc}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch(address: str, most: int, schemes: Collection[str] = _SCHEMES) -> bytes:
    """Return what lies at an address of our own tables.

    Args:
        address: of a public file.
        most: bytes; more are refused, and no more than that is ever read.
        schemes: HTTPS; tests that run a server of their own say otherwise.

    Raises:
        KnowledgeError: it is no HTTPS address, cannot be reached, points elsewhere, ends early, or is too large.
    """
    if urlsplit(address).scheme not in schemes:
        raise KnowledgeError("not fetched without HTTPS", where=address)
    request = urllib.request.Request(address, headers=_HEADERS)  # noqa: S310 - the scheme was checked
    try:
        with urllib.request.build_opener(_NoOtherHost).open(request, timeout=_SECONDS) as answer:
            content = _read(answer, most)
            length = answer.headers.get("Content-Length")
    except (OSError, HTTPException) as error:
        reason = str(getattr(error, "reason", error))
        raise KnowledgeError(f"cannot be fetched ({reason})", where=address, hint="Nothing was changed.") from error
    if length and length.isdigit() and int(length) != len(content):
        raise KnowledgeError("ended early", where=address, hint="Nothing was changed.")
    return content


def _read(answer: IO[bytes], most: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := answer.read(_CHUNK):
        size += len(part)
        if size > most:
            raise KnowledgeError(f"larger than {most >> 20} MiB", hint="Nothing was changed.")
        parts.append(part)
    return b"".join(parts)
