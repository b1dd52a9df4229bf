"""Alternatives are put together by field, and none is lost."""

from __future__ import annotations

from vigilia.detect.alternatives import alternatives
from vigilia.sigma.form import MANY, Any, Negation, NullTest, RegexTest, TextTest


def test_text_tests_are_put_together_by_field_and_everything_else_stays_in_order() -> None:
    image, other_image = (TextTest(field="Image", parts=(MANY, name)) for name in ("\\lantern.exe", "\\fold.exe"))
    keyword, user = TextTest(field=None, parts=("ember",)), TextTest(field="User", parts=("ada",))
    expression, missing = RegexTest(field="Image", pattern="a+"), Negation(NullTest(field="User"))
    found = alternatives(Any((image, expression, keyword, user, missing, other_image, image)))
    assert dict(found.texts) == {"Image": {image, other_image}, None: {keyword}, "User": {user}}
    assert found.others == (expression, missing)
