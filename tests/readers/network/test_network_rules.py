"""Sigma's rules for networks find what they are about in the dialects of every product."""

from __future__ import annotations

import io

import pytest

from detect.batches import rule_set, rule_text
from support.dialects import CORPUS
from vigilia.detect.matcher import Matcher
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise


def _matched(dialect: str, logsource: str, detection: str) -> int:
    rules = rule_set(rule_text(f"selection:\n{detection}\ncondition: selection", logsource=logsource))
    content = (CORPUS / dialect).read_bytes()
    reader = recognise(content)
    assert reader is not None
    normalizer = Normalizer(reader.source, "UTC", "item")
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    matcher = Matcher(rules)
    return sum(len(matcher.match(normalizer.normalize(batch))) for batch in batches)


@pytest.mark.parametrize(
    ("dialect", "detection"),
    [
        ("dns.bind/queries.log", "  query|endswith: '.bad.example.org'\n  record_type: TXT"),
        ("dns.unbound/unbound.log", "  query: mail.lanternfold.example\n  record_type: A"),
        ("dns.dnsmasq/pihole.log", "  query|startswith: 'ads.'"),
        ("dns.powerdns/recursor.log", "  query: drop.example.org\n  record_type: TXT"),
        ("dns.windows/dns_debug_german.log", "  query|contains: '.bad.'\n  record_type: TXT"),
        ("dns.adguard/querylog.json", "  query: ads.example.org"),
        ("dns.umbrella/bucket.csv", "  query: bad.example.org"),
        ("zeek/two_logs.log", "  query: mail.lanternfold.example\n  answer|contains: '198.51.100.9'"),
        ("suricata/eve_seven_eight.json", "  query: files.lanternfold.example\n  answer: 198.51.100.9"),
    ],
)
def test_rules_on_questions(dialect: str, detection: str) -> None:
    assert _matched(dialect, "category: dns", detection) > 0


@pytest.mark.parametrize(
    ("dialect", "detection"),
    [
        ("proxy.squid/native.log", "  c-uri|endswith: '.pdf?v=1'\n  cs-host: files.example.org\n  cs-method: GET"),
        ("proxy.squid/combined.log", "  c-useragent|startswith: 'Mozilla/5.0 (X11'\n  cs-method: POST"),
        ("proxy.bluecoat/main.log", "  c-uri: 'https://drop.example.org/put?id=7'\n  c-uri-extension: php"),
        ("proxy.zscaler/nss_splunk.log", "  c-uri|contains: 'drop.example.org'\n  sc-status: 200"),
        ("proxy.umbrella/proxy_table.csv", "  c-useragent: 'curl/8.5.0'"),
        ("zeek/two_logs.log", "  c-useragent: 'curl/8.5.0'\n  cs-host: crm.lanternfold.example\n  sc-status: 404"),
        ("suricata/eve_six.json", "  c-useragent: 'curl/8.5.0'"),
    ],
)
def test_rules_on_requests(dialect: str, detection: str) -> None:
    wanted = 0 if "eve_six" in dialect else 1  # the request of an alert is no event of type http
    assert _matched(dialect, "category: proxy", detection) == wanted


@pytest.mark.parametrize(
    "dialect",
    [
        "firewall.cisco/asa.log",
        "firewall.filterlog/pfsense.log",
        "firewall.fortigate/commas.log",
        "firewall.juniper/plain.log",
        "firewall.leef/two_versions.log",
        "firewall.meraki/syslog.log",
        "firewall.netfilter/ufw.log",
        "firewall.paloalto/export.csv",
        "firewall.sonicwall/syslog.log",
        "firewall.watchguard/syslog.log",
        "firewall.cef/common_security_log.json",
        "firewall.sophos/xg.log",
    ],
)
def test_rules_on_firewalls(dialect: str) -> None:
    assert _matched(dialect, "category: firewall", "  dst_port:\n    - 22\n    - 443\n    - 3389") > 0


def test_rules_on_zeeks_logs_and_on_devices() -> None:
    services = {
        "dce_rpc": 0,
        "smb_files": 1,
        "ntlm": 1,
    }
    for service, count in services.items():
        detection = "  id.orig_h: 192.0.2.7"
        dialect = "zeek/smb_files_corelight.ndjson"
        assert _matched(dialect, f"product: zeek, service: {service}", detection) == count
    added = "  action: Add\n  cfgpath: system.admin"
    assert _matched("firewall.fortigate/traffic_fos7.log", "product: fortigate, service: event", added) == 1
    command = "  command: 'no logging enable'"
    assert _matched("firewall.cisco/asa.log", "product: cisco, service: aaa", command) == 1
    assert _matched("firewall.cisco/ios.log", "product: cisco, service: aaa", "  command|startswith: 'no logging'") == 1
