"""The table of channels loads, and every row can be looked up and means one thing."""

from __future__ import annotations

import datetime as dt

from vigilia.knowledge.attack import technique_table
from vigilia.knowledge.channels import load_channels
from vigilia.normalize.mapping import mapping_sources

_KINDS = {"bucket", "mailbox", "sharepoint", "share", "drive", "path", "table", "app"}


def test_every_channel_says_where_its_facts_come_from() -> None:
    table = load_channels()
    for row in table.channel:
        assert row.source_url.startswith("https://")
        assert dt.date.fromisoformat(row.source_date) <= dt.date.fromisoformat(table.date)
    for url in [one.source_url for one in table.tool] + [table.upload.source_url, table.web_export.source_url]:
        assert url.startswith("https://")


def test_channels_are_told_apart_and_carry_known_kinds_of_places() -> None:
    channels = load_channels().channel
    assert len({one.id for one in channels}) == len({one.label for one in channels}) == len(channels) == 22
    assert {kind for one in channels for kind in one.carries} == _KINDS
    assert {tool.channel for tool in load_channels().tool} <= {one.id for one in channels}


def test_every_log_and_act_is_of_a_source_that_can_be_read() -> None:
    known = mapping_sources()
    channels = load_channels().channel
    named = {source for one in channels for act in one.act for source in act.sources}
    named |= {source for one in channels for log in one.log for source in log.sources}
    for source in named:
        assert any(one == source or (source.endswith(".") and one.startswith(source)) for one in known), source


def test_every_technique_is_one_of_attack() -> None:
    known = technique_table().techniques
    assert {one for channel in load_channels().channel for one in channel.attack} <= set(known)


def test_without_further_conditions_an_action_means_one_thing_in_a_channel() -> None:
    for channel in load_channels().channel:
        plain = [act for act in channel.act if not act.field and not act.contains and not act.sweeping]
        pairs = [(source, action) for act in plain for source in act.sources for action in act.actions]
        assert len(pairs) == len(set(pairs)), channel.id
