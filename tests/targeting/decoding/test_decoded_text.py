"""Encodings are undone step by step, each step named; what only looks encoded stays as it is."""

from __future__ import annotations

import base64
import gzip
import random
import time
import zlib
from email.header import Header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targeting.disguises import ENCODINGS, Disguise, nestings, surfaces
from vigilia.targeting.decoding.decoded_text import decode


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["Hong Kong protest", "香港 抗議 活動", "Тибет монастырь", "منظمة حقوقية"]), nestings)
def test_a_term_in_any_nesting_of_encodings_comes_to_light(term: str, nesting: list[Disguise]) -> None:
    text = term
    for disguise in nesting:
        text = disguise(text)
    assert decode(text).text == term


@pytest.mark.parametrize("word", ["password", "DocumentLibrary", "deadbeef", "cafebabe", "100%", "a+b", "Q3-report"])
def test_ordinary_words_are_not_taken_for_encodings(word: str) -> None:
    assert decode(word).text == word


def test_every_step_is_named_in_order() -> None:
    assert decode("SG9uZyUyMEtvbmc=").how == ("base64", "url-decoded")
    assert decode("hong+kong", form=True).how == ("plus-decoded",)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_decodes_without_error(text: str) -> None:
    decode(text)


@pytest.mark.parametrize(
    ("text", "plain", "how"),
    [
        ("%u9999%u6e2f", "香港", ("url-decoded",)),
        ("%25E9%25A6%2599", "香", ("url-decoded", "url-decoded")),
        (r"\u9999\u6e2f", "香港", ("json-escapes",)),
        (r"\xe9\xa6\x99", "香", ("byte-escapes",)),
        (r"\351\246\231", "香", ("byte-escapes",)),
        (r"\9999 \6e2f", "香港", ("css-escapes",)),
        ("&#39321;&#x6e2f;", "香港", ("html-entities",)),
        ("caf&eacute;", "café", ("html-entities",)),
        ("=?UTF-8?B?6aaZ5riv?= =?utf-8?q?_protest?=", "香港 protest", ("mime-words", "utf-8")),
        ("=?gb2312?B?z+O42w==?=", "香港", ("mime-words", "gb2312")),
        ("=E9=A6=99=E6=B8=AF=20x", "香港 x", ("quoted-printable",)),
        ("xn--j6w193g.example", "香港.example", ("punycode",)),
        ("é¦™æ¸¯", "香港", ("mojibake",)),
        ("Ã¼rÃ¼mchi", "ürümchi", ("mojibake",)),
        ("0x686f6e67", "hong", ("hex",)),
    ],
)
def test_each_encoding_is_undone_and_named(text: str, plain: str, how: tuple[str, ...]) -> None:
    decoded = decode(text)
    assert (decoded.text, decoded.how) == (plain, how)


@pytest.mark.parametrize(
    "text",
    [
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "Z9xQv3LpTr0kYw8NaB2c",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        r"C:\xab\xdocs\1234",
        r"C:\dead\beef\report",
        "a=20&b=3D",
        "?copy=1&reg=2",
        "xn--",
        "naïve café",
        "Ünal Çelik",
    ],
)
def test_what_only_looks_encoded_stays(text: str) -> None:
    assert decode(text).text == text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abcde 香港тибетüé", min_size=4, max_size=30).map(str.strip).filter(lambda text: len(text) > 3))
def test_mail_headers_and_compressed_text_come_out(text: str) -> None:
    packed = [gzip.compress(text.encode(), mtime=0), zlib.compress(text.encode())]
    assert decode(Header(text, "utf-8", maxlinelen=400).encode()).text == decode(text).text
    for content in packed:
        assert decode(base64.b64encode(content).decode()).text == decode(text).text


def test_random_tokens_hardly_ever_become_text() -> None:
    chance = random.Random(4711)
    tokens = [base64.urlsafe_b64encode(chance.randbytes(9 + n % 24)).decode().rstrip("=") for n in range(3000)]
    assert sum(decode(token).text != token for token in tokens) <= 3


def test_a_compressed_bomb_stays_within_the_bound() -> None:
    bomb = base64.b64encode(gzip.compress(b"donors " * 2_000_000, mtime=0)).decode()
    text = decode(bomb).text
    assert text.startswith("donors donors")
    assert len(text) == 65536


@pytest.mark.parametrize(
    "piece", ["%E9", "%CF%E3", "\\x41", "&amp;", "=?utf-8?B?", "=E9=A6", "xn--a", "QUJD", "4142", "Ã©"]
)
def test_long_hostile_text_is_decoded_in_time(piece: str) -> None:
    started = time.process_time()
    decode(piece * (65536 // len(piece)))
    assert time.process_time() - started < 3


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["Mira Oxace", "陳美蓮陳", "Тамара Ожогина"]), surfaces, st.sampled_from(ENCODINGS))
def test_a_name_in_any_disguise_comes_out_of_any_encoding(
    name: str, outside: list[Disguise], encoding: Disguise
) -> None:
    text = name
    for disguise in outside:
        text = disguise(text)
    assert decode(encoding(text)).text == decode(text).text
