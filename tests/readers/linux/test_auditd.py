"""Audit records keep the names that the audit system and Sigma's auditd rules use."""

from __future__ import annotations

import io

import pytest

from vigilia.readers.linux.auditd import READER, parse_audit_line
from vigilia.readers.reader import ReadLimits

STAMP = "msg=audit(1364481363.243:24287):"
ALWAYS = {"timestamp": "1364481363.243", "audit_id": "1364481363.243:24287"}


def parse(line: str) -> dict[str, object]:
    fields = parse_audit_line(line.encode())
    assert fields is not None
    assert {name: fields.pop(name) for name in ALWAYS} == ALWAYS
    return dict(fields)


def test_execve_arguments_are_decoded_and_joined() -> None:
    line = f'type=EXECVE {STAMP} argc=4 a0="sh" a1="-c" a2=6C73202F746D70 a3="x"'
    assert parse(line) == {
        "type": "EXECVE",
        "argc": "4",
        "a0": "sh",
        "a1": "-c",
        "a2": "ls /tmp",
        "a2_hex": "6C73202F746D70",
        "a3": "x",
        "arguments": ["sh", "-c", "ls /tmp", "x"],
    }


def test_a_long_argument_in_parts_becomes_one() -> None:
    fields = parse(f'type=EXECVE {STAMP} argc=3 a0="cat" a1_len=9 a1[0]=6120 a1[1]="rest" a2="z"')
    assert (fields["a1"], fields["a1_len"], fields["arguments"]) == ("a rest", "9", ["cat", "a rest", "z"])
    assert "a1[0]" not in fields


def test_ten_thousand_arguments_do_not_become_ten_thousand_fields() -> None:
    words = " ".join(f'a{number}="{number}"' for number in range(10_000))
    fields = parse(f"type=EXECVE {STAMP} argc=10000 {words}")
    assert fields["arguments"] == [str(number) for number in range(10_000)]
    assert len(fields) < 80
    assert fields["a63"] == "63"


def test_numbers_of_a_system_call_are_not_text() -> None:
    fields = parse(f'type=SYSCALL {STAMP} syscall=59 success=yes a0=4142 a1=43 comm=6C73 exe="/bin/ls" key=(null)')
    assert (fields["a0"], fields["a1"]) == ("4142", "43")
    assert (fields["comm"], fields["comm_hex"]) == ("ls", "6C73")
    assert (fields["exe"], fields["key"], fields["syscall"]) == ("/bin/ls", "(null)", "59")


def test_what_a_program_says_within_quotes_is_divided_too() -> None:
    line = (
        f"type=USER_CMD {STAMP} user pid=4151 uid=497 auid=700 ses=11988 "
        "msg='cwd=\"/\" cmd=6964202D75 terminal=? res=success'"
    )
    assert parse(line) == {
        "type": "USER_CMD",
        "message": "user",
        "pid": "4151",
        "uid": "497",
        "auid": "700",
        "ses": "11988",
        "cwd": "/",
        "cmd": "id -u",
        "cmd_hex": "6964202D75",
        "terminal": "?",
        "res": "success",
    }


def test_enriched_names_and_the_node_are_kept() -> None:
    line = (
        f"node=web1 type=SOCKADDR {STAMP} saddr=0200005000000000\x1d"
        'SADDR={ saddr_fam=inet laddr=203.0.113.9 lport=80 } AUID="ada"'
    )
    fields = parse(line)
    assert (fields["node"], fields["AUID"]) == ("web1", "ada")
    assert fields["SADDR"] == "{ saddr_fam=inet laddr=203.0.113.9 lport=80 }"


def test_the_records_own_fields_win_over_enriched_ones_of_the_same_name() -> None:
    assert parse(f"type=LOGIN {STAMP} auid=0\x1dauid=9")["auid"] == "0"


