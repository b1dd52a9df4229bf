"""What holds for each reader of lines: every byte is accounted for, whatever the evidence holds."""

from __future__ import annotations

import io
import os
import tarfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.model.records import POSITION_SCHEMA
from vigilia.readers.linux.auditd import READER as AUDITD
from vigilia.readers.linux.syslog_lines import READER as SYSLOG
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.web.access import READER as ACCESS

LIMITS = ReadLimits(line_bytes=400, batch_records=3)
_TOGETHER = 256

SAMPLES = {
    "linux-auditd": (
        b'node=web1 type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="ls" a1=2F746D70\n'
        b"type=USER_AUTH msg=audit(1364481363.250:24288): pid=7 uid=0 auid=1000 ses=3 "
        b'msg=\'op=PAM:authentication acct="ada" exe="/usr/bin/su" addr=? res=success\'\x1dUID="root" AUID="ada"\n'
    ),
    "linux-syslog": (
        b"Mar  1 12:00:00 web1 sshd[42]: Accepted password for ada from 203.0.113.9 port 51000 ssh2\n"
        b"\tand more of it\n"
        b"2026-03-01T12:00:01.5+01:00 web1 sudo:  ada : TTY=pts/0 ; PWD=/home/ada ; USER=root ; COMMAND=/bin/ls\n"
        b'\n<38>1 2026-03-01T12:00:02Z web1 cron 7 - [x@1 a="]"] (ada) CMD (true)\n'
    ),
    "web-access": (
        b'203.0.113.9 - ada [10/Oct/2000:13:55:36 -0700] "GET /s?q=x HTTP/1.1" 200 2326 "-" "Mozilla \\"5\\" \\x22"\n'
        b'www.example.org 2001:db8::1 - - [10/Oct/2000:13:55:37 -0700] "\\x16\\x03" 400 -\n'
    ),
}
READERS: tuple[Reader, ...] = (AUDITD, SYSLOG, ACCESS)


