"""The shapes in which products record searches."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SHAPES", "Shape"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of record.

    Attributes:
        name: also the name of its evidence file.
        wordings: tables of `wordings.toml` that fit; none where the record holds the query as it was typed.
        untimed: its records carry no time and are told apart by their order.
        loses_quotes: arguments are recorded with spaces between them and nothing around them.
    """

    name: str
    wordings: tuple[str, ...] = ()
    untimed: bool = False
    loses_quotes: bool = False


SHAPES = (
    Shape("m365-exchange.csv"),
    Shape("m365-sharepoint.json"),
    Shape("m365-ediscovery.csv"),
    Shape("m365-inbox-rules.json"),
    Shape("graph-activity.json", ("graph",)),
    Shape("google-vault.csv"),
    Shape("google-vault.jsonl"),
    Shape("salesforce-search.csv"),
    Shape("windows-4688.evtx", ("windows",)),
    Shape("sysmon-1.ndjson", ("windows",)),
    Shape("powershell-4104.evtx", ("script",)),
    Shape("defender-process.csv", ("windows",)),
    Shape("powershell-history.txt", ("script",), untimed=True),
    Shape("bash.history", ("posix", "shell")),
    Shape("zsh.history", ("posix", "shell")),
    Shape("auditd.log", ("posix",)),
    Shape("journal-sudo.json", ("posix",), loses_quotes=True),
    Shape("macos-eslogger.json", ("macos", "posix")),
    Shape("apache-combined.log", ("site",)),
    Shape("nginx.json", ("site",)),
    Shape("iis-w3c.log", ("site",)),
    Shape("squid-access.log", ("engine",)),
    Shape("zscaler.log", ("engine",)),
    Shape("postgresql.csv", ("postgresql",)),
    Shape("mysql-general.log", ("mysql",)),
)