def test_a_process_title_is_one_line_and_rule_keys_are_a_list() -> None:
    assert parse(f"type=PROCTITLE {STAMP} proctitle=6C73002D6C00")["proctitle"] == "ls -l"
    assert parse(f"type=SYSCALL {STAMP} key=6B3101{b'k2'.hex().upper()}")["key"] == ["k1", "k2"]


def test_decisions_of_selinux_keep_their_words() -> None:
    fields = parse(f'type=AVC {STAMP} avc:  denied  {{ getattr }} for  pid=7 comm="httpd" path="/srv/x"')
    assert (fields["message"], fields["pid"], fields["path"]) == ("avc: denied { getattr } for", "7", "/srv/x")


def test_what_old_programs_wrote_around_values_is_no_part_of_them() -> None:
    line = (
        f"type=USER_START {STAMP} user pid=1 uid=0 auid=0 "
        'msg=\'PAM: session open acct=ada : exe="/usr/sbin/sshd" '
        "(hostname=?, addr=192.0.2.7, terminal=ssh res=success)'"
    )
    fields = parse(line)
    assert (fields["addr"], fields["hostname"], fields["res"]) == ("192.0.2.7", "?", "success")


def test_words_before_the_names_of_old_kernels_belong_to_them() -> None:
    fields = parse(
        f"type=LOGIN {STAMP} login pid=1 uid=0 old auid=4294967295 new auid=1000 old ses=4294967295 new ses=3"
    )
    assert (fields["uid"], fields["old_auid"], fields["new_auid"], fields["new_ses"]) == (
        "0",
        "4294967295",
        "1000",
        "3",
    )


def test_an_operation_of_several_words_is_whole() -> None:
    fields = parse(f"type=ADD_GROUP {STAMP} pid=1 msg='op=adding group to /etc/group id=1004 res=success'")
    assert (fields["op"], fields["id"]) == ("adding group to /etc/group", "1004")


def test_bytes_that_are_not_utf8_are_shown_not_lost() -> None:
    fields = parse_audit_line(f"type=EXECVE {STAMP} argc=1 a0=".encode() + b'"\xff"')
    assert fields is not None
    assert fields["a0"] == "\\xff"


def test_records_of_a_system_call_say_who_made_it() -> None:
    """Also where the records of two events are mixed, and not beyond the event or the machine."""
    one, other = STAMP, "msg=audit(1364481363.250:24288):"
    content = "\n".join(
        [
            f'node=a type=SYSCALL {one} success=yes auid=1000 uid=0 ses=7 pid=9 exe="/bin/ls" comm="ls" key="k"',
            f'node=a type=SYSCALL {other} success=yes auid=1001 ses=8 pid=10 exe="/bin/cat"',
            f'node=a type=EXECVE {one} argc=1 a0="ls"',
            f'node=a type=EXECVE {other} argc=1 a0="cat"',
            f'node=b type=EXECVE {one} argc=1 a0="ls"',
        ]
    ).encode()
    (batch,) = READER.read(io.BytesIO(content), len(content), ReadLimits())
    assert batch.fields["syscall.auid"].to_pylist() == [None, None, "1000", "1001", None]
    assert batch.fields["syscall.exe"].to_pylist() == [None, None, "/bin/ls", "/bin/cat", None]
    assert batch.fields["auid"].to_pylist() == ["1000", "1001", None, None, None]
    assert "syscall.uid" not in batch.fields.schema.names


@pytest.mark.parametrize(
    "line",
    [
        "",
        "type=EXECVE",
        "type=EXECVE msg=audit(1364481363.243): a0=1",
        "type=EXECVE msg=audit(x:1): a0=1",
        "type=EXECVE msg=audit(1364481363.243:١): a0=1",
        "msg=audit(1364481363.243:1): a0=1",
        " msg=audit(" * 1000,
        "x" * 5000 + " msg=audit(1364481363.243:1): a0=1",
    ],
)
def test_what_is_no_audit_record_is_none(line: str) -> None:
    assert parse_audit_line(line.encode()) is None
