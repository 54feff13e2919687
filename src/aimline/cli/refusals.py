"""How the refusals of the floors below and of Django end a command. They can only be raised where Django was loaded."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, OperationalError

from aimline.cli.failures import CANNOT_RUN, REFUSED, USAGE, Answers, first_line, unforeseen
from aimline.core.errors import AimlineError


def _refused(error: Any) -> tuple[int, str]:
    return getattr(error, "exit_code", REFUSED), str(error)


def _database(error: Any) -> tuple[int, str]:
    # The other kinds of database error are faults of ours; a file that is no database raises the plain kind.
    if isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError:
        return CANNOT_RUN, f"the database cannot be used: {first_line(error)}"
    return unforeseen(error)


ANSWERS: Answers = [
    (AimlineError, _refused),
    (ValidationError, lambda error: (USAGE, " ".join(error.messages))),
    (DatabaseError, _database),
]
