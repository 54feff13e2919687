"""What a team can vote on: instruments in use at the place, and those of the library that fit."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import Invalid
from aimline.instruments import library
from aimline.instruments.actions import building
from aimline.instruments.form import Form
from aimline.instruments.models import AnsweredBy, Edition, Instrument
from aimline.people.models import Person
from aimline.reviews.models import Review
from aimline.reviews.voting import rows_of
from aimline.web.parts import Option
from aimline.web.reviews.choices import instruments_at

VOTED_BY = frozenset({AnsweredBy.TEAM, AnsweredBy.LEADERS})
IN_USE, LIBRARY = "edition:", "library:"


def choices(person: Person, review: Review) -> list[tuple[str, object]]:
    """The latest wording of each, those in use first."""
    used = list(instruments_at(person, review.unit).filter(answered_by__in=VOTED_BY))
    found = [(f"{IN_USE}{one.pk}", one.instrument.name, one.form) for one in _latest(person, used)]
    if can(person, Act.BUILD_INSTRUMENT, review.unit):
        taken = {one.library_key for one in used}
        found += [
            (f"{LIBRARY}{one.key}", str(one.name), one.form)
            for one in library.offered()
            if one.answered_by in VOTED_BY and one.key not in taken
        ]
    return [(value, Option(name, _hint(form))) for value, name, form in found if _is_for_votes(form)]


def edition(person: Person, review: Review, chosen: str) -> Edition:
    """The wording that was chosen; one of the library is taken into use first."""
    if chosen.startswith(LIBRARY):
        made = building.take_up(review.unit, person, key=chosen.removeprefix(LIBRARY))
        return made.editions.select_related("instrument__unit").get()
    rows = allowed(person, Act.VIEW_UNIT, Edition.objects.published().select_related("instrument__unit"))
    found = rows.filter(pk=chosen.removeprefix(IN_USE)).first()
    if found is None:
        raise Invalid(_("This instrument is not in use at the place of the review."))
    return found


def _latest(person: Person, used: list[Instrument]) -> list[Edition]:
    rows = allowed(person, Act.VIEW_UNIT, Edition.objects.published().select_related("instrument"))
    last = {one.instrument_id: one for one in rows.filter(instrument__in=used).order_by("number")}
    return [last[one.pk] for one in used if one.pk in last]


def _is_for_votes(form: Form) -> bool:
    """Most of it is rows with levels."""
    return 2 * len(rows_of(form)) >= max(1, sum(1 for _item in form.items()))


def _hint(form: Form) -> str:
    return _("%(count)s rows. %(lead)s") % {"count": len(rows_of(form)), "lead": form.lead}
