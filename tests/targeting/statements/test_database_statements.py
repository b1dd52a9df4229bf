"""A statement's search is found whatever the dialect; what only reads or writes rows is none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.targeting.statements.database_statements import statement_terms
from vigilia.targeting.statements.statement_tables import holds_names
from vigilia.targeting.terms.found_terms import Found

PATTERNS = [
    ("select * from donors where name ilike '%chan%' and city like '%hong%kong%'", ("chan", "hong kong")),
    ("select * from d where n like '%'||'hong'||'%' or n like concat('%','kong','%')", ("hong", "kong")),
    ("select * from d where n like CHAR(104,111,110,103)", ("hong",)),
    ("select * from d where n rlike 0x686f6e67", ("hong",)),
    ("select * from d where n like concat('%', UNHEX('686f6e67'), '%')", ("hong",)),
    ("select * from d where n like FROM_BASE64('aG9uZyBrb25n')", ("hong kong",)),
    (r"select * from d where n like '%' || U&'\9999\6e2f' || '%'", ("香港",)),
    (r"select * from d where n like E'%\xe9\xa6\x99%'", ("香",)),
    ("select * from d where n similar to '%(tibet|lhasa)%'", ("(tibet|lhasa)",)),
    ("select * from d where c ~* 'ürümchi|kashgar'", ("ürümchi|kashgar",)),
    ("select * from d where n like any(array['%ab1%','%ab2%']) and id=3", ("ab1", "ab2")),
    ("select * from d where n = $$x$$ and n like $q$it's here$q$", ("it's here",)),
    ("SELECT * FROM d WHERE MATCH(a,b) AGAINST('+tibet -sport' IN BOOLEAN MODE)", ("+tibet -sport",)),
    ("select * from d where v @@ to_tsquery('english','uyghur & camp')", ("uyghur & camp",)),
    ("select * from d where CONTAINS(b, '\"hong kong\"') and CHARINDEX('lhasa', t) > 0", ('"hong kong"', "lhasa")),
    ("SELECT * FROM d WHERE REGEXP_LIKE(name, '^okafor', 'i')", ("okafor",)),
    ("name like '%hong%'", ("hong",)),
    ("EXEC sp_executesql N'select * from d where name like @p', N'@p nvarchar(20)', @p=N'%hong%'", ("hong",)),
    ("MATCH (p:Person) WHERE p.bio CONTAINS 'tibet' RETURN p", ("tibet",)),
    ("MATCH (p) WHERE p.bio =~ '(?i).*urumqi.*' RETURN p", ("urumqi",)),
    ("MATCH (p:Person {name:'Okafor'}) RETURN p", ("Okafor",)),
    ("db.donors.find({a: /hong/i})", ("hong",)),
    ("db.donors.find({a: {$regex: 'hong', $options: 'i'}})", ("hong",)),
    ('db.x.find({$text: {$search: "hong kong"}})', ("hong kong",)),
]
EQUALITIES = [
    ("SELECT id FROM m WHERE last_name = 'Okafor' AND status = 'active'", ("Okafor",)),
    ("select * from d where fullName in ('Ann Lee', 'Bo Li')", ("Ann Lee", "Bo Li")),
    ("UPDATE m SET note = 'x' WHERE surname = 'Okafor'", ("Okafor",)),
    ("UPDATE m SET last_name = 'Okafor' WHERE id = 4", ()),
    ("INSERT INTO m(name) VALUES ('Okafor')", ()),
    ("SELECT v FROM wp_options WHERE option_name = 'siteurl'", ()),
    ("SELECT 1 FROM pg_class WHERE relname = 'donors'", ()),
    ("SELECT * FROM u WHERE username = 'ada'", ()),
    ("select * from d where n not like '%b%'", ()),
    ("select 1 -- where name like 'x'", ()),
    ("select /* name like 'x' */ 1", ()),
    ("the grep of wrath", ()),
]
DOCUMENTS = [
    (
        '{"query":{"bool":{"must":[{"match":{"content":"hong kong"}},{"term":{"status":"active"}},'
        '{"term":{"name.keyword":"Okafor"}}],"must_not":{"match":{"a":"zz"}}}}}',
        ("hong kong",),
    ),
    ('{"query":{"match":{"content":{"query":"ghulja","operator":"and"}}}}', ("ghulja",)),
    ('{"query":{"query_string":{"query":"tibet OR lhasa","fields":["a"]}}}', ("tibet OR lhasa",)),
    ('{"query":{"multi_match":{"query":"kashgar","fields":["a","b"]}}}', ("kashgar",)),
    ('{"find":"d","filter":{"name":{"$regex":"chan"},"status":"a"},"$db":"crm"}', ("chan",)),
    ('{"command":{"find":"d","filter":{"donor_name":"Okafor"}}}', ("Okafor",)),
    ('{"size":5,"aggs":{"a":{"terms":{"field":"name"}}}}', ()),
    ('{"alert":"disk full"}', ()),
]


@pytest.mark.parametrize(("statement", "terms"), PATTERNS + EQUALITIES)
def test_statements_of_every_dialect(statement: str, terms: tuple[str, ...]) -> None:
    assert statement_terms(statement).terms == terms


@pytest.mark.parametrize(("document", "terms"), DOCUMENTS)
def test_queries_that_are_documents(document: str, terms: tuple[str, ...]) -> None:
    assert statement_terms(document).terms[: len(terms)] == terms
    assert bool(statement_terms(document).terms) == bool(terms)


def test_parameters_are_filled_in_from_the_line_that_tells_them() -> None:
    line = "select * from d where a ILIKE $1 and id=$2 DETAIL:  parameters: $1 = '%taiwan%', $2 = '10'"
    assert statement_terms(line) == Found(("taiwan",), ("parameters",))


def test_a_column_is_judged_by_the_words_of_its_name() -> None:
    assert all(map(holds_names, ["name", "crm.donors.last_name", "donorName", "EMAIL"]))
    assert not any(map(holds_names, ["table_name", "hostname", "id", "status", ""]))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab'\"$q/*-(){}[]:,=~%|+ \\\nlikewhrnm", max_size=300))
def test_any_statement_is_read_without_error(text: str) -> None:
    statement_terms(text)
    statement_terms("select * from d where name like " + text)  # noqa: S608 - read, never run


@pytest.mark.parametrize(
    "piece", ["'", "/*", "$a$", "like (", "name=(", '{"a":', "[", "parameters: ", "concat('a',", "/a", "x.y."]
)
def test_long_hostile_statements_take_no_longer_than_long_plain_ones(piece: str) -> None:
    started = time.process_time()
    statement_terms(piece * (65536 // len(piece)))
    assert time.process_time() - started < 2


@given(st.text(alphabet="abcxyz ü香", min_size=1, max_size=20).map(str.strip).filter(bool))
def test_what_is_put_into_a_statement_comes_out(term: str) -> None:
    kept = " ".join(term.split())
    assert statement_terms("select * from d where a like '%" + term + "%'").terms == (kept,)  # noqa: S608 - read, never run
