"""One handed-in file → the leaves to read: hashed, and unpacked into the spool where it is a container."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vigilia.evidence.budgets import Budgets, FileRefused, MemberRefused, Tally
from vigilia.evidence.compressed_stream import CompressedStream
from vigilia.evidence.container_account import ContainerAccount, sentence
from vigilia.evidence.containers import Damage, Member, Read, recognise_container
from vigilia.evidence.decompressors import codec
from vigilia.evidence.file_kinds import may_be_office_document, what_it_is
from vigilia.evidence.handed_in import EMPTY, HandedFile, Location
from vigilia.evidence.leaf import Leaf, Unpacked
from vigilia.evidence.names import UniqueNames, points_outside, safe_name
from vigilia.evidence.opened_file import CHUNK, OpenedFile
from vigilia.evidence.passwords import Passwords
from vigilia.evidence.sevenzip_archive import Locked, SevenZipArchive
from vigilia.evidence.sevenzip_coders import Unreadable
from vigilia.evidence.spool import Spool, SpoolWriter
from vigilia.evidence.tar_archive import TarArchive
from vigilia.evidence.tar_header import is_tar_header
from vigilia.evidence.workbook import Workbook
from vigilia.evidence.zip_archive import ZipArchive
from vigilia.model.errors import EvidenceError
from vigilia.model.events import item_id
from vigilia.model.evidence import ContainerKind, EvidenceItem, ItemStatus
from vigilia.model.times import OptionalTime, format_microseconds

__all__ = ["unpack"]

_SUFFIXES = {
    ".tgz": ".tar",
    ".tbz2": ".tar",
    ".txz": ".tar",
    ".tzst": ".tar",
    ".gz": "",
    ".bz2": "",
    ".xz": "",
    ".zst": "",
}
# Velociraptor locks a collection by putting it into another zip; the password may itself be locked with a key.
_LOCKED_COLLECTION = b"data.zip"
_VELOCIRAPTOR_KEY = (
    "If this is a Velociraptor collection locked with a certificate or PGP key, "
    "open it with `velociraptor unzip` and the server's configuration first."
)


def unpack(
    file: HandedFile,
    spool: Spool,
    budgets: Budgets,
    beat: Callable[[int], None],
    passwords: Sequence[str] = (),
) -> Unpacked:
    """Hash one handed-in file and unpack it, containers inside containers too.

    A file that cannot be read becomes an item with status "unreadable"; it raises nothing.

    Args:
        file: from `find_handed_in`.
        spool: takes the members.
        budgets: what it may cost.
        beat: is told the number of bytes of each step.
        passwords: to try on what is encrypted.

    Raises:
        CaseError: the spool cannot be written (the disk is full).
    """
    run = _Unpacking(
        spool=spool, budgets=budgets, beat=beat, tally=Tally(budgets, file.bytes), passwords=Passwords(passwords, beat)
    )
    try:
        run.open_file(file)
    except FileRefused:
        pass  # recorded in the item of each container that it stopped
    except EvidenceError as error:
        run.items.append(_item(file.path, status="unreadable", warning=error.sentence()))
    return Unpacked(leaves=run.leaves, items=run.items, locked=run.locked)


@dataclass(slots=True)
class _Place:
    """A file being opened: as shown, and how many containers it lies in."""

    path: str
    modified: OptionalTime
    depth: int
    location: Location
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Unpacking:
    spool: Spool
    budgets: Budgets
    beat: Callable[[int], None]
    tally: Tally
    passwords: Passwords
    locked: int = 0
    leaves: list[Leaf] = field(default_factory=list)
    items: list[EvidenceItem] = field(default_factory=list)

    def open_file(self, file: HandedFile) -> None:
        place = _Place(path=file.path, modified=file.modified, depth=0, location=file.location)
        if file.bytes > self.budgets.file_bytes:
            reason = f"It is larger than {self.budgets.file_bytes} bytes."
            size = file.bytes
            self.items.append(_item(place.path, status="refused", size=size, quarantined=size, warning=reason))
            return
        self._open(place)

    def _open(self, place: _Place) -> None:
        with OpenedFile(Path(os.fsdecode(place.location)), self.beat) as opened:
            head = opened.peek(self.budgets.head_bytes)
            kind = recognise_container(head)
            if kind == "gzip":
                place.modified = _earlier(place.modified, _gzip_modified(head))
            if kind == "zip" and may_be_office_document(head):
                kind = self._office_kind(place, opened)
            if kind is None:
                self._leaf(place, opened.finish(), opened.bytes, head)
            elif place.depth >= self.budgets.depth:
                sha256, size = opened.finish(), opened.bytes
                reason = f"It lies more than {self.budgets.depth} containers deep."
                self.items.append(
                    _item(place.path, status="refused", sha256=sha256, size=size, quarantined=size, warning=reason)
                )
            else:
                self._container(place, opened, kind)

    def _office_kind(self, place: _Place, opened: OpenedFile) -> ContainerKind | None:
        """Say what to do with a zip archive that may be a document: the parts of one mean nothing by themselves."""
        opened.finish()
        try:
            archive = ZipArchive(opened.file, opened.bytes, self.budgets, self.passwords)
        except Damage:
            return "zip"
        document = archive.document()
        if not document:
            return "zip"
        try:
            Workbook(archive, self.spool, self._spend)
        except (Damage, MemberRefused):
            place.warnings.append(document)
            return None
        return "xlsx"

    def _leaf(self, place: _Place, sha256: str, size: int, head: bytes) -> None:
        if not size:
            self.items.append(_item(place.path, status="ignored", warning=EMPTY))
            return
        known = what_it_is(head)
        self.leaves.append(
            Leaf(
                item=item_id(sha256),
                path=place.path,
                sha256=sha256,
                bytes=size,
                location=place.location,
                modified=place.modified,
                warnings=[*place.warnings, known] if known else place.warnings,
            )
        )

    def _container(self, place: _Place, opened: OpenedFile, kind: ContainerKind) -> None:
        account = ContainerAccount(warnings=list(place.warnings))
        stopped: FileRefused | None = None
        try:
            self._members_of(place, opened, kind, account)
        except FileRefused as error:
            account.status, stopped = "refused", error
            account.warnings.append(f"Unpacking was stopped: {error.what}.")
        self.items.append(account.item(place.path, kind, opened.finish(), opened.bytes))
        if stopped:
            raise stopped

    def _members_of(self, place: _Place, opened: OpenedFile, kind: ContainerKind, account: ContainerAccount) -> None:
        if kind == "zip":
            self._zip(place, opened, account)
        elif kind == "7z":
            self._sevenzip(place, opened, account)
        elif kind == "xlsx":
            self._workbook(place, opened, account)
        elif kind == "tar":
            with account.rest_is_lost(lambda: _size(opened) - opened.offset):
                self._tar(place, opened.read, account)
        else:
            stream = CompressedStream(opened.read, codec(kind, self.budgets), self.budgets)
            with account.rest_is_lost(lambda: _size(opened) - opened.offset + stream.leftover):
                if is_tar_header(stream.peek(512)):
                    self._tar(place, stream.read, account, packed=True)
                else:
                    self._single(place, opened, stream, account)

    def _zip(self, place: _Place, opened: OpenedFile, account: ContainerAccount) -> None:
        opened.finish()
        try:
            archive = ZipArchive(opened.file, opened.bytes, self.budgets, self.passwords)
        except Damage as damage:
            account.close(damage, opened.bytes)
            return
        if archive.complete:
            account.ignore(archive.unclaimed)
        else:
            account.quarantined += archive.unclaimed  # members beyond the budget lie there
        names = UniqueNames()
        members = archive.members()
        for member in members:
            try:
                self._member(place, member, names, account)
            except FileRefused:
                account.lose(member.stored)
                for unvisited in members:
                    account.lose(unvisited.stored)
                raise
        if not archive.complete:
            raise FileRefused(f"it has more than {self.budgets.members} members")

    def _workbook(self, place: _Place, opened: OpenedFile, account: ContainerAccount) -> None:
        archive = ZipArchive(opened.file, opened.bytes, self.budgets, self.passwords)
        names = UniqueNames()
        with Workbook(archive, self.spool, self._spend) as book:
            for member in book.members(place.modified):
                self._member(place, member, names, account)

    def _spend(self, size: int) -> None:
        """Count bytes that are unpacked on the way to a member."""
        self.tally.count_unpacked(size)
        self.beat(size)

    def _sevenzip(self, place: _Place, opened: OpenedFile, account: ContainerAccount) -> None:
        opened.finish()
        try:
            archive = SevenZipArchive(opened.file, opened.bytes, self.budgets, self.passwords)
        except (Damage, MemberRefused, Unreadable, Locked) as error:
            account.close(error, opened.bytes)
            self.locked += isinstance(error, Locked)
            return
        except FileRefused:
            account.quarantined = opened.bytes
            raise
        account.ignore(archive.unclaimed)
        names = UniqueNames()
        try:
            for member in archive.members():
                self._member(place, member, names, account)
        except Damage as damage:
            account.warnings.append(sentence(damage))
        except FileRefused:
            account.quarantined += opened.bytes  # how much of it was read in vain is not known
            raise
        account.quarantined += archive.lost

    def _tar(self, place: _Place, read: Read, account: ContainerAccount, *, packed: bool = False) -> None:
        names = UniqueNames()
        for member in TarArchive(read).members():
            lost = ContainerAccount()
            self._member(place, member, names, lost)
            account.not_unpacked += lost.not_unpacked
            account.quarantined += 0 if packed else lost.quarantined  # packed sizes of single members are unknown
        after = _drain(read)
        if after and not packed:
            account.ignored += after
        if after:
            account.warnings.append(f"Bytes after the archive's end mark, not read: {after}.")

    def _single(self, place: _Place, opened: OpenedFile, stream: CompressedStream, account: ContainerAccount) -> None:
        name = _inner_name(place.path)
        member = Member(name=b"", stored=0, modified=place.modified, obstacle=None, read=stream.read)
        self.tally.count_member()
        try:
            self._spooled(_Place(f"{place.path}!/{name}", place.modified, place.depth + 1, b""), member, account)
        except (MemberRefused, FileRefused):
            if not stream.ended:  # then nothing of it is kept: what was unpacked so far is lost too
                account.quarantined += opened.offset - stream.leftover
            raise
        if account.not_unpacked:  # damaged before its first byte
            account.status, account.quarantined = "quarantined", _size(opened)
        _drain(stream.read)

    def _member(self, place: _Place, member: Member, names: UniqueNames, account: ContainerAccount) -> None:
        self.tally.count_member()
        path = f"{place.path}!/{names.claim(safe_name(member.name) or 'unnamed')}"
        inner = _Place(path, member.modified or place.modified, place.depth + 1, b"")
        if points_outside(member.name):
            inner.warnings.append("Its name points outside the archive; names from archives are never used as paths.")
        self.beat(1)  # a member that is not read is progress too
        self.locked += member.locked
        if member.locked and member.name == _LOCKED_COLLECTION:
            inner.warnings.append(_VELOCIRAPTOR_KEY)
        if member.obstacle:
            status, reason = member.obstacle
            if status != "ignored":
                account.lose(member.stored)
            self.items.append(_item(path, status=status, warning=reason, warnings=inner.warnings))
            return
        try:
            self._spooled(inner, member, account)
        except MemberRefused as error:
            account.lose(member.stored)
            self.items.append(_item(path, status="refused", warning=sentence(error), warnings=inner.warnings))

    def _spooled(self, place: _Place, member: Member, account: ContainerAccount) -> None:
        """Copy a member into the spool and open it there; a damaged one is kept only where it was merely cut."""
        with self.spool.writer() as entry:
            head, damage = self._copy(member, entry)
            if damage and not (damage.cut and entry.bytes):
                account.lose(0 if damage.cut else member.stored)
                self.items.append(
                    _item(
                        place.path,
                        status="quarantined",
                        sha256=entry.sha256,
                        size=entry.bytes,
                        quarantined=entry.bytes,
                        warning=sentence(damage),
                        warnings=place.warnings,
                    )
                )
                return
            if damage:
                place.warnings.append(sentence(damage, f"The {entry.bytes} bytes before that are read."))
            if not entry.bytes:
                self._leaf(place, "", 0, b"")
                return
            place.location = os.fsencode(entry.commit().absolute())
            sha256, size = entry.sha256, entry.bytes
        if recognise_container(head):
            self._open(place)
        else:
            self._leaf(place, sha256, size, head)

    def _copy(self, member: Member, entry: SpoolWriter) -> tuple[bytes, Damage | None]:
        head = b""
        while True:
            try:
                chunk = member.read(CHUNK)
            except Damage as damage:
                return head, damage
            if not chunk:
                return head, None
            if entry.bytes + len(chunk) > self.budgets.member_bytes:
                raise MemberRefused(f"it unpacks to more than {self.budgets.member_bytes} bytes")
            self.tally.count_unpacked(len(chunk))
            self.beat(len(chunk))
            entry.write(chunk)
            if len(head) < 512:
                head += chunk[:512]


def _gzip_modified(head: bytes) -> OptionalTime:
    """Return when the packed file was last changed, which copying leaves alone (RFC 1952, section 2.3.1, MTIME)."""
    seconds = int.from_bytes(head[4:8], "little")
    return format_microseconds(seconds * 1_000_000) if seconds and len(head) >= 8 else ""


def _earlier(one: OptionalTime, other: OptionalTime) -> OptionalTime:
    return min(one, other) if one and other else one or other


def _size(opened: OpenedFile) -> int:
    return os.fstat(opened.file.fileno()).st_size


def _drain(read: Callable[[int], bytes]) -> int:
    """Read to the end; return how many bytes were not zero padding (counted by chunk)."""
    count = 0
    while chunk := read(CHUNK):
        if any(chunk):
            count += len(chunk)
    return count


def _inner_name(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    for suffix, inner in _SUFFIXES.items():
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)] + inner
    return name


def _item(
    path: str,
    *,
    status: ItemStatus,
    warning: str,
    sha256: str = "",
    size: int = 0,
    quarantined: int = 0,
    warnings: list[str] | None = None,
) -> EvidenceItem:
    return EvidenceItem(
        item=item_id(sha256),
        path=path,
        sha256=sha256,
        bytes=size,
        status=status,
        bytes_quarantined=quarantined,
        warnings=[*(warnings or []), warning],
    )
