"""Web addresses: what was typed into a search box is found, what programs put there is not."""

from __future__ import annotations

import time
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.acts.addresses import command_values, load_search_addresses, read_address


@pytest.mark.parametrize(
    ("url", "terms"),
    [
        ("/?s=hong+kong", ("hong kong",)),
        ("/index.php?q=%25E9%25A6%2599%25E6%25B8%25AF&p=1", ("香港",)),
        ("/search/hong+kong/page/2", ("hong kong",)),
        ("/search/node?keys=urumqi", ("urumqi",)),
        ("https://www.google.com/search?q=urumqi+protest&tbm=nws", ("urumqi protest",)),
        ("https://www.baidu.com/s?ie=utf-8&wd=%E9%A6%99%E6%B8%AF", ("香港",)),
        ("search.yahoo.com/search?p=kashgar", ("kashgar",)),
        ("https://yandex.ru/search/?text=%D0%BA%D1%80%D1%8B%D0%BC", ("крым",)),
        ("https://mail.google.com/mail/u/0/#search/from%3Aamina+visa/FMfcgz", ("amina visa",)),
        ("/roundcube/?_task=mail&_action=search&_q=donor+list&_headers=subject", ("donor list",)),
        ("/zimbra/h/search?sq=in%3Ainbox+passport&st=message", ("passport",)),
        ("/civicrm/contact/search?reset=1&sort_name=Quillwort", ("Quillwort",)),
        ("/_api/search/query?querytext='hong%20kong'&rowlimit=50", ("hong kong",)),
        ("https://graph.example/v1.0/users?$filter=startswith(displayName,'Amina')", ("Amina",)),
        ("/pma/sql.php?sql_query=SELECT+*+FROM+donor+WHERE+city+LIKE+'%25kashgar%25'", ("kashgar",)),
        ("#/search?q=tibet", ("tibet",)),
        ("/members?lastname=Quillwort&page=2", ("Quillwort",)),
        ("/leden?zoek=urumqi", ("urumqi",)),
        ("/archive.asp?findwhat=kashgar", ("kashgar",)),
        ("/list.aspx?txtSearch=lhasa", ("lhasa",)),
        ("/grid?sSearch=donor+list", ("donor list",)),
        ("/jsonapi/people?filter%5Bname%5D=Quillwort", ("Quillwort",)),
    ],
)
def test_a_search_is_found_where_each_program_puts_it(url: str, terms: tuple[str, ...]) -> None:
    found = read_address(url)
    assert found is not None
    assert found.terms == terms


@pytest.mark.parametrize(
    "url",
    [
        "/?page=hongkong",
        "/avatar/0.jpg?s=96&d=mm",
        "/avatar?s=96",
        "/theme/site.css?q=hong",
        "/search",
        "/search/results?page=2",
        "https://www.baidu.com/s?q=1&ie=utf-8",
        "/login?k=4f9c2d1e4f9c2d1e4f9c",
        "/list?filter=true",
        "/news?tag=tibet&topic=tibet",
        "/?p=tibet&st=tibet",
        "/jsonapi/people?filter%5Bstatus%5D=tibet",
        "/a?text=00000000-0000-4000-8000-000000000001",
    ],
)
def test_what_looks_like_a_search_and_is_none(url: str) -> None:
    assert read_address(url) is None


@pytest.mark.parametrize("url", ["/?s=", "/?s=*", "/?q=%2A"])
def test_a_search_for_everything_has_no_terms(url: str) -> None:
    found = read_address(url)
    assert found is not None
    assert found.terms == ()


def test_the_host_says_where_was_searched() -> None:
    found = read_address("https://www.duckduckgo.com:443/?q=tibet")
    assert found is not None
    assert found.host == "www.duckduckgo.com"


def test_commands_in_requests_to_a_web_shell_are_told_from_typed_words() -> None:
    shell = '/up/x.php?x=grep+-ril+"hong+kong"+/srv'
    assert [one.text for one in command_values(shell)] == ['grep -ril "hong kong" /srv']
    assert [one.text for one in command_values("/?s=hong+kong&x=1")] == []


def test_each_row_is_about_something_of_its_own() -> None:
    rows = load_search_addresses().address
    assert (rows[-1].hosts, rows[-1].paths) == ([], [])  # the last is for all others
    assert all(one.hosts or one.paths for one in rows[:-1])
    assert all(name == name.lower() for one in rows for name in (*one.parameters, *one.hosts, *one.paths))


@given(st.text(alphabet="xyz香港крымلاسا ", min_size=3, max_size=30).filter(lambda text: len(text.split()) > 0))
def test_whatever_a_person_types_comes_back(typed: str) -> None:
    found = read_address("/?s=" + urllib.parse.quote_plus(typed))
    assert found is not None
    assert found.terms == (" ".join(typed.split()),)


@pytest.mark.parametrize("piece", ["q=a&", "search/", "#", "?", ";", "%25", "a=grep+"])
def test_hostile_addresses_are_read_in_linear_time(piece: str) -> None:
    begun = time.process_time()
    url = "/?" + piece * (65536 // len(piece))
    read_address(url)
    list(command_values(url))
    assert time.process_time() - begun < 3
