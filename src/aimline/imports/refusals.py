"""The ways a whole file is turned away: its mapping is wrong, the file cannot be used, or it would end too much."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext as _

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


class TooManyRemovals(Refused):
    """It would end more than it may: more often half a file than half a district leaving. `share` is in percent."""

    def __init__(self, *, gone: int, active: int, entity: str, most: float) -> None:
        self.share = 100 * gone / active
        words = _(
            "This file would end %(gone)s of %(active)s %(entity)s, because it does not name them; "
            "the most is %(most)s percent. If the file is whole, load it again with a higher limit."
        )
        facts = {"gone": gone, "active": active, "entity": entity, "most": f"{most:g}"}
        super().__init__(words % facts, code="too_many_removals")
