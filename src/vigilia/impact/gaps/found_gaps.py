"""All gaps of a case: what was not or could not be examined, from the evidence itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vigilia.impact.coverage import coverage_rows
from vigilia.impact.gaps.audit import disabled_gaps, not_enabled_gaps, throttled_gaps
from vigilia.impact.gaps.clocks import clock_gaps, set_clock_gaps, unexplained_steps
from vigilia.impact.gaps.collectors import missed_file_gaps
from vigilia.impact.gaps.companions import companion_gaps
from vigilia.impact.gaps.contradictions import contradiction_gaps
from vigilia.impact.gaps.empty_results import answered_sources, empty_result_gaps
from vigilia.impact.gaps.files import empty_file_gaps, same_file_gaps, truncated_gaps, unread_sources, unreadable_gaps
from vigilia.impact.gaps.late_channels import first_numbers, late_channel_gaps
from vigilia.impact.gaps.leftovers import left_over_hosts, leftover_gaps, restarted_gaps
from vigilia.impact.gaps.logging_changes import logging_change_gaps
from vigilia.impact.gaps.meanwhile import intruder_times
from vigilia.impact.gaps.named_machines import named_machine_gaps
from vigilia.impact.gaps.numbers import Numbers
from vigilia.impact.gaps.parts import missing_part_gaps
from vigilia.impact.gaps.placed_files import placed_gaps
from vigilia.impact.gaps.repeats import repeat_gaps
from vigilia.impact.gaps.retention import lag_gaps, not_provided_gaps, retention_gaps, unseen_host_gaps
from vigilia.impact.gaps.sequences import numbered_clock_gaps, record_number_gaps
from vigilia.impact.gaps.signs import sign_gaps
from vigilia.impact.gaps.silence import silence_gaps
from vigilia.impact.gaps.source_parts import late_part_gaps, source_parts
from vigilia.impact.gaps.stored_rhythms import read_part_rhythms, read_rhythms
from vigilia.impact.gaps.summer_time import clock_shifts
from vigilia.impact.gaps.thinning import thinning_gaps
from vigilia.impact.gaps.told_once import told_once
from vigilia.impact.gaps.windows import cleared_gaps, switched_off_gaps
from vigilia.impact.machine_logs import machine_logs
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, Intrusion
from vigilia.store.event_store import EventStore

__all__ = ["find_gaps"]


def find_gaps(
    store: EventStore,
    items: Sequence[EvidenceItem],
    profile: Profile,
    intrusion: Intrusion | None,
    *,
    zone: str = "",
) -> list[Gap]:
    """Return every gap, sorted by source, entity, kind and start, numbered "gap-1" and on.

    `intrusion` is None where nothing was scoped (`vigilia coverage`); with it, the logs are also held against the
    time in which the intruder was in. `zone` is the one that local times were taken to be in, where it is known.
    """
    rows, logs = coverage_rows(store), source_parts(store)
    shifts = clock_shifts(rows, profile, zone)
    rhythms, parts = list(read_rhythms(store, shifts)), list(read_part_rhythms(store, shifts))
    set_clocks = set_clock_gaps(store)
    intruder = intruder_times(store) if intrusion is not None else None
    with Numbers(store, items) as numbers:
        begun = first_numbers(store)
        numbered = [
            *record_number_gaps(store),
            *set_clocks,
            *unexplained_steps(numbered_clock_gaps(store), set_clocks),
            *restarted_gaps(store),
            *silence_gaps(store, [*rhythms, *parts], numbers, profile.known_activity, intruder, unread_sources(items)),
            *thinning_gaps(rhythms, numbers.logs(), profile.known_activity),
        ]
    unseen = unseen_host_gaps(rows, items, profile, left_over_hosts(store))
    found = [
        *numbered,
        *cleared_gaps(store),
        *truncated_gaps(items),
        *unreadable_gaps(items),
        *same_file_gaps(items),
        *empty_file_gaps(items),
        *sign_gaps(items),
        *missing_part_gaps(items),
        *missed_file_gaps(items),
        *empty_result_gaps(items),
        *repeat_gaps(store, items),
        *leftover_gaps(store, items),
        *companion_gaps(store, rows),
        *lag_gaps(rows),
        *throttled_gaps(store),
        *disabled_gaps(store),
        *logging_change_gaps(store),
        *switched_off_gaps(store),
        *not_enabled_gaps(store, profile),
        *clock_gaps(store, profile, zone),
        *retention_gaps(rows, profile, intrusion),
        *late_part_gaps(logs),
        *unseen,
        *named_machine_gaps(store, items, [gap.entity for gap in unseen]),
        *not_provided_gaps(rows, logs, profile, answered_sources(items)),
    ]
    machines = machine_logs(store)
    found = placed_gaps(found, items, machines)
    found += late_channel_gaps(machines, begun, found)
    found = told_once(found, contradiction_gaps(store))
    found.sort(key=lambda gap: (gap.source, gap.entity, gap.kind, gap.start, gap.end, gap.basis))
    return [msgspec.structs.replace(gap, id=f"gap-{number}") for number, gap in enumerate(found, 1)]
