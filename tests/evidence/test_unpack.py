"""Whatever is handed in: nothing is created outside the spool, and every byte has an account."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.archives import Unpacking, overlapping_zip, tar_of, zip_of, zstd_of
from support.locked_archives import sevenzip
from vigilia.evidence.budgets import Budgets
from vigilia.evidence.handed_in import HandedFile, find_handed_in
from vigilia.evidence.spool import Spool
from vigilia.evidence.unpack import unpack

LINES = b"Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2\n" * 50
MIB = 1 << 20
SKIPPED = b"\x50\x2a\x4d\x18\x04\x00\x00\x00note"  # a zstd frame without content


def test_a_plain_file_is_one_leaf_and_stays_where_it_is(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "auth.log", LINES)
    (leaf,) = unpacking.result.leaves
    assert (leaf.path, leaf.bytes, leaf.item) == ("handed/auth.log", len(LINES), leaf.sha256[:16])
    assert leaf.file == tmp_path / "handed" / "auth.log"
    assert leaf.modified
    assert unpacking.result.items == []


@pytest.mark.parametrize(
    ("name", "packed", "inner"),
    [
        ("auth.log.gz", gzip.compress(LINES), "auth.log"),
        ("auth.log.bz2", bz2.compress(LINES), "auth.log"),
        ("auth.log.XZ", lzma.compress(LINES), "auth.log"),
        ("auth.log.zst", zstd_of(LINES), "auth.log"),
        ("two.zst", SKIPPED + zstd_of(LINES[:100]) + SKIPPED + zstd_of(LINES[100:]), "two"),
        ("no-suffix", gzip.compress(LINES), "no-suffix"),
        ("misnamed.zip", gzip.compress(LINES), "misnamed.zip"),
        ("two.gz", gzip.compress(LINES[:100]) + gzip.compress(LINES[100:]) + bytes(17), "two"),
        ("two.bz2", bz2.compress(LINES[:100]) + bz2.compress(LINES[100:]), "two"),
        ("two.xz", lzma.compress(LINES[:100]) + bytes(8) + lzma.compress(LINES[100:]), "two"),
    ],
)
def test_a_compressed_log_is_recognised_by_content_not_by_name(
    tmp_path: Path, name: str, packed: bytes, inner: str
) -> None:
    unpacking = Unpacking(tmp_path, name, packed)
    assert unpacking.contents() == {inner: LINES}
    container = unpacking.item("")
    assert (container.status, container.bytes_parsed, container.warnings) == ("container", len(packed), [])


@pytest.mark.parametrize("pack", [lambda octets: octets, gzip.compress, bz2.compress, lzma.compress, zstd_of])
def test_a_tar_gives_its_members_however_it_is_compressed(tmp_path: Path, pack: object) -> None:
    assert callable(pack)
    members = {"var/log/auth.log": LINES, "var/log/empty.log": b"", "a" * 200 + "/deep.log": b"x\n"}
    unpacking = Unpacking(tmp_path, "logs.tgz", pack(tar_of(members)))
    assert unpacking.contents() == {name: content for name, content in members.items() if content}
    assert unpacking.statuses() == {"": "container", "var/log/empty.log": "ignored"}
    assert unpacking.leaf("var/log/auth.log").modified == "2026-03-01T12:00:00.000000Z"
    assert unpacking.item("").bytes_parsed == unpacking.item("").bytes


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_gives_its_members(tmp_path: Path, method: int) -> None:
    members = {"audit.csv": LINES, "folder/": b"", "folder/ünïcode.log": b"x\n"}
    unpacking = Unpacking(tmp_path, "export.zip", zip_of(members, method))
    assert unpacking.contents() == {"audit.csv": LINES, "folder/ünïcode.log": b"x\n"}
    assert unpacking.leaf("audit.csv").modified == "2026-03-01T12:00:00.000000Z"
    container = unpacking.item("")
    assert (container.status, container.bytes_parsed, container.warnings) == ("container", container.bytes, [])


def test_containers_are_opened_inside_containers_down_to_the_budget(tmp_path: Path) -> None:
    content = zip_of({"d.zip": zip_of({"c.log": LINES})})
    unpacking = Unpacking(
        tmp_path, "a.zip", zip_of({"b.zip": content, "e.tar.gz": gzip.compress(tar_of({"f": LINES}))})
    )
    assert unpacking.contents() == {"b.zip!/d.zip!/c.log": LINES, "e.tar.gz!/f": LINES}
    shallow = Unpacking(tmp_path / "shallow", "a.zip", zip_of({"b.zip": content, "z.log": LINES}), Budgets(depth=2))
    assert shallow.contents() == {"z.log": LINES}
    assert shallow.statuses() == {"": "container", "b.zip": "container", "b.zip!/d.zip": "refused"}


HOSTILE = [
    "../up.log",
    "../../../../tmp/up.log",
    "/etc/cron.d/evil",
    "C:\\evil.log",
    "a\\..\\..\\b",
    "x/../../y",
    "..",
    "nul\x01",
]


@pytest.mark.parametrize("build", [zip_of, tar_of])
def test_hostile_names_are_shown_and_never_followed(tmp_path: Path, build: object) -> None:
    assert callable(build)
    unpacking = Unpacking(tmp_path, "evil", build({name: name.encode() * 9 for name in HOSTILE}))
    shown = [name.replace("\x01", "\\x01") for name in HOSTILE]
    assert unpacking.contents() == {name: raw.encode() * 9 for name, raw in zip(shown, HOSTILE, strict=True)}
    assert all("points outside" in leaf.warnings[0] for leaf in unpacking.result.leaves if "nul" not in leaf.path)


def test_equal_member_names_stay_apart(tmp_path: Path) -> None:
    first, second = tar_of({"a.log": b"first\n"}), tar_of({"a.log": b"second\n"})
    unpacking = Unpacking(tmp_path, "twice.tar", first[:1024] + second)
    assert unpacking.contents() == {"a.log": b"first\n", "a.log (2)": b"second\n"}


def test_a_zip_bomb_is_stopped_by_its_ratio_and_its_neighbours_are_read(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(80 * MIB), 9)
    unpacking = Unpacking(tmp_path, "bomb.zip", zip_of({"a.log": LINES, "bomb.gz": bomb, "z.log": LINES[:88]}))
    assert unpacking.contents() == {"a.log": LINES, "z.log": LINES[:88]}
    assert unpacking.statuses() == {"": "container", "bomb.gz": "refused"}
    assert unpacking.item("bomb.gz").bytes_quarantined > 0


def test_a_nested_bomb_of_a_gigabyte_stops_the_file_and_what_came_before_stays(tmp_path: Path) -> None:
    layer = zip_of({f"{number}.bin": bytes(16 * MIB) for number in range(2)})
    for _ in range(2):
        layer = zip_of({f"{number}.zip": layer + bytes([number]) for number in range(6)}, zipfile.ZIP_STORED)
    unpacking = Unpacking(tmp_path, "bomb.zip", zip_of({"a.log": LINES, "b.zip": layer, "c.log": LINES}))
    assert unpacking.contents()["a.log"] == LINES
    assert unpacking.statuses()[""] == "refused"
    assert unpacking.item("").warnings[0].startswith("Unpacking was stopped: it unpacks to more than")
    assert unpacking.item("").bytes_quarantined > 0
    assert sum(path.stat().st_size for path in unpacking.spool.iterdir()) < 200 * MIB


def test_one_huge_member_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    budgets = Budgets(member_bytes=10_000)
    for build in (zip_of, tar_of):
        unpacking = Unpacking(
            tmp_path / build.__name__, "x", build({"a": LINES, "big": os.urandom(20_000), "c": b"c\n"}), budgets
        )
        assert unpacking.contents() == {"a": LINES, "c": b"c\n"}
        assert unpacking.statuses() == {"": "container", "big": "refused"}
        assert unpacking.item("").bytes_quarantined >= 20_000
        assert "Members that were not unpacked: 1." in unpacking.item("").warnings


@pytest.mark.parametrize("build", [zip_of, tar_of])
def test_too_many_members_stop_the_file_and_the_first_ones_stay(tmp_path: Path, build: object) -> None:
    assert callable(build)
    unpacking = Unpacking(tmp_path, "many", build({f"{n:04}": b"%d\n" % n for n in range(50)}), Budgets(members=10))
    assert len(unpacking.result.leaves) == 10
    container = unpacking.item("")
    assert container.status == "refused"
    assert container.warnings[0] == "Unpacking was stopped: it has more than 10 members."


def test_overlapping_zip_members_are_refused(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "overlap.zip", overlapping_zip())
    assert unpacking.result.leaves == []
    assert set(unpacking.statuses().values()) == {"container", "refused"}
    assert "shares bytes" in unpacking.item("a").warnings[0]


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("a.log.gz", gzip.compress(os.urandom(9000))),
        ("a.log.xz", lzma.compress(os.urandom(300_000))),
        ("a.log.zst", zstd_of(os.urandom(300_000))),
    ],
)
def test_a_cut_stream_gives_what_is_left_and_says_so(tmp_path: Path, name: str, packed: bytes) -> None:
    unpacking = Unpacking(tmp_path, name, packed[: len(packed) * 2 // 3])
    (leaf,) = unpacking.result.leaves
    assert leaf.bytes > 0
    assert "ends in the middle" in leaf.warnings[0]
    assert "ends in the middle" in unpacking.item("").warnings[0]


@pytest.mark.parametrize("octets", [b"\x1f\x8b\x08", b"\x1f\x8b\x08" + b"\xff" * 50, b"\xfd7zXZ\x00" + b"\xff" * 50])
def test_a_stream_that_gives_nothing_is_quarantined_whole(tmp_path: Path, octets: bytes) -> None:
    unpacking = Unpacking(tmp_path, "a.log.gz", octets)
    assert unpacking.result.leaves == []
    assert unpacking.statuses() == {"": "quarantined", "a.log": "quarantined"}
    assert unpacking.item("").bytes_quarantined == len(octets)


def test_bytes_after_a_damaged_place_are_counted_as_lost(tmp_path: Path) -> None:
    packed = gzip.compress(LINES) + b"something else " * 10_000
    unpacking = Unpacking(tmp_path, "a.log.gz", packed)
    assert unpacking.contents() == {"a.log": LINES}
    assert unpacking.item("").bytes_quarantined == 150_000
    assert unpacking.item("").warnings == ["Bytes that are not gzip follow the stream."]


def test_a_cut_tar_keeps_the_part_of_its_last_member(tmp_path: Path) -> None:
    whole = tar_of({"a.log": b"a\n", "b.log": LINES})
    cut = whole[: whole.index(LINES[:20]) + 1000]
    unpacking = Unpacking(tmp_path, "cut.tar", cut)
    assert unpacking.contents() == {"a.log": b"a\n", "b.log": LINES[:1000]}
    assert "1000 bytes" in unpacking.leaf("b.log").warnings[0]


def test_a_cut_zip_is_quarantined_with_advice(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "cut.zip", zip_of({"a.log": LINES})[:-40])
    container = unpacking.item("")
    assert (container.status, container.bytes_quarantined) == ("quarantined", container.bytes)
    assert "Export or copy it again." in container.warnings[0]


def test_a_wrong_checksum_quarantines_that_member(tmp_path: Path) -> None:
    archive = bytearray(zip_of({"a.log": LINES, "b.log": b"b\n"}, zipfile.ZIP_STORED))
    archive[archive.index(LINES[:30]) + 5] ^= 1
    unpacking = Unpacking(tmp_path, "bad.zip", bytes(archive))
    assert unpacking.contents() == {"b.log": b"b\n"}
    member = unpacking.item("a.log")
    assert (member.status, member.bytes_quarantined) == ("quarantined", len(LINES))
    assert member.warnings == ["Its checksum (CRC-32) is wrong."]
    assert unpacking.item("").bytes_quarantined > len(LINES)


def test_bytes_that_no_member_claims_are_named(tmp_path: Path) -> None:
    hidden = zip_of({"seen.log": LINES})
    unpacking = Unpacking(tmp_path, "hidden.zip", zip_of({"unseen.log": LINES}) + hidden)
    assert unpacking.contents() == {"seen.log": LINES}
    assert unpacking.item("").bytes_ignored > 100


def test_containers_that_we_cannot_open_are_leaves_with_advice(tmp_path: Path) -> None:
    (leaf,) = Unpacking(tmp_path, "logs.rar", b"Rar!\x1a\x07\x00" + bytes(100)).result.leaves
    assert leaf.warnings == ["It is a RAR archive, which is not opened: hand it in unpacked."]


def test_a_file_that_vanished_or_became_a_link_is_an_unreadable_item(tmp_path: Path) -> None:
    (tmp_path / "real.log").write_bytes(LINES)
    (tmp_path / "link.log").symlink_to(tmp_path / "real.log")
    for name in ("link.log", "gone.log"):
        file = HandedFile(path=name, location=os.fsencode(tmp_path / name), bytes=9)
        result = unpack(file, Spool.create(tmp_path / "spool"), Budgets(), lambda _: None)
        assert [item.status for item in result.items] == ["unreadable"]
        assert result.leaves == []


def test_a_file_that_changes_while_it_is_read_is_not_used(tmp_path: Path) -> None:
    log = tmp_path / "live.log"
    log.write_bytes(LINES * 1000)
    (file,) = find_handed_in([log]).files

    def write_more(_: int) -> None:
        with log.open("ab") as stream:
            stream.write(b"more\n")

    result = unpack(file, Spool.create(tmp_path / "spool"), Budgets(), write_more)
    assert result.leaves == []
    assert "changed while it was read" in result.items[0].warnings[0]


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=8)
OCTETS = st.binary(max_size=300).map(lambda octets: octets and b"#" + octets)  # never a container itself
CONTENTS = st.dictionaries(NAMES, OCTETS, min_size=1, max_size=4)
SHAPES = st.sampled_from(["zip", "tar", "7z", "tar.gz", "tar.xz", "zip.bz2", "7z.gz", "tar.zst"])


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
    "zst": zstd_of,
}
ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {"zip": zip_of, "tar": tar_of, "7z": sevenzip}


def build(shape: str, members: dict[str, bytes]) -> bytes:
    archive, _, packer = shape.partition(".")
    octets = ARCHIVES[archive](members)
    return PACKERS[packer](octets) if packer else octets


@settings(max_examples=30, deadline=None)
@given(members=CONTENTS, shape=SHAPES)
def test_every_member_of_a_sound_archive_is_given_whole(members: dict[str, bytes], shape: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        unpacking = Unpacking(Path(folder), "x", build(shape, members))
        assert sorted(unpacking.contents().values()) == sorted(content for content in members.values() if content)
        assert unpacking.item("").bytes_parsed == unpacking.item("").bytes


@settings(max_examples=60, deadline=None)
@given(
    members=CONTENTS,
    shape=SHAPES,
    cut=st.floats(0, 1),
    flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=4),
)
def test_bytes_are_accounted_for_however_an_archive_is_damaged(
    members: dict[str, bytes], shape: str, cut: float, flips: list[tuple[float, int]]
) -> None:
    octets = bytearray(build(shape, members))
    del octets[max(1, int(len(octets) * cut)) :]
    for place, mask in flips:
        octets[int((len(octets) - 1) * place)] ^= mask
    with tempfile.TemporaryDirectory() as folder:
        Unpacking(Path(folder), "x", bytes(octets))


def test_a_copied_gzip_still_knows_when_its_log_was_last_changed(tmp_path: Path) -> None:
    """Copying gives the file a new date; years would be concluded from that. The one inside is the log's own."""
    unpacking = Unpacking(tmp_path, "auth.log.gz", gzip.compress(LINES, mtime=1_763_640_000))
    (copied,) = unpacking.result.leaves
    assert copied.modified == "2025-11-20T12:00:00.000000Z"
