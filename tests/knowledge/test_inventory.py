"""Every table of facts that ships is named with the version and date that it states, and with its hash."""

import hashlib
import tomllib
from importlib.resources import files

from vigilia.knowledge.inventory import knowledge_sha256, knowledge_tables

TABLES = knowledge_tables()


def test_version_and_date_are_those_of_the_whole_file() -> None:
    """Only the keys before the first table are parsed; that may not lose or invent any."""
    stated = {table.name: (table.version, table.date) for table in TABLES if table.name.endswith(".toml")}
    assert len(stated) > 100
    for name, version_and_date in stated.items():
        whole = tomllib.loads(files("vigilia").joinpath(name).read_text("utf-8"))
        assert version_and_date == (str(whole.get("version", "")), str(whole.get("date", ""))), name


def test_a_table_is_named_by_its_bytes() -> None:
    for table in TABLES[:20]:
        assert table.sha256 == hashlib.sha256(files("vigilia").joinpath(table.name).read_bytes()).hexdigest()


def test_one_hash_stands_for_all_tables_in_their_order() -> None:
    assert knowledge_sha256(TABLES) != knowledge_sha256(TABLES[1:])
    assert [table.name for table in TABLES] == sorted(table.name for table in TABLES)
