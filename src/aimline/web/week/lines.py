"""One line of what is due."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: what, when, and where it is done; some are done in person, and lead nowhere."""

    text: str
    when: str
    href: str
    label: str
    is_late: bool = False
