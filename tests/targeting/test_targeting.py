from __future__ import annotations

import base64
import urllib.parse
from typing import Any

import msgspec
import pytest

from support.events import event, events_table
from support.searching import Row, determine, search
from vigilia.model.profile import Profile, WatchedPerson, WatchedTopic, WatchList
from vigilia.scope.activity import load_hits
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.found_acts import find_searches
from vigilia.targeting.names.redaction import Redactor
from vigilia.targeting.targeting import TargetingResult

CANARY = "Zephrina Quillwort"
WATCH = WatchList(person=[WatchedPerson(id="P7", name=CANARY, aliases=["澤芙麗娜"])])


def command(record: int, line: str, second: int = 0, **columns: Any) -> Row:
    return event(
        record,
        at=f"2026-03-02T10:00:{second:02d}+00:00",
        vigilia__source=columns.pop("source", "windows"),
        host__name="ws1.example.org",
        process__command_line=line,
        **columns,
    )


def run(rows: list[Row], intruder: dict[int, float], watch: WatchList = WATCH) -> TargetingResult:
    return determine(rows, intruder, watch)


def everyday(start: int = 100) -> list[Row]:
    texts = [
        "budget 2026",
        "tibet report",
        "room booking",
        "Tibetan monastery",
        "travel form",
        "minutes",
        "西藏",
        "rota",
    ]
    return [search(start + n, text, f"staff{n % 4}@example.org", 60 + n) for n, text in enumerate(texts * 5)]


def test_the_intruders_topics_stand_out_and_a_researchers_daily_topic_does_not() -> None:
    theirs = [
        search(n, text, minute=n) for n, text in enumerate(["hong kong", "香港 抗議", "tibet", "Hong Kong visa"], 1)
    ]
    result = run(theirs + everyday(), dict.fromkeys(range(1, 5), 0.9))
    topics = {one.id: one for one in result.targeting.topics}
    assert (topics["place:HK"].intruder_count, topics["place:HK"].baseline_count) == (3, 0)
    assert (topics["topic:tibet"].intruder_count, topics["topic:tibet"].baseline_count) == (1, 15)
    assert topics["place:HK"].interval[0] > 0 > topics["topic:tibet"].interval[0]
    assert topics["place:HK"].languages == ["Han", "Latin"]
    assert result.targeting.statement == (
        "3 of 4 searches that are likely the intruder's concern Hong Kong: too few to say what the intruder was after."
    )
    assert (result.targeting.intruder_searches, result.targeting.other_searches) == (4, 40)


def test_the_word_list_of_a_mail_rule_is_called_that() -> None:
    def rule(number: int) -> Row:
        return event(number, at=f"2026-03-02T0{number}:00:00+00:00", event__action="New-InboxRule",
                     event__provider="Exchange", user__name="ada@example.org",
                     fields={"Parameters.SubjectContainsWords": f"hong kong {number}"})  # fmt: skip

    alone = run([rule(1), *everyday()], {1: 0.9})
    assert "It is the word list of a mail rule: what arrives with these words" in alone.targeting.statement
    among = run([rule(1), rule(2), search(3, "hong kong", minute=3), *everyday()], dict.fromkeys((1, 2, 3), 0.9))
    assert "2 of them are word lists of mail rules" in among.targeting.statement
    assert "mail rule" not in run([search(3, "hong kong", minute=3), *everyday()], {3: 0.9}).targeting.statement


def test_the_headline_names_what_many_searches_share_and_counts_what_is_on_the_watch_list() -> None:
    """A topic of two searches is a detail beside one of eighteen; the watch list's topics and people are counted."""
    typed = [*(["hong kong"] * 18), *(["Lantern-Fund"] * 4), *(["staff payroll"] * 2), *([CANARY] * 3)]
    rows = [search(n, f"{text} {n}", minute=n) for n, text in enumerate(typed, 1)]
    watch = WatchList(
        topic=[WatchedTopic(id="fund", label="Lantern Fund", terms=["Lantern Fund"])], person=WATCH.person
    )
    result = run(rows + everyday(), dict.fromkeys(range(1, len(rows) + 1), 0.9), watch)
    assert result.targeting.statement.startswith(
        "The searches that are likely the intruder's were mostly related to Hong Kong, "
        "as well as one person and one topic on your watch list: 25 of 27 ("
    )
    (warning,) = [one for one in result.statements if one.question == "what-now"]
    assert "whether and how to warn P7 of your watch list" in warning.text
    assert len(warning.event_ids) == 3
    details = [one.text for one in result.statements if one.weight == "detail"]
    assert details[0].startswith("Watched person P7: looked for 3 times by the intruder")
    assert any(text.startswith("staff and human resources: 2 of 27") for text in details)


