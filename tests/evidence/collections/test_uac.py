"""UAC collections: paths below `[root]`, the host by file or archive name, errors from `uac.log`."""

from __future__ import annotations

import gzip
from pathlib import Path

from support.archives import tar_of
from support.collections import described_from, gathered_from, origins

AUTH = "[root]/var/log/auth.log"
LOG = b"2026-03-02 09:15:00 +0000 INFO start\n2026-03-02 09:15:02 +0000 ERROR find: /root: Permission denied\n"
MEMBERS = {
    AUTH: b"Mar  1 12:00:00 web01 sshd[7]: Accepted password for ada from 192.0.2.7 port 4711 ssh2\n",
    "[root]/var/log/odd|name.log": b"Mar  1 12:00:00 web01 cron[7]: x\n",
    "live_response/system/hostname.txt": b"lantern-web1\nmore\n",
    "live_response/process/ps.txt": b"PID\n1\n",
    "bodyfile/bodyfile.txt": b"0|/var/log/auth.log|7|-rw-r-----|0|4|90|1772000000|1772366399|1772366399|0\n"
    b"0|/var/log/odd|name.log|8|-rw-|0|4|90|1|1772366300|1|0\n0|broken\n",
    "hash_executables/hash_executables.sha1": b"aa  /usr/sbin/sshd\n",
    "uac.log": LOG + b"2026-03-02 09:15:03 WARNING slow\n" + b"\xff" * 50 + b"\n",
}


def test_files_learn_their_path_and_time(tmp_path: Path) -> None:
    described = described_from(tmp_path, "uac-lantern-web1-linux-20260302091500.tar.gz", gzip.compress(tar_of(MEMBERS)))
    found = origins(described)
    assert found[AUTH].path == "/var/log/auth.log"
    assert found[AUTH].modified == "2026-03-01T11:59:59.000000Z"
    assert found["[root]/var/log/odd|name.log"].modified == "2026-03-01T11:58:20.000000Z"
    assert described.host == "lantern-web1"


def test_the_host_is_read_where_the_archive_was_renamed(tmp_path: Path) -> None:
    assert described_from(tmp_path, "evidence.tar", tar_of(MEMBERS)).host == "lantern-web1"


def test_errors_are_what_it_could_not_copy(tmp_path: Path) -> None:
    described = described_from(tmp_path, "x.tar", tar_of(MEMBERS))
    assert [one.reason for one in described.missed] == ["find: /root: Permission denied"]
    assert described.warnings == ["The collector's own log names 1 warnings: read uac.log."]


def test_its_own_files_are_known_and_command_output_stays(tmp_path: Path) -> None:
    gathered = gathered_from(tmp_path, "x.tar", tar_of(MEMBERS))
    own = {file.name for file in gathered.files if file.metadata}
    assert own == {"bodyfile/bodyfile.txt", "hash_executables/hash_executables.sha1", "uac.log"}
