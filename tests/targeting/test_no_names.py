"""No watched name in anything that targeting says: not in sentences, counts, unknown words, hints."""

from __future__ import annotations

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.searching import determine, search
from targeting.disguises import nestings, surfaces
from vigilia.model.profile import WatchedPerson, WatchList
from vigilia.targeting.terms.folding import fold

WATCH = WatchList(
    person=[
        WatchedPerson(id="P7", name="Zephrina Quillwort", aliases=["澤芙麗娜"]),
        WatchedPerson(id="P8", name="Крыстына Пшанічная"),
    ]
)
# What a reader could tell somebody by. Shorter parts are not promised (docs/targeting.md).
TELLING = [fold(part) for part in ("zephrina", "quillwort", "澤芙麗娜", "Крыстына", "Пшанічная")]
names = st.sampled_from(["Zephrina Quillwort", "Quillwort Zephrina", "QUILLWORT", "澤芙麗娜", "Крыстына Пшанічная"])
around = st.sampled_from(["{}", "from:{}", '"{}" visa', "hong kong {}", "{} 香港", "(subject:{} OR kind:email)"])


@st.composite
def disguised(draw: st.DrawFn) -> str:
    text = draw(names)
    for change in draw(surfaces):
        text = change(text)
    text = draw(around).format(text)
    for encode in draw(nestings):
        text = encode(text)
    return text


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(disguised(), min_size=20, max_size=40))
def test_no_watched_name_stands_in_what_is_said(texts: list[str]) -> None:
    rows = [search(number, text, minute=number) for number, text in enumerate(texts, 1)]
    result = determine(rows, dict.fromkeys(range(1, len(rows) + 1), 0.9), WATCH)
    said = fold(msgspec.json.encode([result.targeting, result.statements]).decode())
    assert [part for part in TELLING if part in said] == []
