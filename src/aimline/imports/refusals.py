"""The two ways a whole file is turned away: its mapping is wrong, or the file itself cannot be used."""

from __future__ import annotations

from typing import ClassVar

from aimline.core.errors import Invalid, Unreadable


class BadMapping(Invalid):
    """The mapping file says something that cannot be followed; nothing was read."""

    code = "bad_mapping"
    # Wrong usage on the command line; beside the form in the browser.
    exit_code: ClassVar[int] = 2


class Refused(Unreadable):
    """The file cannot be used as a whole; nothing was changed. `reason` is one of the report's codes."""

    code = "malformed"

    def __init__(
        self, message: object, *, code: str, line: int = 0, column: str = "", value: str = ""
    ) -> None:
        super().__init__(message, code=code)
        self.line, self.column, self.value = line, column, value
        # Which of several files it was, where a load has more than one.
        self.file = ""
