from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vigilia.readers.columns import TRUNCATED
from vigilia.readers.flatten import flatten


def test_nesting_becomes_dots_and_nothing_gives_no_field() -> None:
    record = {"A": {"B": 1, "C": None}, "D": {}, "E": [], "F": "", "G": True, "H": 1.5}
    assert flatten(record, 32) == {"A.B": "1", "F": "", "G": "true", "H": "1.5"}


def test_name_and_value_pairs_fold_into_names() -> None:
    record = {"Parameters": [{"Name": "ForwardTo", "Value": "x@example.org"}, {"Name": "Enabled", "Value": "True"}]}
    assert flatten(record, 32) == {"Parameters.ForwardTo": "x@example.org", "Parameters.Enabled": "True"}


def test_a_repeated_pair_gathers_its_values() -> None:
    record = {"P": [{"Name": "To", "Value": "a"}, {"Name": "To", "Value": "b"}]}
    assert flatten(record, 32) == {"P.To": ["a", "b"]}


def test_modified_properties_fold_with_both_sides() -> None:
    record = {"ModifiedProperties": [{"Name": "Role", "NewValue": "Admin", "OldValue": "User"}]}
    assert flatten(record, 32) == {
        "ModifiedProperties.Role.NewValue": "Admin",
        "ModifiedProperties.Role.OldValue": "User",
    }


def test_lists_of_objects_give_one_list_for_each_leaf_even_for_one_object() -> None:
    record = {
        "Folders": [
            {"Path": "\\Inbox", "FolderItems": [{"InternetMessageId": "<1@x>"}, {"InternetMessageId": "<2@x>"}]},
            {"Path": "\\Sent", "FolderItems": [{"InternetMessageId": "<3@x>"}]},
        ]
    }
    assert flatten(record, 32) == {
        "Folders.Path": ["\\Inbox", "\\Sent"],
        "Folders.FolderItems.InternetMessageId": ["<1@x>", "<2@x>", "<3@x>"],
    }
    assert flatten({"Folders": [{"Path": "\\Inbox"}]}, 32) == {"Folders.Path": ["\\Inbox"]}


def test_what_is_too_deep_stays_as_text_and_is_marked() -> None:
    assert flatten({"a": {"b": {"c": 1}}}, 2) == {"a.b": '{"c":1}', TRUNCATED: "nested deeper than 2"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(["Name", "Value", "x"]), below),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=3), _JSON, max_size=4), st.integers(1, 6))
def test_any_json_object_flattens_to_texts_and_lists_of_texts(record: dict[str, object], depth: int) -> None:
    for value in flatten(record, depth).values():
        assert isinstance(value, str) or all(isinstance(one, str) for one in value)
