"""What every page of the builder shows around its form: the tabs, the list of items, and what is still missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aimline.instruments import checks, editing
from aimline.instruments.checks import Problem
from aimline.instruments.editing import Part
from aimline.instruments.editions import Join, before, changed
from aimline.instruments.form import Form, Item
from aimline.instruments.models import Edition
from aimline.web.answering.languages import chrome_for
from aimline.web.answering.widgets import Asking, Field, fields
from aimline.web.instruments import reading
from aimline.web.instruments.item_form import scale_name
from aimline.web.instruments.kinds import KINDS
from aimline.web.parts import Link
from aimline.web.shell import Request


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands in the way of publishing, and where to put it right."""

    text: str
    where: str
    href: str


@dataclass(frozen=True, slots=True)
class Decision:
    """An item that asks in other words than before: what becomes of its line on the charts?"""

    item: Item
    number: int
    was: Item
    # What was decided; blank while nothing is.
    join: str
    choices: tuple[tuple[str, object, object], ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale by its ends, and how many items are answered on it."""

    key: str
    name: str
    users: int


def context(request: Request, edition: Edition, tab: str) -> dict[str, Any]:
    form = edition.form
    still = missing(edition, form)
    open_questions = [one for one in decisions(edition, form) if not one.join]
    return {
        "edition": edition,
        "instrument": edition.instrument,
        "languages_held": len(form.languages),
        "sums": form.constructs,
        "outline": reading.blocks(form, _language()),
        "kinds": list(KINDS.values()),
        "count": len(still) + len(open_questions),
        "tabs": _tabs(edition, form, tab, len(still) + len(open_questions)),
        "eyebrow": [
            _("Instrument"),
            _("draft of edition %(number)s") % {"number": edition.number},
            edition.instrument.unit.name,
        ],
    }


def _tabs(edition: Edition, form: Form, tab: str, missing: int) -> list[Link]:
    pages = (
        ("edit", _("Items"), sum(1 for _item in form.items())),
        ("constructs", _("What it adds up to"), len(form.constructs)),
        ("scales", _("Scales"), len(edition.document.get("scales", {}))),
        ("whole", _("Name and languages"), len(form.languages)),
        ("check", _("Before you publish"), missing),
    )
    return [
        Link(label, reverse(f"instruments:{name}", args=[edition.pk]), current=name == tab, count=count)
        for name, label, count in pages
    ]


def missing(edition: Edition, form: Form) -> list[Missing]:
    return [_missing(edition, form, problem) for problem in checks.problems(form)]


def _missing(edition: Edition, form: Form, problem: Problem) -> Missing:
    key, language = problem.item, _language()
    if item := form.item(key):
        number = [each.key for each in form.items()].index(key) + 1
        words = item.ask.written_in(language) or KINDS[item.kind].name
        where = _("Item %(number)s: %(words)s") % {"number": number, "words": words}
        return Missing(problem.text, where, address(edition, Part.ITEM, key))
    construct = next((each for each in form.constructs if each.key == key), None)
    if construct:
        where = _("What it adds up to: %(name)s") % {
            "name": construct.name.written_in(language) or _("no name yet")
        }
        return Missing(problem.text, where, address(edition, Part.CONSTRUCT, key))
    section = next((each for each in form.sections if problem.section and each.key == problem.section), None)
    if section:
        words = section.name.written_in(language) or _("Section without a heading")
        where = _("Section: %(words)s") % {"words": words}
        return Missing(problem.text, where, address(edition, Part.SECTION, section.key))
    return Missing(problem.text, "", reverse("instruments:whole", args=[edition.pk]))


def decisions(edition: Edition, form: Form) -> list[Decision]:
    past = before(edition)
    if past is None:
        return []
    was, altered = past.form, changed(past.form, form)
    numbered = [(number, item) for number, item in enumerate(form.items(), 1) if item.key in altered]
    return [
        Decision(item, number, held, edition.joins.get(item.key, ""), _choices())
        for number, item in numbered
        if (held := was.item(item.key))
    ]


def _choices() -> tuple[tuple[str, object, object], ...]:
    means = {
        Join.SAME: _("Only for a typing error or a better translation. The chart goes on as one line."),
        Join.LINKED: _("One line goes on, and the chart marks the day from which it was asked in new words."),
        Join.NEW: _(
            "Old answers keep their line, which ends. New answers begin another, with its own baseline."
        ),
    }
    return tuple((join.value, join.label, means[join]) for join in Join)


def preview(request: Request, edition: Edition, item: Item) -> dict[str, Any]:
    """One item as those see it who answer; nothing tapped there is kept."""
    form = edition.form
    language = reading.spoken(request, form)
    asking = Asking(
        language=language,
        chrome=chrome_for(language),
        minutes=edition.minutes,
        declines=not edition.instrument.is_repeated,
        whole=True,
    )
    # An item that waits for another says for which.
    shown: Sequence[Field] = fields(list(form.items()), {}, asking)
    drawn = next(one for one in shown if one.key == item.key)
    return {"preview": drawn, "language": language, "languages": reading.languages(form, language)}


def past_form(edition: Edition) -> Form | None:
    """What was asked before, to tell a translation of words that have changed since."""
    past = before(edition)
    return past.form if past else None


def scales(document: editing.Document) -> list[Scale]:
    return [
        Scale(key, scale_name(document, key), len(editing.users_of_scale(document, key)))
        for key in editing.scales(document)
    ]


def address(edition: Edition, part: Part, key: str) -> str:
    """The page of a part, at its form: on a phone the list of items stands before it."""
    return f"{reverse(f'instruments:{part}', args=[edition.pk, key])}#edit"


def _language() -> str:
    return (get_language() or "en").split("-")[0]
