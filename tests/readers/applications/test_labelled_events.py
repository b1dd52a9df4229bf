"""Which reader takes records that name their Sigma log source."""

from __future__ import annotations

import json

import pytest

from vigilia.readers.recognise import recognise

_WINDOWS = {"EventID": 1, "Image": "C:\\x\\a.exe", "CommandLine": "a", "ProcessGuid": "1", "Computer": "ws07"}
_SNARE = (
    "<131>Mar  2 09:15:00 ws07 MSWinEventLog\t1\tSecurity\t42\tMon Mar 02 09:15:00 2026\t4688\t"
    "Microsoft-Windows-Security-Auditing\t-\\-\tN/A\tSuccess Audit\tws07\tProcess Creation\t\tA new process.\t7"
)
_TRAIL = {"eventVersion": "1.08", "eventSource": "iam.amazonaws.com", "eventName": "CreateUser", "awsRegion": "x"}


def reader_of(*records: dict[str, object]) -> str | None:
    found = recognise("".join(json.dumps(one) + "\n" for one in records).encode())
    return None if found is None else found.name


@pytest.mark.parametrize(
    ("records", "reader"),
    [
        ([{"x": "1", "product": "windows", "category": "process_creation"}], "sigma-labelled-json"),
        ([{"x": "1", "logsource": {"category": "webserver"}}], "sigma-labelled-json"),
        ([{"x": "1", "logsource.product": "Zeek", "logsource.service": "conn"}], "sigma-labelled-json"),
        ([{"message": "%AAA-5-USER_LOGGED: User ops", "product": "cisco", "service": "aaa"}], "sigma-labelled-json"),
        # whoever knows the records better reads them
        ([_WINDOWS | {"product": "windows", "category": "process_creation"}], "windows-json"),
        ([{"message": _SNARE, "product": "windows"}], "windows-snare-wrapped"),
        # but nobody else reads records of several products
        ([_WINDOWS | {"product": "windows"}, _TRAIL | {"product": "aws"}], "sigma-labelled-json"),
        # labels that are none
        ([{"x": "1", "product": "Firewall-1"}], None),
        ([{"x": "1", "category": "Management"}], None),
        ([{"x": "1", "product": 7}], None),
        ([{"x": "1", "product": "windows"}, {"x": "2"}], None),
    ],
)
def test_records_that_name_their_log_source_are_taken_where_no_other_reader_knows_them(
    records: list[dict[str, object]], reader: str | None
) -> None:
    assert reader_of(*records) == reader
