"""What is no log of ours must stay unrecognised: a wrong reader would give an empty answer with confidence."""

from __future__ import annotations

import json

import pytest

from support.evtx_files import evtx_chunk, evtx_file
from support.m365_records import MAIL_READ, purview_csv
from vigilia.model.errors import UsageError
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named, readers

_OTHERS = {
    "package.json": b'{"name":"x","version":"1.0.0","dependencies":{"a":"^1"}}',
    "entra sign-ins": b'{"TenantId":"x","OperationName":"Sign-in activity","Category":"SignInLogs"}\n',
    "an application's own event ids": b'{"EventID":17,"text":"the printer is warm"}\n',
    "other csv": b"date,user,operation\n2026-03-01,ada,print\n",
    "sign-in csv": b"\xef\xbb\xbfTenantId,OperationName,UserPrincipalName,AuditDate\nx,y,z,1\n",
    "a letter": b"Dear colleagues,\n\nthe AuditData and the Operation were fine.\n",
    "html": b"<!doctype html><title>x</title>",
    "nothing": b"",
    "zeros": bytes(4096),
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8,
    "zip": b"PK\x03\x04" + bytes(100),
}


@pytest.mark.parametrize("name", _OTHERS)
def test_what_is_not_ours_is_not_recognised(name: str) -> None:
    found = recognise(_OTHERS[name])
    assert found is None, found


def test_ours_are_recognised_by_content() -> None:
    heads = {
        "windows-evtx": evtx_file(evtx_chunk([])),
        "windows-json": b'{"EventID":1,"Channel":"Security","Computer":"FS01","CommandLine":"x"}\n',
        "m365-audit-csv": purview_csv([MAIL_READ]).encode("utf-8-sig"),
        "m365-audit-json": json.dumps(MAIL_READ).encode(),
    }
    for name, head in heads.items():
        found = recognise(head)
        assert found is not None
        assert found.name == name


def test_readers_are_found_sorted_and_named_uniquely() -> None:
    names = [reader.name for reader in readers()]
    assert names == sorted(set(names))
    assert {"windows-evtx", "windows-json", "m365-audit-csv", "m365-audit-json"} <= set(names)
    assert all(reader_named(name).title for name in names)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="windows-evtx"):
        reader_named("windows-evt")


def test_a_signature_is_no_short_cut_to_another_answer() -> None:
    """What begins with it is taken without asking the others: they must not have been surer."""
    head = evtx_file(evtx_chunk([]))
    sure = {reader.name: score for reader in readers() if (score := reader.recognise(head)) > 0}
    assert sure == {"windows-evtx": 1.0}
    assert (recognise(head) or reader_named("windows-json")).name == "windows-evtx"