def account(reader: Reader, content: bytes, limits: ReadLimits = LIMITS) -> tuple[int, int]:
    """Return the number of records, and the bytes that are accounted for."""
    records, counted = 0, 0
    numbers: set[int] = set()
    for batch in reader.read(io.BytesIO(content), len(content), limits):
        assert batch.positions.schema == POSITION_SCHEMA
        # Records that belong together, such as those of one audit event, come in one batch.
        assert batch.positions.num_rows == batch.fields.num_rows <= limits.batch_records + _TOGETHER
        batch.fields.validate(full=True)
        numbers |= set(batch.positions["record"].to_pylist())
        records += batch.fields.num_rows
        counted += batch.bytes_parsed + batch.bytes_ignored + sum(reject.length for reject in batch.rejects)
    assert len(numbers) == records
    return records, counted


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_reader_knows_its_own_and_only_its_own(reader: Reader) -> None:
    for name, sample in SAMPLES.items():
        assert (reader.recognise(sample) >= 0.5) == (reader.name == name)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\n\n",
        b'{"timestamp":"2026-03-01T12:00:00Z"}\n',
        b"#Fields: date time c-ip\n2026-03-01 12:00:00 203.0.113.9\n",
        b"2026-03-01 12:00:00 UTC [7-1] LOG:  statement: select 1\n",
        b"CreationDate,UserIds,Operations,AuditData\n",
        b"2026-03-01 12:00:00 EST [7-1] LOG: x\n2026-03-01 12:00:01 EST postgres: y\n",
        b"[Mon Dec 26 16:15:55.103522 2016] [core:notice] [pid 7] AH00094: started\n",
        b"Dear Ada,\nthe meeting is on Mar 12.\n",
        b"\x00\x01" * 500,
        b"tests:\n  one: |\n" + 9 * b"    type=EXECVE msg=audit(1364481363.243:24287): argc=1\n",
    ],
)
def test_what_is_another_format_is_left_alone(reader: Reader, head: bytes) -> None:
    assert reader.recognise(head) < 0.5


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_every_line_of_a_sound_log_is_a_record(reader: Reader) -> None:
    sample = SAMPLES[reader.name]
    records, counted = account(reader, sample)
    assert records == {"linux-syslog": 3}.get(reader.name, 2)
    assert counted == len(sample)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_line_beyond_the_limit_and_noise_are_rejects_with_place_and_reason(reader: Reader) -> None:
    content = b"noise\n" + b"x" * 5000 + b"\n" + SAMPLES[reader.name]
    rejects = [reject for batch in reader.read(io.BytesIO(content), len(content), LIMITS) for reject in batch.rejects]
    assert [(one.place, one.offset, one.length) for one in rejects] == [("line 1", 0, 6), ("line 2", 6, 5001)]
    assert rejects[1].reason == "line longer than 400 bytes"


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
@pytest.mark.parametrize("filler", [b" ", b"a=", b"a1=1 ", b'"', b"\\", b'\\"', b"msg='", b"\t", b"["])
def test_long_hostile_lines_take_no_more_time_than_honest_ones(reader: Reader, filler: bytes) -> None:
    """250,000 bytes of one pattern, after a sound beginning: a quadratic parser would take minutes."""
    start = SAMPLES[reader.name].split(b"\n")[0][:-1]
    content = start + filler * (250_000 // len(filler)) + b"\n"
    began = time.process_time()
    _, counted = account(reader, content, ReadLimits())
    assert counted == len(content)
    assert time.process_time() - began < 5


MARKS = [b"\n", b'"', b"\\", b"msg='", b'] "', b"a1=", b" ", b"\x1d"]


@st.composite
def _mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """Flip, cut, repeat or splice in bytes of a sound log."""
    name = draw(st.sampled_from(sorted(SAMPLES)))
    content = bytearray(SAMPLES[name] * draw(st.integers(1, 3)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(content)))
        piece = draw(
            st.binary(max_size=8) | st.sampled_from([b"\n", b'"', b"\\", b"msg='", b'] "', b"a1=", b" ", b"\x1d"])
        )
        content[at : at + draw(st.integers(0, 12))] = piece
    return name, bytes(content)


@given(_mutated())
@settings(deadline=None, max_examples=60)
def test_damaged_logs_never_raise_and_every_byte_is_accounted_for(case: tuple[str, bytes]) -> None:
    _, content = case
    for reader in READERS:
        records, counted = account(reader, content)
        assert counted == len(content)
        assert records <= content.count(b"\n") + 1
        assert 0.0 <= reader.recognise(content) <= 1.0


@given(_mutated(), st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_records_do_not_depend_on_the_size_of_batches(case: tuple[str, bytes], size: int) -> None:
    _, content = case

    def rows(reader: Reader, batch_records: int) -> list[object]:
        limits = ReadLimits(batch_records=batch_records)
        batches = list(reader.read(io.BytesIO(content), len(content), limits))
        positions = [row for batch in batches for row in batch.positions.to_pylist()]
        fields = [
            {name: value for name, value in row.items() if value is not None}
            for batch in batches
            for row in batch.fields.to_pylist()
        ]
        return [positions, fields, [reject for batch in batches for reject in batch.rejects]]

    for reader in READERS:
        assert rows(reader, size) == rows(reader, 10_000)


def _public_logs() -> Path:
    found = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not found.is_dir():
        pytest.skip(f"the public test data is not at {found}")
    return found


@pytest.mark.parametrize(
    ("archive", "ending", "reader", "records", "rejects"),
    [
        ("filebeat_oss_modules_Apache2.tar.xz", "auditd/log/test/audit-cent7-node.log", AUDITD, 10, 0),
        ("filebeat_oss_modules_Apache2.tar.xz", "auditd/log/test/audit-rhel7.log", AUDITD, 2328, 119),
        ("filebeat_oss_modules_Apache2.tar.xz", "system/auth/test/secure-rhel7.log", SYSLOG, 1000, 0),
        ("filebeat_oss_modules_Apache2.tar.xz", "system/auth/test/auth-ubuntu1204.log", SYSLOG, 1000, 0),
        ("plaso_test_logs_Apache2.tar.xz", "test_data/audit_enriched.log", AUDITD, 29, 0),
        ("plaso_test_logs_Apache2.tar.xz", "syslog/syslog_ssh.log", SYSLOG, 9, 0),
        ("plaso_test_logs_Apache2.tar.xz", "test_data/apache_access.log", ACCESS, 15, 0),
        ("elastic_examples_weblogs_Apache2.tar.xz", "apache_logs/apache_logs", ACCESS, 10_000, 0),
        ("elastic_examples_weblogs_Apache2.tar.xz", "data/auth.log", SYSLOG, 7121, 0),
    ],
)
def test_public_logs_are_recognised_and_read(
    archive: str, ending: str, reader: Reader, records: int, rejects: int
) -> None:
    """The rejects of audit-rhel7.log are damaged in the original: `type=UNKNOWN[1329] msg=` and then noise."""
    with tarfile.open(_public_logs() / archive) as tar:
        (member,) = [one for one in tar.getmembers() if one.isfile() and one.name.endswith(ending)]
        file = tar.extractfile(member)
        assert file is not None
        content = file.read()
    assert reader.recognise(content[:65536]) >= 0.5
    batches = list(reader.read(io.BytesIO(content), len(content), ReadLimits()))
    assert sum(batch.fields.num_rows for batch in batches) == records
    assert sum(len(batch.rejects) for batch in batches) == rejects
    assert account(reader, content, ReadLimits()) == (records, len(content))
