"""Whether a figure of this place can be trusted no longer, as far as its reader answers for the data."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed
from aimline.growth.models import Participation
from aimline.org.models import Unit
from aimline.people.models import Person


def shift(person: Person, place: Unit) -> str:
    """Say in one line that who is tested has shifted in the newest year; nothing where it has not."""
    seen = Participation.objects.filter(unit__path__startswith=place.path)
    newest = seen.order_by().values("unit__root_id").annotate(last=Max("school_year")).values("last")[:1]
    shifted = allowed(person, Act.VIEW_MEASURE, seen.filter(shifted=True, school_year=newest))
    names = sorted(set(shifted.order_by().values_list("unit__name", flat=True)))
    if not names:
        return ""
    more = len(names) - 1
    if not more:
        return _("Who is tested has shifted at %(place)s.") % {"place": names[0]}
    text = ngettext(
        "Who is tested has shifted at %(place)s and %(count)s more place.",
        "Who is tested has shifted at %(place)s and %(count)s more places.",
        more,
    )
    return text % {"place": names[0], "count": more}
