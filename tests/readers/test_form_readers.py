"""Forms: a log that is described reads like one that has code."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.reading import read_all
from vigilia.model.errors import KnowledgeError
from vigilia.readers.columns import FieldValue
from vigilia.readers.form_fields import FieldNames
from vigilia.readers.form_readers import form_reader
from vigilia.readers.forms import Form, parse_form, shipped_forms
from vigilia.readers.reader import Reader

_HEAD = 'schema = 1\nname = "n"\nsource = "s"\ntitle = "t"\nreference = []\ndate = "2026-11-21"\n'


def reader(text: str) -> Reader:
    return form_reader(parse_form(_HEAD + text, "form.toml"))


TABLE = reader('shape = "csv"\n[recognise]\nall = ["When", "Who"]\nany = ["What", "Why"]\nnone = ["AuditData"]\n')


@pytest.mark.parametrize(
    ("head", "sure"),
    [
        (b"When,Who,What\n", 0.9),
        (b'\xef\xbb\xbf"when";"WHO";"why"\r\n', 0.9),
        ("When\tWho\tWhat\n".encode("utf-16"), 0.9),
        (b"#TYPE Selected\nWhen,Who,What\n", 0.9),
        (b"A report of May\n\nWhen,Who,What\n", 0.9),
        (b"When,Who\n", 0.0),
        (b"When,Who,What,AuditData\n", 0.0),
        (b"", 0.0),
    ],
)
def test_a_table_is_known_by_its_columns(head: bytes, sure: float) -> None:
    assert TABLE.recognise(head) == sure


def test_rows_are_read_and_everything_else_is_accounted_for() -> None:
    content = b"A report\nWhen,Who,What\n1,ada,\n2,ben,x,y\nWhen,Who,Why\n3,cem,z\n"
    reading = read_all(TABLE, content)
    assert reading.rows == [{"When": "1", "Who": "ada"}, {"When": "3", "Who": "cem", "Why": "z"}]
    assert reading.reasons() == ["a row before the column names", "the row has another number of cells than the header"]


def test_names_are_the_forms_own_and_json_in_cells_is_opened() -> None:
    form = reader(
        'shape = "csv"\n[recognise]\nall = ["When"]\n[take]\njson_text = ["Details"]\nrename = { WHEN = "time", '
        '"details.a.b" = "deep" }\nadd = { kind = "table" }\n'
    )
    reading = read_all(form, b'When,Details,Other\n1,"{""a"": {""b"": 2}}","{""c"": 1}"\n2,"{broken",\n')
    assert reading.rows == [
        {"time": "1", "deep": "2", "Other": '{"c": 1}', "kind": "table"},
        {"time": "2", "Details": "{broken", "kind": "table"},
    ]


JSON = reader(
    'shape = "json"\n[recognise]\nall = ["id.time"]\nvalues = { kind = ["a", "b"] }\n[take]\npages = ["items"]\n'
    'lift = ["properties"]\nsplit = "events"\n'
    'pairs = [{ list = "events.parameters", name = "name", values = ["value", "intValue"] }]\n'
)


def test_details_of_a_field_add_what_is_not_there_yet() -> None:
    form = reader(
        'shape = "both"\n[recognise]\nall = ["message"]\n[[detail]]\nof = "message"\n'
        'pattern = \'^Login failed: "(?P<user>[^"]*)"\'\nadd = { action = "login-failed" }\n'
    )
    content = json.dumps({"message": 'Login failed: "ada\ud83d"', "action": "own"}).encode() + b'{"message": ["Login"]}'
    assert read_all(form, content).rows[1] == {"message": ["Login"]}
    assert read_all(form, content).rows[0]["action"] == "own"
    assert str(read_all(form, content).rows[0]["user"]).startswith("ada")


def test_pages_are_opened_lists_split_and_pairs_folded() -> None:
    record = {
        "kind": "a",
        "id": {"time": "2026-01-01"},
        "properties": {"kind": "not this", "more": 1},
        "events": [
            {"name": "one", "parameters": [{"name": "p", "value": "x"}, {"name": "q", "intValue": "5"}]},
            {"name": "two", "parameters": ["no pairs"]},
        ],
    }
    content = json.dumps({"items": [record, {"kind": "b"}]}).encode()
    assert JSON.recognise(content) == 0.9
    shared = {"kind": "a", "properties.kind": "not this", "id.time": "2026-01-01", "more": "1"}
    assert read_all(JSON, content).rows == [
        shared | {"events.name": "one", "events.parameters.p": "x", "events.parameters.q": "5"},
        shared | {"events.name": "two", "events.parameters": ["no pairs"]},
        {"kind": "b"},
    ]


BOTH = parse_form(
    _HEAD
    + """shape = "both"
