"""What a log may say of a fault: where it happened and of which kind, never what it was about.

The message of an exception often quotes the value that could not be read, and an address may hold a student's id. Both
belong into a report for the person who sent the file, not into a log that others read.
"""

from __future__ import annotations

import copy
import logging
import traceback
from types import TracebackType
from typing import Any

# The messages of these speak of the program, the machine or the connection, never of a value.
_SPEAKS_OF_US = frozenset(
    {
        "AttributeError",
        "ImportError",
        "InterfaceError",
        "MemoryError",
        "ModuleNotFoundError",
        "NameError",
        "OperationalError",
        "RecursionError",
        "TypeError",
    }
)
_Told = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def words_of(error: BaseException) -> str:
    """Return the kind of a fault, and its message where that can hold nobody's data."""
    kind = type(error).__name__
    if isinstance(error, OSError):
        # Its message would name the file too.
        return f"{kind}: {error.strerror or error}"
    return f"{kind}: {error}" if kind in _SPEAKS_OF_US else kind


def traceback_of(error: BaseException) -> str:
    """Return where a fault happened and what led to it, as Python would, without the values in its messages."""
    parts = []
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        parts += [traceback_of(before), "\nWhich led to:\n\n"]
    parts += [
        "Traceback (most recent call last):\n",
        *traceback.format_tb(error.__traceback__),
        words_of(error),
        "\n",
    ]
    return "".join(parts)


class Formatter(logging.Formatter):
    """Lines of the log. Of a request they tell the pattern of its address, not the address."""

    def format(self, record: logging.LogRecord) -> str:
        request = getattr(record, "request", None)
        if request is None:
            return super().format(record)
        told = copy.copy(record)
        told.msg, told.args = _of_request(record, request), None
        return super().format(told)

    def formatException(self, ei: _Told) -> str:
        return traceback_of(ei[1]).rstrip("\n") if ei[1] else ""


def _of_request(record: logging.LogRecord, request: Any) -> str:
    match = getattr(request, "resolver_match", None)
    route = f"/{match.route}" if match else "an address that leads nowhere"
    return f"{getattr(record, 'status_code', '')} {getattr(request, 'method', '')} {route}".strip()
