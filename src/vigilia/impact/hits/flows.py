"""Bytes that left: what one machine sent against that machine's own past, and to the intruder's addresses."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.impact.hits.addresses import is_outside
from vigilia.impact.hits.hit import Found
from vigilia.impact.machine_addresses import MachineAddresses, machine_addresses
from vigilia.impact.weights import load_weights
from vigilia.knowledge.channels import load_channels
from vigilia.model.profile import Profile
from vigilia.model.result import Intrusion
from vigilia.model.times import parse_time
from vigilia.store.event_store import EventStore

__all__ = ["Stream", "flows", "unusual"]

_WEB_PORTS = (80, 443, 8080, 8443)

# Sums per machine, destination and day; a record that says no bytes has none. Queries by name alone are in `tunnels`.
_STREAMS = """
SELECT coalesce("source.ip", "user.name", "host.name", '') AS machine,
    coalesce("destination.domain", nullif(regexp_extract(lower("url.original"), '^[a-z]+://([^/:?]+)', 1), ''),
        "destination.ip", '') AS target,
    coalesce(max("destination.ip"), '') AS address, coalesce(max("destination.port"), 0) AS port,
    bool_or(starts_with("vigilia.source", 'proxy.') OR "url.original" IS NOT NULL
        OR "http.request.method" IS NOT NULL OR "destination.domain" IS NOT NULL) AS web,
    CAST("@timestamp" AT TIME ZONE 'UTC' AS DATE) AS day, sum("source.bytes") AS sent,
    max({'sent': "source.bytes", 'moment': "@timestamp"}).moment AS moment,
    list("event.id" ORDER BY "source.bytes" DESC, "event.id")[1:20] AS cited
FROM events
WHERE "source.bytes" > 0 AND "@timestamp" IS NOT NULL AND coalesce("event.outcome", '') <> 'failure'
    AND (starts_with("vigilia.source", 'proxy.') OR starts_with("vigilia.source", 'firewall.')
        OR "vigilia.source" IN ('netflow', 'zeek', 'suricata', 'aws.vpcflow', 'windows.firewall'))
GROUP BY machine, target, day ORDER BY machine, target, day
"""


# Where the intruder's programs connected (Sysmon 3, auditd), and addresses that their commands name: but not browsers
# and mail programs, and not upload tools, whose traffic is an upload.
_CONTACTED = r"""
SELECT DISTINCT address FROM (
    SELECT contacted AS address FROM impact_mine WHERE contacted <> '' AND NOT list_contains(?::VARCHAR[], program)
        AND NOT regexp_matches(program, 'firefox|chrome|msedge|iexplore|opera|brave|outlook|teams|onedrive')
    UNION ALL SELECT unnest(regexp_extract_all(line, '\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b')) AS address
    FROM impact_mine WHERE NOT list_has_any(list_transform(regexp_split_to_array(line[1:4000], '[\s"'';|&<>()]+'),
        lambda one: regexp_replace(one, '^.*[\\/]', '')), ?::VARCHAR[])
)
ORDER BY address
"""
_BESIDE = dt.timedelta(minutes=30)  # between an upload tool's start and the most bytes of that day
_LONGEST_TEXT = 8000
_TALKED_DAYS = 2  # of the stay, on which little went to an address that later got much: a channel, not an upload


@dataclass(frozen=True, slots=True)
class _Theirs:
    """The intruder's addresses with probability, those their programs talk to, their upload commands and machines."""

    addresses: dict[str, float]
    contacted: set[str]
    uploads: list[Found]
    machines: set[str]
    behind: MachineAddresses

    def host(self, stream: Stream) -> str:
        """The machine that sent something, as a command that names the destination or the address tells; or ""."""
        named = {one.host for one in self.beside(stream) if _names(one, stream)}
        return next(iter(named)) if len(named) == 1 else self.behind.machine(stream.machine, stream.day)

    def beside(self, stream: Stream) -> list[Found]:
        """The upload commands about the time at which the most was sent; those that name the destination, if any."""
        machine = self.behind.machine(stream.machine, stream.day)
        near = [
            one
            for one in self.uploads
            if abs(stream.moment - one.moment) <= _BESIDE and machine in ("", one.host or machine)
        ]
        return [one for one in near if _names(one, stream)] or near

    def named(self, stream: Stream) -> float:
        """P(an upload command names the destination, and is the intruder's)."""
        return max((one.chance for one in self.beside(stream) if _names(one, stream)), default=0.0)


@dataclass(frozen=True, slots=True)
class Stream:
    """What one machine sent to one destination on one day, in bytes."""

    machine: str
    target: str
    address: str
    port: int
    web: bool
    day: dt.date
    sent: int
    moment: dt.datetime
    event_ids: tuple[str, ...]


