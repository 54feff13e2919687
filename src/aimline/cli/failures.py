"""Every way a command can fail, in one line and an exit code. A traceback never reaches the terminal.

Nothing here needs Django, because `analyze` runs without it; what only a server can refuse is in `refusals`.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aimline.cli import home
from aimline.config.environment import BadSetting
from aimline.core import discreet

USAGE, REFUSED, CANNOT_RUN, INTERRUPTED, BUG = 2, 3, 4, 130, 70
Answers = list[tuple[type[BaseException] | tuple[type[BaseException], ...], Callable[[Any], tuple[int, str]]]]


def report(error: BaseException) -> int:
    """Tell the person what happened and return the exit code."""
    code, words = explain(error)
    if words:
        click.echo(f"aimline: {words}", err=True)
    return code


def explain(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the words; the first kind that fits decides, so special kinds come first."""
    answers = [*_of_the_server(), *ANSWERS]
    for kind, answer in answers:
        if isinstance(error, kind):
            return answer(error)
    return unforeseen(error)


def _of_the_server() -> Answers:
    if "django" not in sys.modules:
        return []
    answers: Answers = importlib.import_module("aimline.cli.refusals").ANSWERS
    return answers


def unforeseen(error: BaseException) -> tuple[int, str]:
    return BUG, _keep_traceback(error)


def _wrong_usage(error: Any) -> tuple[int, str]:
    error.show()
    return error.exit_code, ""


def first_line(error: BaseException) -> str:
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
        file.write(discreet.traceback_of(error))
    return f"something went wrong that should not have ({type(error).__name__}). Details are in {path}"


ANSWERS: Answers = [
    (click.exceptions.Exit, lambda error: (error.exit_code, "")),
    (click.ClickException, _wrong_usage),
    ((KeyboardInterrupt, click.Abort), lambda _: (INTERRUPTED, "stopped.")),
    ((home.CannotRunHere, BadSetting), lambda error: (CANNOT_RUN, str(error))),
    (BrokenPipeError, _reader_left),
    (OSError, lambda error: (CANNOT_RUN, f"the system said no: {first_line(error)}")),
]
