"""The door: every command of `vigilia`, and what its exit code means."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from vigilia import __version__
from vigilia.cli import exit_codes
from vigilia.cli.commands import Commands
from vigilia.cli.talk import say
from vigilia.model.errors import VigiliaError

__all__ = ["app", "run"]

_PLACES = 8


class _Interrupted(BaseException):
    """Ctrl-C. An exception of our own, because the command line library turns KeyboardInterrupt into exit code 1."""


app = typer.Typer(
    name="vigilia",
    cls=Commands,
    help="From the logs that you already have to an honest account of an intrusion. For your own systems only.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vigilia {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version and stop."
    ),
) -> None:
    """From the logs that you already have to an honest account of an intrusion. For your own systems only."""


def run() -> NoReturn:
    """Run the command line and leave with the right exit code."""
    signal.signal(signal.SIGINT, _interrupt)
    _forbid_core_dump()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # an old terminal must not end a finished investigation
    try:
        app()
    except VigiliaError as error:
        say(error.sentence())
        sys.exit(exit_codes.USAGE)
    except _Interrupted:
        say("Interrupted. Nothing is lost: run the same command again to resume.")
        sys.exit(exit_codes.INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - its own words may quote evidence or a watched name: never shown
        say(f"Internal error: {_places(error)}. Please report this line; it holds nothing of your evidence.")
        sys.exit(exit_codes.INTERNAL)
    sys.exit(exit_codes.COMPLETE)


def _places(error: BaseException) -> str:
    """Return the error's class, and our own modules and lines that it passed through, innermost last."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}")
        trace = trace.tb_next
    ours = [place for place in places if place.startswith("vigilia.")]
    return " > ".join([type(error).__name__, *(ours or places)[-_PLACES:]])


def _forbid_core_dump() -> None:
    """The watch list is in memory: a crash must not write it to disk."""
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise _Interrupted
