"""Text from before UTF-8 is read in its own character set, and a guess is called one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.targeting.decoding.charsets import NO_GUESS, decode_bytes, guess_charset, known_codec
from vigilia.targeting.decoding.decoded_text import decode

WORDS = {
    "gb18030": ["香港", "新疆维吾尔", "西藏人权", "捐款名单", "达赖喇嘛", "香港 抗议", "乌鲁木齐", "律师", "陈美玲"],
    "cp950": ["香港", "新疆維吾爾", "西藏人權", "捐款名單", "達賴喇嘛", "香港 抗議", "台灣", "律師", "陳美玲"],
    "cp932": ["香港", "ウイグル", "チベット", "香港の活動家", "人権弁護士", "寄付者名簿", "デモ", "東トルキスタン"],
    "euc_jp": ["ウイグル", "チベット", "香港の活動家", "人権弁護士の名簿"],
    "cp949": ["홍콩", "위구르", "티베트", "탈북자", "인권 변호사", "기부자 명단", "북한", "홍콩 시위"],
    "cp1251": ["Тибет", "права человека", "москва", "МОСКВА", "Чечня", "активисты", "список доноров", "Крым"],
    "koi8_r": ["Тибет", "права человека", "москва", "МОСКВА", "Чечня", "активисты", "список доноров", "Крым"],
    "cp1256": ["منظمة حقوقية", "هونغ كونغ", "تبت", "حقوق الإنسان", "الصحراء الغربية", "کردستان"],
    "iso8859_6": ["الأكراد", "القدس"],
    "cp1254": ["Türkiye", "gazeteci bağışçı", "Kürdistan işçi", "Doğu Türkistan", "Şırnak"],
    "cp1252": ["café", "Málaga periodista", "donación", "Müller Straße", "réfugiés", "défense"],
    "cp1250": ["źródło dziennikarz", "członkowie"],
    "cp1253": ["δημοσιογράφος", "Θιβέτ"],
    "cp1255": ["חברים"],
    "cp874": ["ฮ่องกง", "ทิเบต", "สิทธิมนุษยชน"],
}
CASES = [(codec, word) for codec, words in WORDS.items() for word in words]


def _percent(content: bytes, *, all_bytes: bool) -> str:
    plain = set(range(0x30, 0x3A)) | set(range(0x41, 0x5B)) | set(range(0x61, 0x7B))
    return "".join(chr(byte) if byte in plain and not all_bytes else f"%{byte:02X}" for byte in content)


@pytest.mark.parametrize("all_bytes", [True, False])
@pytest.mark.parametrize(("codec", "word"), CASES)
def test_percent_encoded_words_come_out(codec: str, word: str, all_bytes: bool) -> None:
    decoded = decode(_percent(word.encode(codec), all_bytes=all_bytes))
    assert decoded.text == word
    assert decoded.how[0] == "url-decoded"
    assert len(decoded.how) == 2


@pytest.mark.parametrize(("codec", "word"), CASES)
def test_escaped_bytes_come_out(codec: str, word: str) -> None:
    escaped = "".join(f"\\x{byte:02x}" for byte in word.encode(codec))
    assert decode(escaped).text == word


def test_a_charset_is_named_and_a_doubtful_one_is_called_guessed() -> None:
    assert decode("%CF%E3%B8%DB%BF%B9%D2%E9").how == ("url-decoded", "gb18030")
    assert guess_charset(["Тибет".encode("cp1251")]).name == "windows-1251"
    assert guess_charset([b"\xe9"]).step.endswith("(guessed)")
    assert guess_charset([]) == NO_GUESS


def test_utf8_that_was_cut_is_no_other_charset() -> None:
    assert decode_bytes("香港抗議".encode()[:-1]) == ("香港抗", "")


def test_pieces_of_one_address_are_read_in_one_charset() -> None:
    text = (
        f"q={_percent('права'.encode('cp1251'), all_bytes=True)}&r={_percent('люди'.encode('cp1251'), all_bytes=True)}"
    )
    assert decode(text).text == "q=права&r=люди"


def test_only_character_sets_are_looked_up_by_a_name_out_of_evidence() -> None:
    assert known_codec("GB2312") == "gb18030"
    assert known_codec("Windows-1251") == "cp1251"
    assert [known_codec(name) for name in ("unicode_escape", "idna", "zlib", "punycode", "x" * 99)] == [None] * 5


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_some_text(content: bytes) -> None:
    text, _ = decode_bytes(content)
    assert len(text) <= len(content)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("правчелоктисыдн"), min_size=6, max_size=20).map("".join))
def test_bytes_that_are_utf8_are_never_guessed(word: str) -> None:
    assert decode_bytes(word.encode()) == (word, "")
