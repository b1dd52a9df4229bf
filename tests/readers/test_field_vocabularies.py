"""A field that takes texts from several paths finds each of them again, whichever paths came before."""

from __future__ import annotations

from vigilia.readers.coded_assembly import Vocabularies


def test_a_vocabulary_that_is_replaced_takes_nothing_with_it() -> None:
    vocabularies = Vocabularies()
    vocabularies.of_path(1).add("lasting")
    field = vocabularies.of_field("Image", [1])
    assert [field.text(code) for code in vocabularies.translation("Image", 1)] == ["lasting"]

    vocabularies.renew(2)
    vocabularies.of_path(2).add("passing")
    field = vocabularies.of_field("Image", [2])
    assert [field.text(code) for code in vocabularies.translation("Image", 2)] == ["passing"]

    field = vocabularies.of_field("Image", [1])
    assert [field.text(code) for code in vocabularies.translation("Image", 1)] == ["lasting"]
