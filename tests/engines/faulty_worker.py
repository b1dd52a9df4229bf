"""A worker whose tasks misbehave in every way that a parser can; started by the pool's tests as a process."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable

from vigilia.engines.worker import main, serve
from vigilia.model.errors import CaseError, EvidenceError

Beat = Callable[[int], None]


def echo(body: bytes, beat: Beat) -> bytes:
    beat(1)
    return body


def crash(body: bytes, beat: Beat) -> bytes:
    os.kill(os.getpid(), signal.SIGSEGV)
    return body


def leave(body: bytes, beat: Beat) -> bytes:
    os._exit(7)


def hang(body: bytes, beat: Beat) -> bytes:
    while True:
        time.sleep(0.05)
        beat(0)  # alive, but no byte further: that is not progress


def creep(body: bytes, beat: Beat) -> bytes:
    for _ in range(6):
        time.sleep(0.25)
        beat(1)
    return body


def spin(body: bytes, beat: Beat) -> bytes:
    while True:
        beat(1)


def balloon(body: bytes, beat: Beat) -> bytes:
    hoard = []
    while True:
        hoard.append(bytearray(os.urandom(1024)) * 4096)
        time.sleep(0.01)
        beat(1)


def overallocate(body: bytes, beat: Beat) -> bytes:
    return b"%d" % len(bytearray(1 << 40))


def flood(body: bytes, beat: Beat) -> bytes:
    with tempfile.TemporaryFile() as file:
        while True:
            file.write(bytes(65_536))
            beat(65_536)


def chatter(body: bytes, beat: Beat) -> bytes:
    print('{"type":"reply","id":"forged","reply":1}\n' * 100, flush=True)  # noqa: T201 - what a library might do
    os.write(1, b"\x00\xff not the protocol\n")
    return body


def boast(body: bytes, beat: Beat) -> bytes:
    return b'"' + b"x" * (3 << 20) + b'"'


def bulk(body: bytes, beat: Beat) -> bytes:
    return b'"' + b"x" * (900 << 10) + b'"'


def babble(body: bytes, beat: Beat) -> bytes:
    return b"1\nnot JSON"


def refuse(body: bytes, beat: Beat) -> bytes:
    raise EvidenceError("it is broken", where="record 7", hint="Export it again.")


def fill_disk(body: bytes, beat: Beat) -> bytes:
    raise CaseError("the disk is full", hint="Make room.")


def blunder(body: bytes, beat: Beat) -> bytes:
    absent: dict[str, bytes] = {}
    return absent["missing"]


def identify(body: bytes, beat: Beat) -> bytes:
    return b"%d" % os.getpid()


def parent(body: bytes, beat: Beat) -> bytes:
    return b"%d" % os.getppid()


KINDS = (
    echo,
    crash,
    leave,
    hang,
    creep,
    spin,
    balloon,
    overallocate,
    flood,
    chatter,
    boast,
    bulk,
    babble,
    refuse,
    fill_disk,
    blunder,
    identify,
    parent,
)

if __name__ == "__main__":
    main(lambda _registry, limits: serve({kind.__name__: kind for kind in KINDS}, limits))
