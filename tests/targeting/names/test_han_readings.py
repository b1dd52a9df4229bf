from __future__ import annotations

import pytest

from vigilia.targeting.names.han_readings import Reading, han_readings, is_surname, split_surname


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("陈小明", ["chen xiao ming", "chan siu ming", "chen hsiao ming", "tan xiao ming", "can siu ming"]),
        ("权美莲", ["quan mei lian", "chuan mei lien"]),
        ("欧阳夕鸣", ["ouyang xi ming", "auyeung chik ming"]),
        ("郑吕欢", ["zheng lu huan", "zheng lv huan", "cheng lui foon"]),
        ("李娜", ["li na", "lee na"]),
        ("黄志强", ["huang zhi qiang", "wong chi keung", "huang chih chiang"]),
    ],
)
def test_names_are_spelt_in_the_systems_in_use(name: str, spelt: list[str]) -> None:
    found = {" ".join([one.surname, *one.given]) for one in han_readings(name)}
    assert set(spelt) <= found
    assert len(found) <= 120


def test_only_names_of_two_to_five_characters_are_read() -> None:
    assert han_readings("陈") == han_readings("") == han_readings("陈小明陈小明") == []


def test_surnames_of_two_characters_are_known() -> None:
    assert split_surname("欧阳夕鸣") == ("欧阳", "夕鸣")
    assert split_surname("欧阳") == ("欧", "阳")
    assert split_surname("陈小明") == ("陈", "小明")


def test_spellings_of_surnames_are_known() -> None:
    assert is_surname("chan")
    assert is_surname("szeto")
    assert not is_surname("oxace")


def test_readings_come_in_one_order() -> None:
    readings = han_readings("陈小明")
    assert readings == sorted(readings, key=lambda one: (one.surname, one.given))
    assert Reading("chan", ("siu", "ming"), likely=True) in readings
