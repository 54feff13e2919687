"""Every way a command can fail, in one line and an exit code. A traceback never reaches the terminal."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError

from aimline.cli import home
from aimline.config.environment import BadSetting
from aimline.core.errors import AimlineError

USAGE, REFUSED, CANNOT_RUN, INTERRUPTED, BUG = 2, 3, 4, 130, 70


def report(error: BaseException) -> int:
    """Tell the person what happened and return the exit code."""
    code, words = explain(error)
    if words:
        click.echo(f"aimline: {words}", err=True)
    return code


def explain(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the words; the first kind that fits decides, so special kinds come first."""
    for kind, answer in ANSWERS:
        if isinstance(error, kind):
            return answer(error)
    return BUG, _keep_traceback(error)


def _wrong_usage(error: Any) -> tuple[int, str]:
    error.show()
    return USAGE, ""


def _refused(error: Any) -> tuple[int, str]:
    return getattr(error, "exit_code", REFUSED), str(error)


def _database(error: Any) -> tuple[int, str]:
    # The other kinds of database error are faults of ours; a file that is no database raises the plain kind.
    if isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError:
        return CANNOT_RUN, f"the database cannot be used: {_first_line(error)}"
    return BUG, _keep_traceback(error)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _reader_left(_error: Any) -> tuple[int, str]:
    # `aimline export … | head` is a fair use. Python would complain again when it flushes at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0, ""


def _keep_traceback(error: BaseException) -> str:
    folder = home.folder() / "logs" if home.folder().is_dir() else Path(tempfile.gettempdir())
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / "aimline-errors.log"
    with path.open("a", encoding="utf-8") as file:
        # The command's name only: its options may hold names of people.
        file.write(f"{datetime.now(UTC).isoformat()} aimline {' '.join(sys.argv[1:2])}\n")
        file.writelines(traceback.format_exception(error))
    return f"something went wrong that should not have ({type(error).__name__}). Details are in {path}"


ANSWERS: list[
    tuple[type[BaseException] | tuple[type[BaseException], ...], Callable[[Any], tuple[int, str]]]
] = [
    (click.exceptions.Exit, lambda error: (error.exit_code, "")),
    (click.ClickException, _wrong_usage),
    ((KeyboardInterrupt, click.Abort), lambda _: (INTERRUPTED, "stopped.")),
    (AimlineError, _refused),
    (ValidationError, lambda error: (USAGE, " ".join(error.messages))),
    ((home.CannotRunHere, BadSetting), lambda error: (CANNOT_RUN, str(error))),
    (DatabaseError, _database),
    (BrokenPipeError, _reader_left),
    (OSError, lambda error: (CANNOT_RUN, f"the system said no: {_first_line(error)}")),
]
