"""The page: safe against what evidence contains, complete, and readable without script, colour or mouse."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from importlib import resources

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.results import empty_result, rich_result
from vigilia.model.result import Persistence, Result, Statement
from vigilia.report.html import render_html
from vigilia.report.html.page import fold
from vigilia.report.html.words import words
from vigilia.report.json_document import decode, encode
from vigilia.report.rebuild import rewrite_strings

PAYLOADS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</title></style><script src=//evil.example/x.js></script>",
    "</svg><svg onload=alert(1)>",
    "<svg><style>@import url(http://evil.example/x.css)</style></svg>",
    "<a href=javascript:alert(1)>x</a>",
    "{{ 7*7 }}{% include '/etc/passwd' %}${7*7}#{7*7}",
    "<!--<script>-->",
    "]]><foreignObject><iframe srcdoc='<script>1</script>'>",
    "<base href=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'>",
    "expression(alert(1));background:url(//evil.example)",
    "\x00\x1b[2J\u202e\u200b\u2028\ufeff\udc80<b>",
    "&lt;script&gt;&#60;script&#62;",
    "http://evil.example/x https://203.0.113.9/",
]  # fmt: skip


class Page(HTMLParser):
    """Collects what a test asks about."""

    def __init__(self, document: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._inside: list[str] = []
        self.feed(document.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"an attribute occurs twice: {tag} {attrs}"
        self.tags.append((tag, dict(attrs)))
        self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._inside:
            self.text.append(data)

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] or "" for _, attributes in self.tags if name in attributes]

    def words(self) -> str:
        return re.sub("[ \n]+", " ", "".join(self.text))


TAGS = """
html head meta title link style body a header p h1 h2 h3 h4 bdi div dl dt dd strong sup section ol ul li nav main
figure figcaption svg desc defs pattern rect line text path circle table caption thead tbody tr th td span time br
details summary abbr article wbr
"""
ALLOWED_TAGS = frozenset(TAGS.split())
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
RICH, EMPTY = rich_result(), empty_result()


def assert_harmless(document: bytes) -> None:
    page = Page(document)
    assert {tag for tag, _ in page.tags} <= ALLOWED_TAGS
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcdoc")], tag
        for name in ("href", "xlink:href", "action"):
            assert (attributes.get(name) or "#").startswith("#") or attributes[name] == "data:,"
    assert document.count(b"<style>") == 1
    style = document.decode().split("<style>")[1].split("</style>")[0]
    assert not re.search(r"url\(|@import|expression", style)
    fills = {attributes["fill"] for _, attributes in page.tags if "fill" in attributes}
    assert fills <= {f"url(#hatch-{one})" for one in words()["patterns"]}
    assert not re.search(rb"https?://", document)
    assert not _UNSEEN.search(document.decode())


def with_text(result: Result, payload: str) -> Result:
    """Return the result with the payload in every string field that may hold words."""
    return rewrite_strings(result, lambda text: text if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else payload + text)


@pytest.mark.parametrize("result", [RICH, EMPTY], ids=["rich", "empty"])
def test_the_page_has_no_script_and_asks_nobody_for_anything(result: Result) -> None:
    document = render_html(result)
    assert_harmless(document)
    assert b"default-src 'none'; style-src 'unsafe-inline'; img-src data:" in document.replace(b"&#39;", b"'")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_every_field_stays_text(payload: str) -> None:
    assert_harmless(render_html(with_text(RICH, payload)))


@settings(max_examples=12, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>\"'&;/={}%#- \u202e\x1bjavscriptonlodhf:()"), max_size=40))
def test_any_text_in_every_field_stays_text(payload: str) -> None:
    assert_harmless(render_html(with_text(EMPTY, payload)))


def test_template_syntax_in_evidence_is_shown_not_run() -> None:
    words = Page(render_html(with_text(EMPTY, "{{ 7*7 }}"))).words()
    assert "{{ 7*7 }}" in words
    assert "49Harbour" not in words


@pytest.mark.parametrize("result", [RICH, EMPTY], ids=["rich", "empty"])
def test_every_link_leads_somewhere_and_every_anchor_is_unique(result: Result) -> None:
    page = Page(render_html(result))
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    targets = {one.removeprefix("#") for one in page.attributes("href")} - {"data:,"}
    assert targets <= set(ids)
    labelled = {one for value in page.attributes("aria-labelledby") for one in value.split()}
    assert labelled <= set(ids)


def test_every_sentence_is_on_the_page_with_its_records() -> None:
    document = render_html(RICH).decode()
    for number, one in enumerate(RICH.statements, 1):
        start = document.index(f'id="s{number}"')
        end = min(document.find(end, start) for end in ("</p>", "</li>") if document.find(end, start) > 0)
        assert ("#r" in document[start:end]) == bool(one.event_ids)
        assert ("#g" in document[start:end]) == bool(one.gap_ids)


def test_every_record_shows_place_hash_and_the_way_back() -> None:
    document = render_html(RICH).decode()
    records = document[document.index('<ol class="records">') :].split("<li ")[1:]
    assert len(records) > 20
    for record in records:
        assert re.search(r"SHA-256 [0-9a-f]{64}", record)
        assert "record " in record
        assert 'class="back"' in record


def test_a_list_that_was_cut_is_counted_in_full() -> None:
    """Statement 4 rests on 120 records, of which the document holds 100 and the page names four."""
    assert '<span class="more">+116</span>' in render_html(RICH).decode()


def test_none_found_is_no_all_clear() -> None:
    words = Page(render_html(EMPTY)).words()
    assert "We found no sign of an intruder in what was examined. That does not mean that nobody was in." in words
    assert "9\u202f501 records in 3 files" in words
    assert "3 gaps in the logs" in words
    assert "1 file set aside: its reader failed" in words
    assert words.index("Limit:") < words.index("What happened") if "What happened" in words else True
    assert not re.search(r"\b(safe|secure|clean|all clear)\b", words, re.IGNORECASE)


def test_what_must_be_read_with_the_answers_stands_before_the_first_section() -> None:
    """Beside each answer stands its first limit; a few more follow, and the others are counted."""
    words = Page(render_html(RICH)).words()
    answers = words[words.index("In short") : words.index("For those who check:")]
    firsts: dict[str, str] = {}
    for one in RICH.statements:
        if one.weight == "caveat":
            firsts.setdefault(one.question, one.text)
            assert one.text in answers
    assert answers.count("Limit:") == len(set(firsts.values()))


def test_no_country_and_no_group_is_named_from_a_distribution() -> None:
    """The nexus distribution holds candidates below the bar of evidence; only judgements may name one."""
    nexus = msgspec.structs.replace(RICH.attribution.sponsor, nexus={"Ruritania": 0.4, "other": 0.6})
    group = msgspec.structs.replace(RICH.attribution.group, candidates=["Ruritanian Bear"])
    attribution = msgspec.structs.replace(RICH.attribution, sponsor=nexus, group=group)
    words = Page(render_html(msgspec.structs.replace(RICH, attribution=attribution))).words()
    assert "Ruritania" not in words
    assert "Not named." in words


def test_the_page_is_the_same_from_memory_and_from_the_file() -> None:
    document = render_html(RICH)
    assert document == render_html(RICH)
    assert document == render_html(decode(encode(RICH)))


def test_times_carry_their_zone_and_assumed_zones_are_marked() -> None:
    words = Page(render_html(RICH)).words()
    assert "2026-02-03 02:14:07\u00a0UTC" in words
    assert "time zone assumed" in words


def test_pictures_have_a_title_a_description_and_words_beside_them() -> None:
    document = render_html(RICH).decode()
    pictures = re.findall(r'<svg class="picture".*?</svg>', document, re.DOTALL)
    assert len(pictures) == 4
    for picture in pictures:
        assert 'role="img"' in picture
        assert re.search(r"<title [^>]*>[^<]+</title>\s*<desc [^>]*>[^<]+</desc>", picture)


def test_headings_do_not_skip_a_level_and_the_language_is_stated() -> None:
    page = Page(render_html(RICH))
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.attributes("lang") == ["en"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_colours_have_enough_contrast(mode: str) -> None:
    """WCAG 2.2 AA: 4.5 for text, 3 for what must be seen in pictures (success criteria 1.4.3 and 1.4.11)."""
    style = resources.files("vigilia.report.html").joinpath("templates", "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[0 if mode == "light" else 1]))
    for text in ("ink", "muted", "link", "intruder"):
        for ground in ("paper", "panel", "caution"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for graphic in ("intruder", "others", "measure", "caution-edge", "hatch"):
        assert _contrast(colours[graphic], colours["paper"]) >= 3, graphic
    assert _contrast(colours["intruder"], colours["window"]) >= 3
    assert _contrast(colours["measure"], colours["whole"]) >= 3


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_long_list_is_shown_folded_and_counted() -> None:
    folded = fold(list(range(1000)), 10, 200)
    assert [row for _, row in folded.shown + folded.folded] == list(range(210))
    assert folded.left == 790


def test_long_cases_stay_a_page_that_opens() -> None:
    many = [msgspec.structs.replace(RICH.timeline[0], text=f"step {n}") for n in range(5000)]
    acts = [msgspec.structs.replace(RICH.searches[0], decoded=f"words {n}") for n in range(5000)]
    document = render_html(msgspec.structs.replace(RICH, timeline=many, searches=acts))
    assert len(document) < 3_000_000
    assert "more in result.json" in document.decode()


def test_what_stands_in_a_table_or_list_is_not_said_twice() -> None:
    first = RICH.containment[0]
    text = f"{first.what}. {first.why}"
    repeated = msgspec.structs.replace(RICH.statements[0], id="now-9", question="what-now", weight="action", text=text)
    words = Page(render_html(msgspec.structs.replace(RICH, statements=[*RICH.statements, repeated]))).words()
    assert words.count(first.why) == 1


def test_nothing_in_a_table_is_held_together_on_a_narrow_screen() -> None:
    """At 320 pixels a time that may not be broken would push the page sideways."""
    style = resources.files("vigilia.report.html").joinpath("templates", "style.css").read_text(encoding="utf-8")
    narrow = style[style.index("@media (max-width: 44rem)") : style.index("@media print")]
    assert re.search(r"td time, td \.together[^{]*\{ white-space: normal; \}", narrow)


def test_a_first_or_last_sign_with_an_assumed_time_says_so_on_the_first_screen() -> None:
    """A log without years may be read a year off: no date that rests on it stands there bare."""
    last = RICH.intrusion.last_seen
    steps = [msgspec.structs.replace(RICH.timeline[-1], time=last, end="", time_basis="year-assumed")]
    cited = [
        msgspec.structs.replace(one, time_basis="year-assumed") if one.time == last else one
        for one in RICH.cited_events
    ]
    words = Page(render_html(msgspec.structs.replace(RICH, timeline=steps, cited_events=cited))).words()
    assert "(year assumed)" in words[: words.index("In short")]
    plain = Page(render_html(RICH)).words()
    assert "assumed)" not in plain[: plain.index("In short")]


def test_each_kind_of_content_and_way_has_one_row_with_its_own_words_unfolded_on_demand() -> None:
    document = render_html(RICH).decode()
    for number, row in enumerate(RICH.impact, 1):
        start = document.index(f'<tr role="row" id="i{number}">')
        cells = document[start : document.index("</tr>", start)]
        assert f'<span class="code">{row.level}</span>' in cells
        assert "<summary>In words</summary>" in cells


def test_the_first_steps_of_tonight_stand_on_the_first_screen_and_lead_to_the_list() -> None:
    document = render_html(RICH).decode()
    words = Page(render_html(RICH)).words()
    opening = words[: words.index("In short")]
    assert opening.index("It is ") < opening.index("Tonight, in this order")
    assert all(one.what in opening for one in RICH.containment[:3])
    assert '<a href="#tonight">' in document[: document.index("In short")]
    assert document.index('id="q6"') < document.index('id="tonight"')


def test_paper_holds_the_place_of_every_record_and_the_words_of_the_first() -> None:
    """Long lists are folded on paper, and it says where the rest stands."""
    cited = [msgspec.structs.replace(RICH.cited_events[0], id=f"1111111111111111:{n}", record=n) for n in range(60)]
    said = [
        msgspec.structs.replace(RICH.statements[0], id=f"more-{n}", weight="detail", event_ids=[one.id])
        for n, one in enumerate(cited)
    ]
    result = msgspec.structs.replace(RICH, cited_events=RICH.cited_events + cited, statements=RICH.statements + said)
    document = render_html(result).decode()
    records = document[document.index('<ol class="records">') :].split("<li ")[1:]
    assert sum('class="later"' in one for one in records) == len(records) - 12
    assert all(", record " in one and "SHA-256" in one for one in records)
    assert "On paper, from record 13 on only time and place are given" in document


def test_many_caveats_leave_room_for_the_answers_and_are_counted() -> None:
    caveats = [
        msgspec.structs.replace(RICH.statements[2], id=f"more-{n}", text=f"Limit number {n}.") for n in range(20)
    ]
    document = render_html(msgspec.structs.replace(RICH, statements=RICH.statements + caveats)).decode()
    opening = document[: document.index('id="q1"')]
    assert opening.count("Limit number") == 3
    assert "more limits stand with the answers below." in opening
    assert document[document.index('id="q1"') :].count("Limit number") == 20


def test_the_steps_of_tonight_come_before_what_is_to_be_decided() -> None:
    document = render_html(RICH).decode()
    assert document.index("Tonight, in this order") < document.index("To decide and to do")
    assert document.index("Revoke all sessions of", document.index('id="q6"')) < document.index("Remove the inbox rule")


def test_where_nobody_was_found_the_page_names_what_came_nearest() -> None:
    result = empty_result()
    account = rich_result().intrusion.accounts[0]
    near = msgspec.structs.replace(account, value="noor at 203.0.113.9", event_ids=[], reasons=[])
    intrusion = msgspec.structs.replace(result.intrusion, nearest=[near])
    text = " ".join(Page(render_html(msgspec.structs.replace(result, intrusion=intrusion))).text)
    assert "What came nearest to an intruder" in text
    assert "203.0.113.9" in text.replace("[.]", ".").replace("\u200b", "").replace(" ", "")


def test_a_way_back_is_told_in_its_table_and_not_again_as_a_sentence() -> None:
    result = rich_result()
    way = msgspec.convert(
        {"kind": "key", "value": "k", "place": "web1", "account": "deploy", "state": "unknown", "probability": 0.9}
        | {"made": "", "removed": "", "statement": "The SSH key was first used.", "event_ids": []},
        Persistence,
    )
    said = Statement(id="way-1", question="who-was-in", weight="detail", text=way.statement)
    intrusion = msgspec.structs.replace(result.intrusion, persistence=[way])
    told = msgspec.structs.replace(result, intrusion=intrusion, statements=[*result.statements, said])
    assert " ".join(Page(render_html(told)).text).count("The SSH key was first used.") == 1