def test_a_watched_persons_name_is_in_no_sentence_count_or_label() -> None:
    """The canary: only raw and decoded texts hold it, and the redactor takes it out of those."""
    rows = [
        search(1, CANARY),
        search(2, f"from:{CANARY.upper()} passport", minute=5),
        search(3, "澤芙麗娜 香港", minute=9),
        command(4, f'findstr /s "{CANARY}" *.txt'),
        event(
            5,
            vigilia__source="web.access",
            at="2026-03-03T00:00:00+00:00",
            url__original=f"/?s={urllib.parse.quote_plus(CANARY)}",
            source__ip="203.0.113.5",
        ),
    ]
    result = run(rows, dict.fromkeys(range(1, 6), 0.9))
    assert result.targeting.persons[0].intruder_count == 5
    shown = msgspec.json.encode([result.targeting, result.statements]).decode().casefold()
    assert "P7".casefold() in shown
    for part in ("zephrina", "quillwort", "澤芙麗娜"):
        assert part not in shown
    redactor = Redactor(WATCH)
    for act in result.searches:
        for text in (act.raw, act.decoded):
            assert "quillwort" not in redactor.redact(text).casefold()
            assert "澤芙麗娜" not in redactor.redact(text)


def test_records_of_the_same_act_count_once_with_the_highest_probability() -> None:
    line = 'findstr /s "hong kong" *.docx'
    rows = [
        command(1, line, event__code="4688"),
        command(2, line, second=1, event__code="1"),
        command(3, line, second=30),
    ]
    result = run(rows, {2: 0.8})
    assert [(one.event_id[-1], one.intruder_probability) for one in result.searches] == [("1", 0.8), ("3", 0.0)]


def test_empty_searches_are_counted_and_left_out() -> None:
    result = run([search(1, "*"), search(2, ""), search(3, "hong kong", minute=3)], {3: 0.9})
    assert [one.decoded for one in result.searches] == ["hong kong"]
    assert any(one.text.startswith("2 searches without a term") for one in result.statements)


def test_acts_come_from_every_kind_of_record() -> None:
    script = base64.b64encode("gci -r -filter *uyghur*".encode("utf-16-le")).decode()
    rows = [
        search(1, "tibet"),
        command(2, f"powershell -enc {script}"),
        event(3, vigilia__source="windows", host__name="ws1", script__text="gci | sls -Pattern 'kashgar'"),
        command(
            4,
            "grep -r Hong Kong /srv",
            source="linux.auditd",
            user__name="deploy",
            fields={"arguments": ["grep", "-r", "Hong Kong", "/srv"], "audit_id": "1:1"},
        ),
        event(
            5,
            vigilia__source="web.access",
            source__ip="203.0.113.5",
            url__original="/index.php?q=%25E9%25A6%2599%25E6%25B8%25AF&p=1",
        ),
        event(6, vigilia__source="web.access", source__ip="203.0.113.5", url__original="/?page=hongkong"),
    ]
    with EventStore.from_table(events_table(rows)) as store:
        load_hits(store, [], Profile())
        found = find_searches(store)
    read = {act.event_id[-1]: (act.decoded, act.how, act.actor) for act in found.acts}
    assert read == {
        "1": ("tibet", (), "ada@example.org"),
        "2": ("uyghur", ("base64", "utf-16le"), "ws1"),
        "3": ("kashgar", (), "ws1"),
        "4": ("Hong Kong", (), "deploy"),
        "5": ("香港", ("url-decoded",), "203.0.113.5"),
    }
    assert found.sources == ["linux.auditd", "m365.audit", "web.access", "windows"]


def test_missing_search_auditing_is_said_and_silence_is_no_comfort() -> None:
    result = run([command(1, "notepad.exe")], {})
    text = " ".join(one.text for one in result.statements)
    assert "does not mean that nothing was searched for" in text
    assert "absence of search records is not absence of searching" in text
    assert result.targeting.topics == []


@pytest.mark.parametrize("rows", [[], [search(1, "x" * 100000)]])
def test_nothing_and_too_much_are_bounded(rows: list[Row]) -> None:
    result = run(rows, {})
    assert all(len(one.raw) <= 3000 for one in result.searches)
    assert [one.id for one in result.statements] == [f"targeting-{n}" for n in range(1, len(result.statements) + 1)]


def test_every_sentence_rests_on_events_of_the_store() -> None:
    rows = [search(1, "hong kong donors"), *everyday()]
    result = run(rows, {1: 0.9})
    known = {row["event.id"] for row in rows}
    assert {event for one in result.statements for event in one.event_ids} <= known


def test_a_process_title_beside_its_arguments_is_not_a_second_act() -> None:
    call = {"audit_id": "1:7"}
    rows = [
        command(1, "grep -r Hong Kong /srv", source="linux.auditd", fields=call),
        command(
            2,
            "grep -r Hong Kong /srv",
            source="linux.auditd",
            fields=call | {"arguments": ["grep", "-r", "Hong Kong", "/srv"]},
        ),
    ]
    assert [one.decoded for one in run(rows, {}).searches] == ["Hong Kong"]


def test_what_is_not_examined_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilia.targeting.acts.found_acts.CANDIDATES_AT_MOST", 2)
    result = run([search(n, f"hong kong {n}", minute=n) for n in range(1, 6)], {})
    assert len(result.searches) == 2
    assert any(one.text.startswith("3 further records") for one in result.statements)


def test_words_typed_letter_by_letter_are_one_search_and_their_records_are_told() -> None:
    result = run([search(1, "hon"), search(2, "hong kong")], {1: 0.9})
    assert [(one.decoded, one.intruder_probability) for one in result.searches] == [("hong kong", 0.9)]
    assert any(one.text.startswith("1 record holds only the beginning of words") for one in result.statements)
