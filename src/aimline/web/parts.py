"""What pages hand to the widgets: small frozen facts, made in a view and drawn by one template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Link:
    """A tab, a chip or a plain link; `count` stands behind the label."""

    label: object
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the thread that answers "why are we doing this?"; the last one is where we stand."""

    kind: object
    text: object
    href: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a process: done, now or still to come."""

    label: object
    state: Literal["done", "now", "next"] = "next"


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline, newest first; "next" is planned and drawn hollow."""

    text: object
    when: object
    state: Literal["done", "now", "next", ""] = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The single most useful act on a page: one reason and one button. Without an address, the reason alone."""

    why: object
    label: object = ""
    href: str = ""
    # The act changes something: the button posts.
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """The label of a choice with a line that explains it."""

    label: object
    hint: object = ""

    def __str__(self) -> str:
        return str(self.label)
