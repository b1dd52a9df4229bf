"""Transforms keep what they know and drop what they do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.normalize.transforms import TRANSFORMS


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("address", "203.0.113.9", "203.0.113.9"),
        ("address", "203.0.113.9:51000", "203.0.113.9"),
        ("address", "[2001:DB8::1]:51000", "2001:db8::1"),
        ("address", "2001:db8:0:0::1", "2001:db8::1"),
        ("address", "::ffff:203.0.113.9", "203.0.113.9"),
        ("address", "fe80::1%eth0", "fe80::1"),
        ("address", "host.example.org", None),
        ("address", "LOCAL", None),
        ("port", "203.0.113.9:51000", "51000"),
        ("port", "[2001:db8::1]:51000", "51000"),
        ("port", "2001:db8::1", None),
        ("port", "not an address:51000", None),
        ("mail", "Ada@Example.org", "ada@example.org"),
        ("mail", "00000003-0000-0000-c000-000000000000", None),
        ("mail", "SIP:ada@example.org>", None),
        ("mail", "a@b@example.org", None),
        ("lower_mail", "Ada@Example.org", "ada@example.org"),
        ("lower_mail", "ADMIN-01", "ADMIN-01"),
        ("number", "0x1f4", "500"),
        ("number", "500", "500"),
        ("number", "0x", None),
        ("number", "٥٠٠", None),
        ("number", "1" * 19, None),
        ("before_slash", "ada/EXAMPLE.ORG", "ada"),
        ("before_slash", "ada", "ada"),
        ("before_slash", "/EXAMPLE", None),
        ("realm", "ada/EXAMPLE.ORG", "EXAMPLE.ORG"),
        ("realm", "ada", None),
        ("domain", "Mail.Example.org.", "mail.example.org"),
        ("domain", ".", None),
        ("envelope", "<Ada@example.org>", "ada@example.org"),
        ("envelope", "<>", None),
        ("after_backslash", r"EXAMPLE\ada", "ada"),
        ("after_backslash", "ada", "ada"),
        ("before_backslash", r"EXAMPLE\ada", "EXAMPLE"),
        ("before_backslash", "ada", None),
        ("last_part", r"\\*\Donors", "Donors"),
        ("first_label", "fs01.example.org", "fs01"),
        ("first_label", "192.0.2.4", "192.0.2.4"),
        ("host_part", "www.example.org:443", "www.example.org"),
        ("host_part", "[2001:db8::1]:443", "2001:db8::1"),
        ("host_part", "www.example.org", "www.example.org"),
        ("host_port", "www.example.org:443", "443"),
        ("host_port", "www.example.org", None),
        ("host_port", "2001:db8::1", None),
        ("trim_backslashes", "\\", None),
        ("url", "https://example.org/x", "https://example.org/x"),
        ("url", r"EXAMPLE\rule", None),
        ("absolute_path", "etc/passwd", None),
        ("program", "/usr/bin/tar czf x", "/usr/bin/tar"),
        (
            "recipients",
            "Ada@example.org##Receive, Deliver;ben@example.org##Receive, Fail",
            "ada@example.org ben@example.org",
        ),
        ("recipients", "ada@example.org; ben@example.org", "ada@example.org ben@example.org"),
        ("recipients", '"Ada B" [SMTP:Ada@x.example], "C" [EX:/o=X/cn=c]', "ada@x.example"),
        ("recipients", "guest_y.example#EXT#@x.example##Deliver", "guest_y.example#ext#@x.example"),
        ("recipients", "smtp:ada@x.example", "ada@x.example"),
        ("recipients", " ; @ ", None),
        (
            "odata_search",
            "https://graph.example/v1.0/me/messages?$search=%22subject%3Adonors%22&$top=5",
            '"subject:donors"',
        ),
        ("odata_search", "https://graph.example/v1.0/drives/x/root/search(q='ada''s%20list')", "ada's list"),
        ("odata_search", "https://graph.example/v1.0/users?$filter=startswith(mail,'ada')", "startswith(mail,'ada')"),
        ("odata_search", "https://graph.example/v1.0/me", None),
        ("graph_mailbox", "https://graph.example/v1.0/users/Ada%40x.example/messages?$top=5", "ada@x.example"),
        ("graph_mailbox", "https://graph.example/v1.0/users/1c5a/messages/ada@x.example", None),
        ("http_outcome", "304", "success"),
        ("http_outcome", "404", "failure"),
        ("http_outcome", "099", None),
        ("zero_outcome", "0", "success"),
        ("zero_outcome", "50126", "failure"),
        ("zero_outcome", "None", None),
    ],
)
def test_golden(name: str, text: str, expected: str | None) -> None:
    assert TRANSFORMS[name](text) == expected


@given(st.sampled_from(sorted(TRANSFORMS)), st.text(max_size=120))
@settings(deadline=None, max_examples=60)
def test_no_text_makes_a_transform_raise(name: str, text: str) -> None:
    result = TRANSFORMS[name](text)
    assert result is None or isinstance(result, str)
