"""The command line: a verb, or a noun and a verb.

Commands are listed here and loaded when asked for, so that `aimline help` answers at once and every command module may
import Django at its top. What a command needs of an installation is part of its line in the list.
"""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import dataclass
from enum import Enum, auto
from typing import NoReturn

import click

from aimline.cli import home


class Needs(Enum):
    """What has to be there before a command is loaded."""

    # The analytics library alone, which a plain install gives.
    LIBRARY = auto()
    # What the server is built on, and no installation.
    NOTHING = auto()
    # Django over a throw-away folder: the command reads the program, not an installation.
    PROGRAM = auto()
    # Django over the home folder, which may still be empty.
    FOLDER = auto()
    # Django over a home that was made before.
    HOME = auto()
    # Django over the home folder if it was made before, else over a throw-away folder.
    HOME_IF_MADE = auto()


@dataclass(frozen=True, slots=True)
class Command:
    module: str
    attribute: str
    help: str
    needs: Needs = Needs.HOME


COMMANDS = {
    "demo": Command(
        "demo", "demo", "Make a small school district if it is not there, then serve it.", Needs.FOLDER
    ),
    "init": Command("init", "init", "Make the databases and the root unit in an empty home.", Needs.FOLDER),
    "serve": Command("serve", "serve", "Serve the pages, with the background work beside them."),
    "worker": Command("serve", "worker", "Run the background work alone."),
    "backup": Command("backup", "backup", "Put the whole home into one checked file."),
    "restore": Command("backup", "restore", "Make a home from a backup, in an empty folder.", Needs.NOTHING),
    "user": Command("people", "user", "Accounts of people."),
    "token": Command("people", "token", "Tokens, with which a program acts for a person."),
    "import": Command("imports", "import_", "Load files, look at loads, take one back."),
    "measures": Command("measures", "measures", "Count measures of student data again, now or as of a day."),
    "export": Command("export", "export", "Write what is held to files."),
    "analyze": Command("analyze", "analyze", "Run the statistics of the library on a file.", Needs.LIBRARY),
    "audit": Command("audit", "audit", "The audit log."),
    "attack": Command("attack", "attack", "Try to work out hidden numbers from what is out."),
    "privacy": Command(
        "privacy", "privacy", "What is kept about people; one student's file, its end, its proof."
    ),
    "calibrate": Command(
        "calibrate", "calibrate", "Measure what the statistics promise in simulated worlds.", Needs.LIBRARY
    ),
    "bench": Command(
        "bench", "bench", "Measure how long charts and models take on this machine.", Needs.HOME_IF_MADE
    ),
    "test": Command("quality", "test", "Run the tests: SQLite, PostgreSQL and a browser.", Needs.NOTHING),
    "check": Command(
        "quality", "check", "Check style, types, floors, migrations and messages.", Needs.NOTHING
    ),
    "messages": Command(
        "messages", "messages", "Bring the translation catalogues up to date.", Needs.PROGRAM
    ),
    "docs": Command("docs", "docs", "Build the documentation as a web site.", Needs.PROGRAM),
}

SETTINGS = "aimline.config.settings"
EPILOG = "Example: aimline help serve. Exit codes: 0 done, 1 done but some rows were rejected (or a check failed), "
EPILOG += "2 wrong usage, 3 refused and nothing changed, 4 cannot run here."


class LazyGroup(click.Group):
    """A group that imports a command when it is named, after making sure that it can run here."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = COMMANDS.get(cmd_name)
        return _load(cmd_name, known, ctx.args) if known else super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # `get_command` is not told the words that follow, and a call for help must not ask for a home.
        ctx.args = args
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        lines = [(name, command.help) for name, command in COMMANDS.items()]
        lines += [(name, command.get_short_help_str(90)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(lines)


def _load(name: str, command: Command, args: list[str]) -> click.Command:
    needs = command.needs
    if needs is not Needs.LIBRARY:
        _require_server(name)
    if needs in {Needs.HOME, Needs.FOLDER} and "--help" in args:
        needs = Needs.PROGRAM
    if needs is Needs.HOME_IF_MADE:
        needs = Needs.HOME if home.is_made() else Needs.PROGRAM
    if needs is Needs.HOME:
        home.require()
    if needs not in {Needs.LIBRARY, Needs.NOTHING} and SETTINGS not in sys.modules:
        if needs is Needs.PROGRAM:
            _use_throw_away_folder()
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        importlib.import_module("django").setup()
    loaded: click.Command = getattr(
        importlib.import_module(f"aimline.cli.{command.module}"), command.attribute
    )
    return loaded


def _require_server(name: str) -> None:
    try:
        importlib.import_module("django")
    except ModuleNotFoundError as error:
        raise home.CannotRunHere(
            f"`aimline {name}` needs the server, which is not installed here. "
            'Install it with `pip install "aimline[server]"`; `aimline analyze` runs without it.'
        ) from error


def _use_throw_away_folder() -> None:
    folder = tempfile.mkdtemp(prefix="aimline-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[home.GIVEN] = str(home.folder())
    os.environ["AIMLINE_HOME"] = folder


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"max_content_width": 110})
@click.version_option(package_name="aimline", message="%(version)s")
def aimline() -> None:
    """Aimline: the software that school systems run their improvement on.

    Start with `aimline demo`, which makes a small school district and serves it.
    """


@aimline.command("help")
@click.argument("words", nargs=-1, metavar="[COMMAND]…")
@click.pass_context
def show_help(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Explain the commands, or one of them.

    Example: aimline help serve
    """
    group = ctx.find_root().command
    group.main([*words, "--help"], prog_name="aimline", standalone_mode=False)


def main() -> NoReturn:
    """Run the command line; every way it can end is one of the agreed exit codes."""
    # A stop that was asked for unwinds like Ctrl-C, so that nothing half-written stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        outcome = aimline.main(sys.argv[1:] or ["--help"], prog_name="aimline", standalone_mode=False)
        code = outcome if isinstance(outcome, int) else 0
        sys.stdout.flush()
    except SystemExit:
        raise
    except BaseException as error:
        # Loaded here because `help` has no use for it.
        code = importlib.import_module("aimline.cli.failures").report(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
