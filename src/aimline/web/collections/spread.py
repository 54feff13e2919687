"""How the answers to a question are spread, and what groups say beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aimline.instruments.form import Form, Item, ItemKind
from aimline.instruments.results import Dimension, Distribution, Share
from aimline.reports.answers import WHOLE, said_share
from aimline.reports.drawing import figures
from aimline.web.collections import strips
from aimline.web.collections.scores import Row, answers, row

# A band of at most so many points is as good as a figure, to the eye.
NARROW = 5


@dataclass(frozen=True, slots=True)
class Said:
    """One answer with its share; `drawn` where each answer has a bar of its own."""

    name: str
    percent: str
    tint: int
    drawn: SafeString | str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """One question: a bar for all its answers where they are steps of a scale, else one bar each."""

    ask: str
    language: str
    answers: str
    said: list[Said]
    drawn: SafeString | str = ""
    more_than_one: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One group. Without rows it is hidden, and several that are hidden stand together."""

    dimension: str
    name: str
    answers: str = ""
    rows: tuple[Row, ...] = ()


def spread(found: Distribution) -> Spread:
    # One bar for all of them would say how long each is; what is told as a band has a bar of its own.
    item, stepped = found.item, _is_stepped(found.item) and all(map(_is_narrow, found.shares))
    asked = f"{item.ask} {found.row}" if found.row else str(item.ask)
    shares = found.shares
    return Spread(
        ask=asked,
        language=item.ask.language,
        answers=figures.number(found.n, WHOLE),
        said=[_said(share, place, len(shares), alone=not stepped) for place, share in enumerate(shares)],
        drawn=strips.stack([share.percent for share in shares]) if stepped else "",
        more_than_one=item.kind is ItemKind.CHOICES,
    )


def _is_narrow(share: Share) -> bool:
    return share.high - share.low <= NARROW


def _is_stepped(item: Item) -> bool:
    return bool(item.levels) or item.kind is ItemKind.YES_NO


def _said(share: Share, place: int, of: int, *, alone: bool) -> Said:
    drawn = strips.single(share.low, share.high) if alone else ""
    return Said(_name(share), said_share(share), strips.tint(place, of), drawn)


def _name(share: Share) -> str:
    own = {"yes": _("Yes"), "no": _("No")} if isinstance(share.name, str) else {}
    return own.get(str(share.name), str(share.name))


def panels(form: Form, dimension: Dimension) -> list[Panel]:
    name = str(dimension.name)
    shown = [
        Panel(name, str(group.name), answers(group.n or 0), tuple(row(form, score) for score in group.scores))
        for group in dimension.groups
        if group.scores
    ]
    hidden = [str(group.name) for group in dimension.groups if not group.scores]
    return [*shown, Panel(name, ", ".join(hidden))] if hidden else shown
