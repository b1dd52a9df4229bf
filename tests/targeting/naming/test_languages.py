from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.naming.languages import LanguageTable, languages_of


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("hong kong", ("Latin",)),
        ("香港 report", ("Han", "Latin")),
        ("香港の", ("Japanese",)),
        ("홍콩", ("Korean",)),
        ("Беларусь", ("Cyrillic",)),
        ("Київ", ("Ukrainian",)),
        ("Пшанічны і воўк", ("Belarusian",)),
        ("شىنجاڭ ئۇيغۇر ۋە", ("Uyghur",)),
        ("گزارش", ("Persian or Urdu",)),
        ("حقوق", ("Arabic",)),
        ("Đồng Tâm", ("Vietnamese",)),
        ("İğdır", ("Turkish or Azerbaijani",)),
        ("ｂｕｄｇｅｔ 2026", ("Latin",)),
        ("Mª Fernanda nº 5", ("Latin",)),
        ("サーバー", ("Japanese",)),
        ("ー", ()),
        ("人々", ("Han",)),
        ("tibet d\u043enors", ("Latin",)),
        ("\u0422\u0438\u0431\u0435\u0442 \u0441\u043fиco\u043a", ("Cyrillic", "Latin")),
        ("\u0441пиc\u043eк", ("Cyrillic",)),
        ("d\u03bfnors", ("Latin",)),
        ("отчёт HRW", ("Cyrillic", "Latin")),
        ("2026 !?", ()),
        ("", ()),
    ],
)
def test_scripts_and_telling_letters_are_told(text: str, languages: tuple[str, ...]) -> None:
    assert languages_of(text) == languages


@given(st.text(max_size=300))
def test_any_text_has_a_sorted_list_without_repetition(text: str) -> None:
    found = languages_of(text)
    assert list(found) == sorted(set(found))


def test_each_telling_letter_is_of_the_script_and_of_one_language_alone() -> None:
    rows = read_table("vigilia.knowledge", "letters_of_languages.toml", LanguageTable).language
    for row in rows:
        for letter in row.letters:
            assert not letter.isalpha() or row.script.upper() in unicodedata.name(letter), (row.name, letter)
    letters = [letter for row in rows for letter in row.letters]
    assert len(letters) == len(set(letters))
