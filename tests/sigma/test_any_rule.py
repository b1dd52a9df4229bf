"""Whatever a rule file says, compiling and checking it gives rules and remarks, never an error of ours."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sigma.modifiers import modifier_mapping

from vigilia.sigma.adaptation import Adaptation
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.documents import Document
from vigilia.sigma.lint.linting import check_rule_texts

_MODIFIERS = [*sorted(modifier_mapping), "utf16le", "unheard"]
_ADAPTATION = Adaptation(placeholders={"hosts": ("db01", "web-*", "")})

_TEXTS = st.one_of(
    st.text(alphabet="aB*?\\%/- .(|)[é密\ud7ff\x07", max_size=8),
    st.sampled_from(
        ["%hosts%", "%%", "\\%hosts%", "192.0.2.0/24", "1 of them", "*", "(?=a)", "true", " -x", "..", "\x00"]
    ),
)
_SCALARS = st.one_of(_TEXTS, st.integers(), st.floats(allow_nan=True), st.booleans(), st.none(), st.dates())
_KEYS = st.builds(
    lambda field, modifiers: "|".join([field, *modifiers]),
    st.sampled_from(["A", "B", "", "a b", "1"]),
    st.lists(st.sampled_from(_MODIFIERS), max_size=4),
)
_VALUES = st.one_of(_SCALARS, st.lists(_SCALARS, max_size=3), st.dictionaries(_TEXTS, _SCALARS, max_size=1))
_MAPS = st.dictionaries(_KEYS, _VALUES, max_size=3)
_SELECTIONS = st.one_of(_MAPS, _VALUES, st.lists(st.one_of(_MAPS, _SCALARS), max_size=3))
_CONDITIONS = st.one_of(
    st.sampled_from(["s", "s and t", "not s", "1 of them", "all of s*", "s or not t", "1 of _*"]),
    st.text(alphabet="st()*_ andorf1", max_size=20),
    _VALUES,
)
_DETECTIONS = st.one_of(
    st.builds(
        lambda one, two, condition: {"s": one, "t": two, "condition": condition}, _SELECTIONS, _SELECTIONS, _CONDITIONS
    ),
    _VALUES,
)
_LOG_SOURCES = st.one_of(st.just({"product": "windows"}), st.dictionaries(st.just("product"), _VALUES), _VALUES)


def _document(head: Document, logsource: object, detection: object) -> Document:
    return {"title": "x", **head, "logsource": logsource, "detection": detection}


_HEAD_KEYS = (
    *("title", "id", "level", "status", "date", "modified", "tags", "fields", "related", "author", "references"),
    *("falsepositives", "description", "taxonomy", "scope", "license", "action", "correlation", "filter", "name"),
)
_HEADS = st.dictionaries(st.sampled_from(_HEAD_KEYS), _VALUES, max_size=3)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.builds(_document, _HEADS, _LOG_SOURCES, _DETECTIONS), min_size=1, max_size=3))
def test_any_documents_are_rules_or_named_with_line_and_hint(documents: list[Document]) -> None:
    sources = [("any.yml", yaml.safe_dump_all(documents, allow_unicode=True, sort_keys=False))]
    rules = compile_rules(sources, _ADAPTATION)
    remarks = check_rule_texts(sources, rules, lambda _: "")
    assert len(rules.rules) + len(rules.unsupported) <= len(documents)
    assert all(one.reason and one.hint and one.line >= 1 for one in rules.unsupported)
    assert sum(one.code == "SG001" for one in remarks) == len({(one.line, one.reason) for one in rules.unsupported})


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abt:-[]{}&*!|>'\"# \n%@,?0\x07", max_size=80))
def test_any_text_is_a_rule_file_or_named(text: str) -> None:
    rules = compile_rules([("any.yml", text)])
    check_rule_texts([("any.yml", text)], rules, lambda _: "")
    assert not rules.rules
