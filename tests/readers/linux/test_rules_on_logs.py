"""Sigma rules for Linux and macOS reach the records that tell what they ask for, whichever log has them."""

from __future__ import annotations

import io

import pytest

from support.dialects import CORPUS, dialect_of
from vigilia.detect.matcher import Matcher
from vigilia.normalize.normalizer import Normalizer
from vigilia.readers.reader import ReadLimits
from vigilia.readers.recognise import recognise
from vigilia.sigma.compilation import compile_rules

_RULE = """
title: a rule of this test
id: 5d7cf8a5-0000-4000-8000-000000000001
logsource:
  product: {product}
  {kind}: {name}
detection:
  selection:
{selection}
  condition: selection
"""


def _matching_rows(dialect: str, product: str, kind: str, name: str, selection: str) -> list[int]:
    body = "\n".join(f"    {line}" for line in selection.splitlines())
    rule = _RULE.format(product=product, kind=kind, name=name, selection=body)
    rules = compile_rules([("rule.yml", rule)])
    assert not rules.unsupported, rules.unsupported
    matcher = Matcher(rules)
    assert not matcher.unserved
    content = dialect_of(CORPUS / f"{dialect}.expected.toml").read_bytes()
    reader = recognise(content)
    assert reader is not None
    normalizer = Normalizer(reader.source, "UTC", "item")
    batches = reader.read(io.BytesIO(content), len(content), ReadLimits())
    found = [match for batch in batches for match in matcher.match(normalizer.normalize(batch))]
    return sorted({int(match.event_id.partition(":")[2]) for match in found})


@pytest.mark.parametrize(
    ("dialect", "product", "kind", "name", "selection", "rows"),
    [
        (
            "linux.auditd/raw",
            "linux",
            "category",
            "process_creation",
            "Image|endswith: /grep\nCommandLine|contains: members",
            [1],
        ),
        ("linux.auditd/raw", "linux", "service", "auditd", "type: EXECVE\na2: 香港", [1]),
        (
            "linux.auditd/raw",
            "linux",
            "category",
            "network_connection",
            "Image|endswith: /rclone\nDestinationPort: 443",
            [6],
        ),
        ("linux.auditd/laurel", "linux", "category", "process_creation", "ParentImage|endswith: /bash", [1]),
        ("linux.syslog/kernel_audit", "linux", "service", "auditd", "type: AVC\nname|contains: members", [0]),
        (
            "linux.syslog/journalctl_short",
            "linux",
            "category",
            "process_creation",
            "Image|endswith: /tar\nUser: root",
            [3],
        ),
        ("linux.journal/json_lines", "linux", "service", "sshd", "MESSAGE|contains: Accepted", [0]),
        ("linux.journal/json_lines", "linux", "service", "auditd", "type: USER_LOGIN", [3]),
        ("linux.history/bash_plain", "linux", "category", "process_creation", "Image|endswith: /scp", [3]),
        (
            "macos.endpoint/eslogger",
            "macos",
            "category",
            "process_creation",
            "Image|endswith: /curl\nParentImage: /bin/zsh",
            [0],
        ),
        ("macos.endpoint/eslogger", "macos", "category", "file_event", "TargetFilename|contains: /LaunchAgents/", [1]),
        ("macos.unified/ndjson", "macos", "category", "process_creation", "Image|endswith: /cat", [1]),
    ],
)
def test_a_rule_finds_its_record(
    dialect: str, product: str, kind: str, name: str, selection: str, rows: list[int]
) -> None:
    assert _matching_rows(dialect, product, kind, name, selection) == rows
