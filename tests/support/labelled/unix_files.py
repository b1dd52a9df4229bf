"""Labelled acts as Linux and macOS record them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence

from support.labelled.acts import LabelledAct

__all__ = ["UNIX_FILES"]


def _epoch(act: LabelledAct) -> int:
    return int(act.at.timestamp())


def _bash(acts: Sequence[LabelledAct]) -> bytes:
    return "".join(f"#{_epoch(act)}\n{act.recorded}\n" for act in acts).encode()


def _zsh(acts: Sequence[LabelledAct]) -> bytes:
    return b"".join(f": {_epoch(act)}:0;".encode() + _metafied(act.recorded) + b"\n" for act in acts)


def _metafied(text: str) -> bytes:
    """As zsh writes bytes that are special to it (zsh, Src/utils.c, metafy)."""
    special = range(0x83, 0xA3)
    return b"".join(bytes([0x83, byte ^ 0x20]) if byte in special else bytes([byte]) for byte in text.encode())


def _audit(acts: Sequence[LabelledAct]) -> bytes:
    lines = []
    for act in acts:
        arguments = shlex.split(act.recorded)
        program = arguments[0]
        stamp = f"msg=audit({_epoch(act)}.123:{4000 + act.number})"
        syscall = "arch=c000003e syscall=59 success=yes exit=0 items=2 ppid=700 pid=812 auid=1000 uid=0 gid=0 ses=3"
        listed = " ".join(f"a{number}={_audit_value(one)}" for number, one in enumerate(arguments))
        title = b"\0".join(one.encode() for one in arguments)[:128].hex().upper()  # the kernel keeps 128 bytes
        lines += [
            f'type=SYSCALL {stamp}: {syscall} tty=pts0 comm="{program}" exe="/usr/bin/{program}" key="watch"',
            f"type=EXECVE {stamp}: argc={len(arguments)} {listed}",
            f'type=CWD {stamp}: cwd="/home/{act.actor}"',
            f"type=PROCTITLE {stamp}: proctitle={title}",
        ]
    return ("\n".join(lines) + "\n").encode()


def _audit_value(text: str) -> str:
    """As the kernel writes strings: in quotes, or in hexadecimal where a byte is no printable ASCII or a quote."""
    plain = all(0x20 < byte < 0x7F and byte != ord('"') for byte in text.encode())
    return f'"{text}"' if plain else text.encode().hex().upper()


def _sudo(acts: Sequence[LabelledAct]) -> bytes:
    documents = (
        {
            "__CURSOR": f"s=1;i={act.number}",
            "__REALTIME_TIMESTAMP": str(_epoch(act) * 1_000_000),
            "_HOSTNAME": "fs01",
            "_TRANSPORT": "syslog",
            "SYSLOG_IDENTIFIER": "sudo",
            "_COMM": "sudo",
            "_EXE": "/usr/bin/sudo",
            "_PID": "4720",
            "MESSAGE": f"     {act.actor} : TTY=pts/0 ; PWD=/home/{act.actor} ; USER=root ; "
            f"COMMAND=/usr/bin/{' '.join(shlex.split(act.recorded))}",
        }
        for act in acts
    )
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


def _eslogger(acts: Sequence[LabelledAct]) -> bytes:
    def process(path: str, pid: int) -> dict[str, object]:
        token = {"pid": pid, "euid": 501, "auid": 501}
        executable = {"path": path, "path_truncated": False}
        return {"executable": executable, "audit_token": token, "ppid": 1, "signing_id": "x"}

    documents = []
    for act in acts:
        arguments = shlex.split(act.recorded)
        target = process(f"/usr/bin/{arguments[0].rpartition('/')[2]}", 4000 + act.number)
        documents.append(
            {
                "schema_version": 1,
                "mach_time": act.number,
                "event_type": 9,
                "time": f"{act.at:%Y-%m-%dT%H:%M:%S}.123456789Z",
                "event": {"exec": {"script": None, "target": target, "args": arguments, "env": []}},
                "process": process("/bin/zsh", 811),
                "seq_num": act.number,
            }
        )
    return "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents).encode()


UNIX_FILES: Mapping[str, Callable[[Sequence[LabelledAct]], bytes]] = {
    "bash.history": _bash,
    "zsh.history": _zsh,
    "auditd.log": _audit,
    "journal-sudo.json": _sudo,
    "macos-eslogger.json": _eslogger,
}
