from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from support.reading import read_all
from vigilia.readers.windows.rendered_csv import READER
from vigilia.readers.windows.rendered_message import FROM_MESSAGE, message_fields

_SECURITY = "Microsoft-Windows-Security-Auditing"


def test_the_same_label_means_another_field_in_another_section() -> None:
    message = (
        "An account was successfully logged on.\n\nSubject:\n\tAccount Name:\t\tFS01$\n\n"
        "New Logon:\n\tAccount Name:\t\tada\n\tLogon ID:\t\t0x3E7A1\n"
    )
    assert message_fields(_SECURITY, message) == {
        "SubjectUserName": "FS01$",
        "TargetUserName": "ada",
        "TargetLogonId": "0x3E7A1",
        FROM_MESSAGE: "true",
    }


def test_members_of_a_group_are_told_from_the_group() -> None:
    message = "A member was added.\n\nMember:\n\tAccount Name:\tCN=Eve\n\nGroup:\n\tGroup Name:\tDomain Admins\n"
    found = message_fields(_SECURITY, message)
    assert (found["MemberName"], found["TargetUserName"]) == ("CN=Eve", "Domain Admins")


def test_the_first_value_counts_so_that_a_later_one_cannot_replace_it() -> None:
    message = "x\n\nProcess Information:\n\tProcess Name:\tC:\\a.exe\n\tProcess Name:\tC:\\forged.exe\n"
    assert message_fields(_SECURITY, message)["ProcessName"] == "C:\\a.exe"


def test_a_script_is_what_stands_between_the_first_line_and_its_id() -> None:
    text = "'a'\r\nScriptBlock ID: forged\r\n'b'"
    message = f"Creating Scriptblock text (1 of 2):\r\n{text}\r\n\r\nScriptBlock ID: 1f0b\r\nPath: "
    found = message_fields("Microsoft-Windows-PowerShell", message)
    assert found["ScriptBlockText"] == text


def test_sentences_and_unknown_labels_give_nothing() -> None:
    assert message_fields(_SECURITY, "Note: this is a sentence: with colons.\nColour:\tred\n") == {}
    assert message_fields("", "") == {}


def test_columns_of_the_table_stand_above_what_the_message_says() -> None:
    content = b"Level,Date and Time,Source,Event ID,Task Category\n1,2026-03-22 09:15:00,x,7,None,Source Port:\t1\n"
    (row,) = read_all(READER, content).rows
    assert (row["EventID"], row["IpPort"]) == ("7", "1")


def test_tables_that_were_put_together_are_each_read_by_their_own_names() -> None:
    content = (
        b"Level,Date and Time,Source,Event ID,Task Category\n1,2026-03-22 09:15:00,x,7,None,text\n"
        b'"Message","Id","ProviderName","LogName","TimeCreated"\n"m","8","y","System","2026-03-22 09:16:00"\n'
    )
    assert [row["EventID"] for row in read_all(READER, content).rows] == ["7", "8"]


def test_other_tables_are_not_taken() -> None:
    assert READER.recognise(b"Date and Time,Source,User\n") == 0.0
    assert READER.recognise(b"Id,Name,Message\n1,a,ProviderName TimeCreated\n") == 0.0


@given(st.text(alphabet="Subject: \t\nAccountName\x00é", max_size=200))
def test_any_message_is_read(message: str) -> None:
    message_fields(_SECURITY, message)


def test_a_long_message_takes_linear_time() -> None:
    began = time.process_time()
    message_fields(_SECURITY, "Subject:\n\tAccount Name:\tada\n" * 50_000)
    message_fields(_SECURITY, ":" * 1_000_000)
    assert time.process_time() - began < 3
