from __future__ import annotations

from support.reading import read_all
from vigilia.readers.windows.exchange_admin_xml import READER as ADMIN
from vigilia.readers.windows.exchange_httpproxy import READER as HTTPPROXY
from vigilia.readers.windows.exchange_mailbox_xml import READER as MAILBOX
from vigilia.readers.windows.exchange_tracking import READER as TRACKING

_TRACKING = b"#Fields: date-time,client-ip,event-id,message-id,recipient-address,message-subject,sender-address\r\n"
_ADMIN = b"<SearchResults><Event Caller='a' Cmdlet='Set-Mailbox' RunDate='2026-03-02T09:15:00Z'/></SearchResults>"


def test_a_subject_may_hold_commas_quotes_and_number_signs() -> None:
    row = b'2026-03-02T09:15:00.000Z,,SEND,<1@x>,a@example.org,"#1, ""urgent"", please",b@example.org\r\n'
    (found,) = read_all(TRACKING, _TRACKING + row).rows
    assert found["message-subject"] == '#1, "urgent", please'


def test_a_subject_that_was_cut_is_refused_and_the_next_line_is_read() -> None:
    rows = (
        b'2026-03-02T09:15:00.000Z,,SEND,<1@x>,a@example.org,"cut, off\r\n'
        b"2026-03-02T09:15:01.000Z,,SEND,<2@x>,a@example.org,whole,b@example.org\r\n"
    )
    reading = read_all(TRACKING, _TRACKING + rows)
    assert [row["message-id"] for row in reading.rows] == ["<2@x>"]
    assert reading.reasons() == ["another number of cells than column names"]


def test_column_names_without_a_directive_are_no_record() -> None:
    names = b"DateTime,RequestId,UrlStem,AuthenticatedUser,ClientIpAddress\r\n"
    assert HTTPPROXY.recognise(names) > 0.9
    reading = read_all(HTTPPROXY, names + b"2026-03-02T09:15:00Z,1,/owa,ada,192.0.2.4\r\n" + names)
    assert [row["UrlStem"] for row in reading.rows] == ["/owa"]
    assert reading.rejects == []


def test_each_log_is_known_by_its_own_columns() -> None:
    assert TRACKING.recognise(_TRACKING) > 0.9
    assert HTTPPROXY.recognise(_TRACKING) == 0.0
    assert TRACKING.recognise(b"#Fields: date-time,connector-id,session-id,event,data\r\n") == 0.0


def test_reports_of_the_two_audit_logs_are_told_apart() -> None:
    assert ADMIN.recognise(_ADMIN) > 0.9
    assert MAILBOX.recognise(_ADMIN) == 0.0
    assert ADMIN.recognise(b"<Events><Event xmlns='x'><System/></Event></Events>") == 0.0


def test_a_command_is_put_together_as_the_event_log_writes_it() -> None:
    report = (
        b"<Event Caller='a' Cmdlet='New-MailboxExportRequest'><CmdletParameters>"
        b"<Parameter Name='Mailbox' Value='bob'/><Parameter Name='Force' Value=''/></CmdletParameters></Event>"
    )
    (row,) = read_all(ADMIN, report).rows
    assert row["command"] == 'New-MailboxExportRequest -Mailbox "bob" -Force ""'
    assert row["CmdletParameters.Mailbox"] == "bob"
    assert "Cmdlet" not in row


def test_an_event_of_another_kind_in_a_report_is_refused() -> None:
    reading = read_all(ADMIN, _ADMIN.replace(b"</Search", b"<Event Caller='b'/></Search"))
    assert len(reading.rows) == 1
    assert reading.reasons() == ["not a record of this log"]
