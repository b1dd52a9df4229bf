"""Every log source has a name for people, and a realm where others speak of the same accounts."""

from __future__ import annotations

from vigilia.knowledge.log_sources import load_log_sources, source_label
from vigilia.normalize.mapping import mapping_sources


def test_every_log_source_has_a_label_and_no_other() -> None:
    assert sorted(load_log_sources()) == sorted(mapping_sources())
    assert all(one.label for one in load_log_sources().values())


def test_a_mapped_source_is_called_by_its_name() -> None:
    assert source_label("own.member-hub") == "member-hub"


def test_what_names_the_same_accounts_is_one_realm() -> None:
    realms = {one.id: one.realm for one in load_log_sources().values()}
    assert realms["m365.audit"] == realms["entra.signin"] == realms["graph.activity"]
    assert realms["linux.syslog"] == realms["linux.journal"] == realms["linux.auditd"]
    assert realms["zeek"] == realms["firewall.fortigate"] == "network"
