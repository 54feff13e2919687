"""Students, for those who answer for them. What is shown is logged: these pages write to the log and nowhere else."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed
from aimline.core.errors import NotFound
from aimline.org.models import Unit, UnitKind
from aimline.students import listing, one, reading, sight
from aimline.students.listing import Wanted
from aimline.students.models import How
from aimline.web.middleware import as_id
from aimline.web.shell import PAGE_SIZE, Request, page
from aimline.web.students import told


@require_GET
def students(request: Request) -> HttpResponse:
    """Those of this place who are in sight."""
    person, place = request.person, request.place
    if not sight.may_see_any(person):
        raise NotFound
    seen = sight.sight_of(person)
    schools = _schools(request)
    wanted = _wanted(request, schools)
    around = sight.seen(seen, place)
    found = listing.found(around, wanted)
    rows = Paginator(range(listing.count(found)), PAGE_SIZE).get_page(request.GET.get("page"))
    shown = listing.part(found, max(rows.start_index() - 1, 0), rows.end_index())
    if shown:
        reading.note(person, wanted.unit or place, How.LIST, [(row.source, row.id) for row in shown])
    return page(
        request,
        "students/list.html",
        rows=rows,
        lines=told.lines(shown),
        wanted=wanted,
        schools=schools,
        grades=listing.grades(around),
        why=told.why(seen),
    )


@require_GET
def show(request: Request, source_id: UUID, student: str) -> HttpResponse:
    seen = sight.sight_of(request.person)
    found = one.find(seen, source_id, student)
    if found is None:
        raise NotFound
    reading.note(request.person, found.unit, How.STUDENT, [(source_id, student)])
    return page(
        request,
        "students/show.html",
        student=found,
        facts_held=told.facts(found),
        why=told.why(seen),
        eyebrow=[_("Student"), found.unit.name],
        **told.sections(found, request.person),
    )


def _schools(request: Request) -> QuerySet[Unit]:
    below = Unit.objects.under(request.place).exclude(pk=request.place.pk).filter(kind=UnitKind.SCHOOL)
    return allowed(request.person, Act.VIEW_STUDENTS, below).order_by("name")


def _wanted(request: Request, schools: QuerySet[Unit]) -> Wanted:
    asked = request.GET
    school = as_id(asked.get("school"))
    return Wanted(
        words=asked.get("q", "").strip(),
        grade=asked.get("grade", "").strip(),
        unit=schools.filter(pk=school).first() if school else None,
        enrolled=asked.get("also") != "left",
    )
