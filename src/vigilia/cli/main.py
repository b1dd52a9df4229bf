"""The door: every command of `vigilia`, and what its exit code means."""

from __future__ import annotations

import sys

import click
import typer

from vigilia import __version__
from vigilia.cli import coverage, demo, exit_codes, investigate, rules, sources, verify, watchlist
from vigilia.cli.talk import say
from vigilia.model.errors import CaseError, ProfileError, UsageError, VigiliaError

__all__ = ["app", "run"]

app = typer.Typer(
    name="vigilia",
    help="From the logs that you already have to an honest account of an intrusion. For your own systems only.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
app.command("investigate")(investigate.investigate)
app.command("coverage")(coverage.coverage)
app.command("demo")(demo.demo)
app.command("verify")(verify.verify)
app.command("sources")(sources.sources)
app.add_typer(rules.app, name="rules")
app.add_typer(watchlist.app, name="watchlist")


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
    """Options before the command."""


def run() -> None:
    """Run the command line and leave with the right exit code."""
    sys.exit(_exit_code())


def _exit_code() -> int:
    try:
        return app(standalone_mode=False) or exit_codes.COMPLETE
    except click.exceptions.Abort:
        return _interrupted()
    except KeyboardInterrupt:
        return _interrupted()
    except click.ClickException as error:
        error.show()
        return exit_codes.USAGE
    except (UsageError, ProfileError, CaseError) as error:
        say(error.sentence())
        return exit_codes.USAGE
    except VigiliaError as error:
        say(error.sentence())
        return exit_codes.USAGE
    except BrokenPipeError:
        return exit_codes.COMPLETE


def _interrupted() -> int:
    say("Interrupted. Nothing is lost: run the same command again to resume.")
    return exit_codes.INTERRUPTED