[[recognise]]
all = ["Date (UTC)", "User name"]
[[recognise]]
all = ["userName"]
any = ["createdDateTime", "time"]
sureness = 0.95
[take]
lift = ["properties"]
names = ["userName", "location.", "location.countryCode", "ipAddress"]
rename = { "Date (UTC)" = "createdDateTime", "LocationDetails." = "location." }
""",
    "form.toml",
)


def test_a_form_of_both_shapes_is_two_readers_with_one_set_of_names() -> None:
    table, objects = map(form_reader, BOTH.shaped())
    assert (table.name, objects.name) == ("n-csv", "n-json")
    assert table.title == "t (CSV)"
    csv = b"Date (UTC);USER NAME;IP address\n1;ada;192.0.2.1\n"
    assert table.recognise(csv) == 0.9
    assert read_all(table, csv).rows == [{"createdDateTime": "1", "userName": "ada", "ipAddress": "192.0.2.1"}]
    value = {"time": "1", "userName": "ada", "Location": "NL", "LocationDetails": {"country_code": "NL", "city": "x"}}
    assert objects.recognise(json.dumps(value).encode()) == 0.95
    assert table.recognise(json.dumps(value).encode()) == 0.0
    assert read_all(objects, json.dumps(value).encode()).rows == [
        {"time": "1", "userName": "ada", "Location": "NL", "location.countryCode": "NL", "location.city": "x"}
    ]


def test_no_field_is_lost_where_two_would_take_one_name() -> None:
    objects = form_reader(BOTH.shaped()[1])
    value = {"UserName": "first", "userName": "exact", "user_name": "third", "IP_Address": "1", "IPAddress": "2"}
    assert read_all(objects, json.dumps(value).encode()).rows == [
        {"UserName": "first", "userName": "exact", "user_name": "third", "ipAddress": "1", "IPAddress": "2"}
    ]


def test_a_name_that_is_spelt_comes_before_one_that_is_renamed() -> None:
    objects = form_reader(BOTH.shaped()[1])
    value = {"Date (UTC)": "1", "LocationDetails": {"city": "x"}, "Location": {"city": "y"}, "userName": "ada"}
    assert read_all(objects, json.dumps(value).encode()).rows == [
        {"createdDateTime": "1", "LocationDetails.city": "x", "location.city": "y", "userName": "ada"}
    ]


_NAMES = st.sampled_from(
    ["userName", "User name", "user_name", "time", "Date (UTC)", "createdDateTime", "location.city", "Location.City"]
)


@given(st.dictionaries(_NAMES | st.text(max_size=6), st.just("x"), max_size=8))
@settings(max_examples=100)
def test_renaming_neither_loses_nor_joins_fields(fields: dict[str, FieldValue]) -> None:
    assert len(FieldNames(BOTH.take).named(fields)) == len(fields)


def test_a_name_that_a_list_has_twice_keeps_both_values() -> None:
    parameters = [{"name": "p", "value": "x"}, {"name": "p", "value": "y"}]
    record = {"kind": "a", "id": {"time": "1"}, "events": [{"parameters": parameters}]}
    assert read_all(JSON, json.dumps(record).encode()).rows[0]["events.parameters.p"] == ["x", "y"]


@pytest.mark.parametrize("value", [{"kind": "c", "id": {"time": 1}}, {"kind": "a", "id": {}}, {"kind": "a"}, {}])
def test_other_objects_are_not_recognised(value: object) -> None:
    assert JSON.recognise(json.dumps(value).encode()) == 0.0


def test_a_small_file_cannot_balloon_by_its_split() -> None:
    """A million parts beside a long text would be a terabyte; the record stays whole."""
    record = {"kind": "a", "id": {"time": "1"}, "text": "x" * 1_000_000, "events": [1] * 100_000}
    begun = time.monotonic()
    assert len(read_all(JSON, json.dumps(record).encode()).rows) == 1
    assert time.monotonic() - begun < 10


def test_an_unknown_key_of_a_form_is_refused() -> None:
    with pytest.raises(KnowledgeError):
        reader('shape = "csv"\n[recognise]\nall = ["a"]\nwhatever = 1\n')


@pytest.mark.parametrize("form", shipped_forms(), ids=lambda form: form.name)
def test_a_shipped_form_names_its_reference(form: object) -> None:
    assert getattr(form, "reference")  # noqa: B009 - the type is lost in parametrisation


def test_a_page_is_read_record_by_record_with_exact_places() -> None:
    content = b'{"kind": "a#list", "items": [{"kind": "a", "id": {"time": 1}},\n {"kind": "b", "items": [{"x": 1}]}]}'
    reading = read_all(JSON, content)
    assert reading.rows == [{"kind": "a", "id.time": "1"}, {"kind": "b", "items.x": ["1"]}]
    places = [content[place["offset"] :][: place["length"]] for place in reading.positions]
    assert places == [b'{"kind": "a", "id": {"time": 1}}', b'{"kind": "b", "items": [{"x": 1}]}']


def test_names_of_flat_tables_become_those_of_the_nested_record() -> None:
    form = reader(
        'shape = "json"\n[recognise]\nall = ["a"]\n[take]\nsuffixes = [" [UTC]", "_s", "_t"]\n'
        'nested = ["client", "client.user"]\nrename = { "client.ip" = "address" }\n'
    )
    record = {"client_ip_s": "1", "client_user_agent_x_s": "2", "at_t [UTC]": "3", "clients_s": "4", "client.z": "5"}
    assert read_all(form, json.dumps(record).encode()).rows == [
        {"address": "1", "client.user.agent_x": "2", "at": "3", "clients": "4", "client.z": "5"}
    ]


def test_pairs_within_pairs_are_folded_and_what_has_become_an_object_is_lifted() -> None:
    form = reader(
        'shape = "json"\n[recognise]\nall = ["a"]\n[take]\nlift = ["p"]\n'
        'pairs = [{ list = "p", name = "name", values = ["value", "message", "messages"] }]\n'
    )
    inner = {"parameter": [{"name": "scope", "value": "mail"}]}
    pairs = [
        {"name": "x", "value": 1},
        {"name": "one", "message": inner},
        {"name": "two", "messages": [inner, inner]},
        {"name": "other", "message": {"a": [{"b": 1}]}},
    ]
    assert read_all(form, json.dumps({"p": pairs, "x": 0}).encode()).rows == [
        {"x": "0", "p.x": "1", "one.scope": "mail", "two.scope": ["mail", "mail"], "other.a.b": ["1"]}
    ]


def test_sums_below_a_table_are_no_records_and_a_further_header_starts_anew() -> None:
    form = reader('shape = "csv"\n[recognise]\nall = ["ts", "bytes"]\n[take]\nend = ["Summary"]\n')
    reading = read_all(form, b"ts,bytes\n1,Summary\nSummary\nflows,bytes\n1,2\nts|bytes\nSummaryX|3\n")
    assert reading.rows == [{"ts": "1", "bytes": "Summary"}, {"ts": "SummaryX", "bytes": "3"}]
    assert reading.rejects == []


def test_a_page_that_lacks_its_list_is_no_record() -> None:
    form = reader(
        'shape = "json"\n[recognise]\nall = ["a"]\n[take]\npages = ["items"]\nno_record = { kind = ["a#list"] }\n'
    )
    reading = read_all(form, b'{"kind": "a#list", "etag": "x"}\n{"kind": "a#list", "items": [{"kind": "a"}]}\n')
    assert reading.rows == [{"kind": "a"}]
    assert reading.rejects == []


@pytest.mark.parametrize("form", shipped_forms(), ids=lambda form: form.name)
def test_the_names_that_a_form_gives_are_not_changed_again(form: Form) -> None:
    """Two spellings of one name in a form would take each other's place."""
    names = [name for name in form.take.names if not name.endswith(".")]
    assert list(FieldNames(form.take).named(dict.fromkeys(names, "x"))) == names
