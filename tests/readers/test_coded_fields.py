"""What a shape of record tells about the names of fields, and when it tells nothing."""

from __future__ import annotations

from vigilia.readers.coded_fields import FieldSource, Member, NamedField, Plan, named_fields
from vigilia.readers.columns import FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_layout import Kind

_FLAT = [Member(1, 0, "User", Kind.SCALAR), Member(2, 0, "Host", Kind.OBJECT), Member(3, 2, "Name", Kind.SCALAR)]


def _flattened(record: dict[str, object]) -> dict[str, FieldValue]:
    return flatten(record, 8)


def test_nested_values_are_found_under_the_names_that_they_get() -> None:
    fields = named_fields(_FLAT, _flattened, 10)
    assert fields == (
        NamedField("User", (FieldSource(1, is_list=False),), several=False),
        NamedField("Host.Name", (FieldSource(3, is_list=False),), several=False),
    )


def test_lists_nulls_and_empty_lists() -> None:
    members = [
        Member(1, 0, "tags", Kind.LIST),
        Member(2, 0, "gone", Kind.NULL),
        Member(3, 0, "none", Kind.EMPTY),
        Member(4, 0, "empty", Kind.OBJECT),
    ]
    fields = named_fields(members, _flattened, 10)
    assert fields == (NamedField("tags", (FieldSource(1, is_list=True),), several=True),)


def test_several_members_may_make_one_list() -> None:
    members = [Member(1, 0, "a", Kind.OBJECT), Member(2, 1, "b", Kind.SCALAR), Member(3, 0, "a.b", Kind.LIST)]
    fields = named_fields(members, _flattened, 10)
    assert fields == (NamedField("a.b", (FieldSource(2, is_list=False), FieldSource(3, is_list=True)), several=True),)


def _looks_into(record: dict[str, object]) -> dict[str, FieldValue]:
    user = str(record["User"])
    return {"json" if user.startswith("{") else "text": user}


def test_a_shape_is_not_plain_where_values_are_changed_left_out_or_looked_into() -> None:
    assert named_fields(_FLAT, lambda record: {"User": str(record["User"]).upper()}, 10) is None
    assert named_fields(_FLAT, lambda _: {"User": "constant"}, 10) is None
    assert named_fields(_FLAT, _looks_into, 10) is None
    assert named_fields(_FLAT, lambda _: None, 10) is None
    lists = [Member(1, 0, "tags", Kind.LIST)]
    assert named_fields(lists, lambda record: {"first": record["tags"][0]}, 10) is None  # type: ignore[index] # a list


def test_a_shape_with_more_fields_than_a_record_may_have_is_not_plain() -> None:
    assert named_fields(_FLAT, _flattened, 2) is not None
    assert named_fields(_FLAT, _flattened, 1) is None


def test_a_field_is_direct_until_shapes_disagree_about_it() -> None:
    user, other = FieldSource(1, is_list=False), FieldSource(2, is_list=False)
    members = [Member(1, 0, "User", Kind.SCALAR)]
    plan = Plan()
    plan.add(5, (NamedField("User", (user,), several=False),), members)
    assert plan.direct == {"User": (user, False)}
    plan.add(6, (NamedField("User", (other,), several=False),), [Member(2, 0, "Account", Kind.SCALAR)])
    assert plan.direct == {}


def test_a_path_that_is_named_otherwise_in_another_shape_is_not_direct_there_or_anywhere() -> None:
    user = FieldSource(1, is_list=False)
    members = [Member(1, 0, "User", Kind.SCALAR)]
    plan = Plan()
    plan.add(5, (NamedField("User", (user,), several=False),), members)
    plan.add(6, (NamedField("EventData.User", (user,), several=False),), members)
    assert plan.direct == {}
    plan.add(7, (NamedField("User", (user,), several=False),), members)
    assert plan.direct == {}
