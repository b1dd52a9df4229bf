"""`vigilia watchlist`: keep the names of people at risk encrypted."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from vigilia.cli import exit_codes
from vigilia.cli.talk import say
from vigilia.model.errors import UsageError
from vigilia.model.hashed_list import decode_hashed_list, encode_hashed_list
from vigilia.model.profile import WatchList
from vigilia.store.durable import replace_file
from vigilia.store.watch_list import (
    decrypt_watch_list,
    encrypt_watch_list,
    encrypt_watch_list_to,
    needs_identity,
    read_watch_file,
    unlock_watch_list,
)
from vigilia.targeting.names.hashed_names import hash_watch_list

__all__ = ["encrypt", "hash_names", "open_watch_list", "read_passphrase"]


# Who obtains the file can try passphrases for years; four words of a list give about this many characters and more.
_SHORTEST = 12


def encrypt(
    plain: Annotated[Path, typer.Argument(metavar="FILE", help="The watch list as TOML text.")],
    to: Annotated[Path, typer.Option(help="The encrypted file to write.")],
    recipient: Annotated[
        list[str] | None,
        typer.Option(metavar="age1…", help="Encrypt to this public key instead of a passphrase; repeatable."),
    ] = None,
    passphrase_fd: Annotated[int | None, typer.Option(help="Read the passphrase from this file descriptor.")] = None,
    clobber: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> int:
    """Check a watch list and write it as an age file; delete the plain file afterwards."""
    if to.exists() and not clobber:
        raise UsageError("it exists already", where=str(to), hint="Choose another name or add --clobber.")
    names = read_watch_file(plain)
    sealed = encrypt_watch_list_to(names, recipient) if recipient else encrypt_watch_list(names, _chosen(passphrase_fd))
    replace_file(to, sealed)
    say(f"Written: {to}. Now delete {plain}: it holds the names in plain text.")
    return exit_codes.COMPLETE


def hash_names(
    listed: Annotated[Path, typer.Argument(metavar="FILE.age", help="The encrypted watch list.")],
    to: Annotated[Path, typer.Option(help="The file of hashes to write.")],
    identity: Annotated[Path | None, typer.Option(help="The private key of age that opens the watch list.")] = None,
    passphrase_fd: Annotated[int | None, typer.Option(help="Read its passphrase from this file descriptor.")] = None,
    clobber: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> int:
    """Write a watch list as salted hashes, for helpers who shall find the people in logs and read no name."""
    if to.exists() and not clobber:
        raise UsageError("it exists already", where=str(to), hint="Choose another name or add --clobber.")
    watch = open_watch_list(read_watch_file(listed), listed, identity, passphrase_fd)
    hashed = hash_watch_list(watch, secrets.token_bytes(16))
    replace_file(to, encode_hashed_list(hashed))
    say(f"Written: {to}. It holds no name, but who has it can try names out: give it to those alone who need it.")
    return exit_codes.COMPLETE


def _chosen(descriptor: int | None) -> str:
    passphrase = read_passphrase(descriptor, confirm=True)
    if len(passphrase) < _SHORTEST:
        raise UsageError("the passphrase is too short", where="the watch list", hint="Use at least four random words.")
    return passphrase


def open_watch_list(sealed: bytes, where: Path, identity: Path | None, descriptor: int | None) -> WatchList:
    """Decrypt a watch list in memory: with the private key in a file, else with a passphrase that is asked for.

    A list of hashes needs neither.

    Raises:
        UsageError: it cannot be opened so.
        ProfileError: what is in it is no watch list.
    """
    hashes = decode_hashed_list(sealed)
    if hashes is not None:
        return WatchList(hashes=hashes)
    if identity is not None:
        return unlock_watch_list(sealed, identity)
    if needs_identity(sealed):
        hint = "Give the private key that it was encrypted to with --identity FILE."
        raise UsageError("no passphrase opens this watch list", where=str(where), hint=hint)
    return decrypt_watch_list(sealed, read_passphrase(descriptor))


def read_passphrase(descriptor: int | None, *, confirm: bool = False) -> str:
    """Ask for the passphrase, or read one line of it from a file descriptor.

    Raises:
        UsageError: the descriptor cannot be read or is empty.
    """
    if descriptor is None and not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask for the passphrase", where="the watch list", hint="Use --passphrase-fd."
        )
    if descriptor is None:
        return str(typer.prompt("Passphrase of the watch list", hide_input=True, confirmation_prompt=confirm, err=True))
    try:
        with os.fdopen(descriptor, encoding="utf-8", closefd=False) as stream:
            line = stream.readline(4096).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("the passphrase cannot be read", where=f"file descriptor {descriptor}") from error
    if not line:
        raise UsageError("the passphrase is empty", where=f"file descriptor {descriptor}")
    return line
