"""Records of one act count once; acts of different people, places or minutes stay apart."""

from __future__ import annotations

import pytest

from vigilia.targeting.acts.act import Act
from vigilia.targeting.acts.folded_acts import fold_acts


def act(number: int, second: float, terms: str, **fields: str) -> Act:
    return Act(
        source=fields.get("source", "m365.audit"),
        actor=fields.get("actor", "ada@example.org"),
        machine=fields.get("machine", ""),
        kind=fields.get("kind", "query"),
        address=fields.get("address", ""),
        time=f"2026-03-02T10:{int(second) // 60:02}:{second % 60:09.6f}Z",
        raw=terms,
        decoded=terms,
        how=(),
        terms=(terms,),
        event_id=f"e:{number}",
    )


def folded(*acts: Act) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.event_id, one.decoded, one.same_act) for one in fold_acts(acts).acts]


def test_a_program_start_that_two_logs_note_is_one_act() -> None:
    first = act(1, 0, "donors", kind="command", machine="ws7", actor="ada", source="windows")
    second = act(2, 1.5, "Donors", kind="command", machine="ws7", actor="ws7", source="windows")
    assert folded(first, second) == [("e:1", "donors", ("e:2",))]


def test_a_request_to_a_web_shell_and_the_command_that_it_ran_are_one_act() -> None:
    request = act(1, 0, "香港", kind="command", source="web.access", actor="203.0.113.9", address="203.0.113.9")
    ran = act(2, 0.4, "香港", kind="command", source="linux.auditd", actor="www-data", address="203.0.113.9")
    assert folded(request, ran) == [("e:1", "香港", ("e:2",))]


@pytest.mark.parametrize(
    "other",
    [
        act(2, 9, "donors", kind="command"),
        act(2, 1, "donors", kind="command", actor="ben@example.org"),
        act(2, 1, "members", kind="command"),
    ],
)
def test_another_moment_person_or_word_is_another_act(other: Act) -> None:
    assert len(folded(act(1, 0, "donors", kind="command"), other)) == 2


def test_words_typed_letter_by_letter_are_one_act_with_the_last_of_them() -> None:
    typed = [act(number, 2.0 * number, "hong kong visa"[:length]) for number, length in enumerate((1, 3, 6, 9, 14), 1)]
    result = fold_acts(typed)
    assert [(one.event_id, one.decoded) for one in result.acts] == [("e:5", "hong kong visa")]
    assert set(result.acts[0].same_act) == {"e:1", "e:2", "e:3", "e:4"}
    assert result.typed == 4


def test_deleting_letters_again_changes_nothing() -> None:
    result = fold_acts([act(1, 0, "hong kong"), act(2, 1, "hong k"), act(3, 2, "hong"), act(4, 30, "hong")])
    assert [(one.event_id, one.same_act) for one in result.acts] == [("e:1", ("e:2", "e:3")), ("e:4", ())]


@pytest.mark.parametrize("change", [{"actor": "ben@example.org"}, {"source": "web.access"}, {"kind": "command"}])
def test_the_beginning_of_what_somebody_else_typed_is_an_act_of_its_own(change: dict[str, str]) -> None:
    assert len(folded(act(1, 0, "hong"), act(2, 2, "hong kong", **change))) == 2


def test_acts_without_a_time_are_never_folded() -> None:
    untimed = [Act("", "linux.history", "ada", "", "command", "x", "x", (), ("x",), f"e:{number}") for number in (1, 2)]
    assert len(fold_acts(untimed).acts) == 2


def test_every_record_is_in_exactly_one_act() -> None:
    acts = [act(number, 1.3 * number, "hong kong"[: 1 + number % 9]) for number in range(60)]
    ids = [event for one in fold_acts(acts).acts for event in (one.event_id, *one.same_act)]
    assert sorted(ids) == sorted(one.event_id for one in acts)
