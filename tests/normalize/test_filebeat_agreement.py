"""Our events agree with the documents that filebeat's own tests expect of the same logs."""

from __future__ import annotations

import pytest

from support.filebeat_fixtures import compare, fixtures

# Whoever reads a further module of filebeat's adds the beginnings of their paths here.
READ: tuple[str, ...] = ("apache/", "nginx/", "haproxy/", "mysql/", "postgresql/", "osquery/", "iis/")


@pytest.mark.parametrize("beginning", READ)
def test_the_mapped_fields_agree_with_filebeat(beginning: str) -> None:
    agreement = compare(fixtures(beginning))
    assert agreement.unrecognised == []
    assert agreement.unexplained == [], str(agreement)