def flows(store: EventStore, intrusion: Intrusion, profile: Profile, uploads: Sequence[Found]) -> list[Found]:
    """Return what left by volume during the intrusion, in time order; `impact_mine` must be there.

    Bytes to an address that the intruder's programs talk to are a remote control channel, unless an upload tool ran
    then (`uploads`); all others that go to the web's ports, or by name, are uploads.
    """
    streams = [one for one in _streams(store) if is_outside(one.address, profile) or not one.address]
    likely = load_weights().event.counted
    tools = sorted({word for tool in load_channels().tool if tool.channel == "web-upload" for word in tool.words})
    theirs = _Theirs(
        {one.value: one.probability for one in intrusion.addresses},
        {str(row["address"]) for row in store.rows(_CONTACTED, [tools, tools])},
        [one for one in uploads if one.channel == "web-upload"],
        {one.value.partition(".")[0].lower() for one in intrusion.hosts if one.probability >= likely},
        machine_addresses(store),
    )
    first, last = parse_time(intrusion.first_seen).date(), parse_time(intrusion.last_seen).date()
    found: list[Found] = []
    for stream in streams:
        if not first <= stream.day <= last:
            continue
        sanctioned = stream.target in profile.organisation.sanctioned_services
        chance = theirs.named(stream) or (0.0 if sanctioned else _chance(stream, streams, theirs, first))
        if chance:
            found.append(_found(stream, streams, chance, theirs))
    return sorted(found, key=lambda one: (one.moment, one.event_ids))


def unusual(sent: int, past: Sequence[int]) -> float:
    """Return how far a day's bytes stand above the machine's own past days, in robust deviations of their logarithm.

    The deviation is 1.4826 x the median absolute deviation (Rousseeuw & Croux 1993) of log10 bytes, at least a quarter
    of a decade; without a past, one of a megabyte a day is assumed.
    """
    logs = [_log(one) for one in past] or [_log(1_000_000)]
    middle = statistics.median(logs)
    spread = max(1.4826 * statistics.median(abs(one - middle) for one in logs), 0.25)
    return (_log(sent) - middle) / spread


def _log(count: int) -> float:
    return math.log10(count + 1)


def _streams(store: EventStore) -> list[Stream]:
    return [
        Stream(
            machine=str(row["machine"]),
            target=str(row["target"]).lower(),
            address=str(row["address"]),
            port=int(str(row["port"])),
            web=bool(row["web"]),
            day=day,
            sent=int(str(row["sent"])),
            moment=moment,
            event_ids=tuple(map(str, row["cited"])) if isinstance(row["cited"], list) else (),
        )
        for row in store.rows(_STREAMS)
        if isinstance(day := row["day"], dt.date) and isinstance(moment := row["moment"], dt.datetime)
    ]


def _chance(stream: Stream, streams: Sequence[Stream], theirs: _Theirs, first: dt.date) -> float:
    """P(this is data of the organisation going to the intruder), 0 where it is everyday traffic.

    A destination of several days before is an everyday one, but not where the intruder's programs connect and never
    as much went: their small talk may be older than the first record of them that is left.
    """
    weights = load_weights().volume
    known = max(theirs.addresses.get(stream.address, 0.0), theirs.addresses.get(stream.target, 0.0))
    if known and stream.sent >= weights.least_to_intruder:
        return known
    past = [one.sent for one in streams if one.target == stream.target and one.day < first]
    everyday = len(past) >= weights.everyday
    if stream.sent < weights.least:
        return 0.0
    if stream.address in theirs.contacted:
        return 0.0 if everyday and unusual(stream.sent, past) < weights.deviations else weights.to_contact
    if everyday:
        return 0.0
    per_day: dict[dt.date, int] = defaultdict(int)
    for one in streams:
        if one.machine == stream.machine and one.day < min(stream.day, first):
            per_day[one.day] += one.sent
    if unusual(stream.sent, list(per_day.values())) < weights.deviations:
        return 0.0
    elsewhere = weights.other_machine if theirs.host(stream) not in {"", *theirs.machines} else 1.0
    return elsewhere * (weights.to_upload_service if _uploads(stream.target) else weights.to_stranger)


def _uploads(target: str) -> bool:
    return any(target == one or target.endswith(f".{one}") for one in load_channels().upload.domains)


def _names(one: Found, stream: Stream) -> bool:
    """Does a command name where the bytes went?"""
    named = one.address.rstrip(".")
    return bool(named) and (named in (stream.target, stream.address) or stream.target.endswith(f".{named}"))


def _found(stream: Stream, streams: Sequence[Stream], chance: float, theirs: _Theirs) -> Found:
    upload = _is_upload(stream, streams, theirs)
    texts = sorted({one.text for one in theirs.beside(stream)}) if upload else []
    return Found(
        channel="web-upload" if upload else "c2-channel",
        means="probably",
        action="bytes sent",
        address=stream.target or stream.address,
        chance=chance,
        moment=stream.moment,
        event_ids=stream.event_ids,
        text="\n".join(texts)[:_LONGEST_TEXT],
        host=theirs.host(stream),
        sent=stream.sent,
    )


def _is_upload(stream: Stream, streams: Sequence[Stream], theirs: _Theirs) -> bool:
    if theirs.named(stream):
        return True
    if stream.address in theirs.contacted:
        return False
    if theirs.beside(stream):
        return True
    if stream.address in theirs.addresses or _talked(stream, streams):
        return False
    return stream.web or stream.port in _WEB_PORTS


def _talked(stream: Stream, streams: Sequence[Stream]) -> bool:
    """Did the machine talk to that place on other days too, and send little: as programs do that wait for orders?"""
    least = load_weights().volume.least
    same = [one for one in streams if (one.machine, one.target) == (stream.machine, stream.target)]
    return sum(one.day != stream.day and one.sent < least for one in same) >= _TALKED_DAYS
