"""What was looked at: the snapshot of Port Alder as the school year began, and the review that runs at Kelp now."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from aimline.core import clock
from aimline.instruments.models import Collection
from aimline.measures.models import ALL, Series
from aimline.org.models import Unit
from aimline.org.schooldays import school_days
from aimline.people.models import Person
from aimline.reports.review.content import compose
from aimline.reviews.actions import judging, planning, reporting
from aimline.reviews.models import Evidence, Finding, Review, ReviewRole, Source, Stance
from examples.district import voices
from examples.district.places import MIDDLE_OF_PORT_ALDER
from examples.district.staff import Staff
from examples.district.years import weeks, years

HERE = Path(__file__).parent
SNAPSHOT, LOOKING = "snapshot.toml", "looking.toml"
# School days of the snapshot: sense is made of it on the eleventh, it recommends on the thirteenth.
MAKES_SENSE, RECOMMENDS, ENDS = 11, 13, 15


def review(today: date, units: dict[str, Unit], staff: Staff) -> None:
    _snapshot(today, units, staff)
    _looking(today, units, staff)


def _snapshot(today: date, units: dict[str, Unit], staff: Staff) -> None:
    """Three weeks from the first day of the latest school year that is old enough to have had one."""
    over = [year.first_day for year in years(today, "PA") if year.first_day + timedelta(weeks=5) <= today]
    told, lead = _read(SNAPSHOT), staff.named["leader"]
    with clock.standing_on(over[-1] - timedelta(days=7)):
        held = _plan(units["PA"], lead, told, starts_on=over[-1])
        _gather_team(held, lead, [(staff.named["facilitator"], ReviewRole.INTERVIEWER)])
        _gather_team(held, lead, [(staff.named["analyst"], ReviewRole.ANALYST)])
        _gather_team(held, lead, [(coach, ReviewRole.OBSERVER) for coach in _coaches(staff)])
    days = _days(held)
    with clock.standing_on(days[0]):
        for collection in _spring(units, days[0]):
            planning.attach_collection(held, lead, collection=collection)
    with clock.standing_on(days[2]):
        for asked_for in held.documentrequests.all():
            planning.note_document(held, lead, request=asked_for)
    found = _put(held, staff.named["facilitator"], told, units)
    with clock.standing_on(days[MAKES_SENSE]):
        judged = _judge(held, lead, told, found)
        for finding in judged:
            judging.make_final(finding, lead)
    voices.listen(held, staff, units, days, judged)
    with clock.standing_on(days[RECOMMENDS]):
        _recommend(held, lead, told, judged)
    for step in held.steps.all():
        with clock.standing_on(step.ends_on):
            planning.finish_step(held, lead, step=step)
    with clock.standing_on(days[ENDS - 1]):
        planning.end_review(held, lead)
    with clock.standing_on(max(days[ENDS - 1], weeks(today, "PA")[-1].monday)):
        _report(held, lead, told)


def _report(held: Review, lead: Person, told: dict[str, Any]) -> None:
    """Told for the board this week, with the figures of this week."""
    report = reporting.write_report(
        held,
        lead,
        summary=told["summary"],
        for_families={key: text.strip() for key, text in told["families"].items()},
    )
    reporting.make_report_final(report, lead, content=compose(held))


def _looking(today: date, units: dict[str, Unit], staff: Staff) -> None:
    """Begun the week before last; the staff and the families of the school are being asked."""
    lead, kelp, told = staff.named["principal"], units["PA-KEL"], _read(LOOKING)
    starts = weeks(today, "PA")[-1].monday
    with clock.standing_on(starts):
        held = _plan(kelp, lead, told, starts_on=starts)
        _gather_team(held, lead, [(staff.coaches["PA-KEL"], ReviewRole.OBSERVER)])
        _gather_team(
            held, lead, [(staff.named["tess"], ReviewRole.VOICE), (staff.named["family"], ReviewRole.VOICE)]
        )
    days = [day for day in _days(held) if day <= today]
    with clock.standing_on(days[min(2, len(days) - 1)]):
        planning.finish_step(held, lead, step=held.steps.all()[0])
        planning.note_document(held, lead, request=held.documentrequests.all()[0])
    with clock.standing_on(days[-1]):
        for collection in Collection.objects.open().filter(unit=kelp):
            planning.attach_collection(held, lead, collection=collection)
    found = _put(held, staff.coaches["PA-KEL"], told, units, last=days[-1])
    with clock.standing_on(days[-1]):
        _judge(held, lead, told, found)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _plan(unit: Unit, lead: Person, told: dict[str, Any], **facts: Any) -> Review:
    words = {name: told[name] for name in ("name", "purpose", "scope")}
    return planning.plan_review(unit, lead, template_key="snapshot", **words, **facts)


def _gather_team(held: Review, lead: Person, people: Iterable[tuple[Person, ReviewRole]]) -> None:
    for person, role in people:
        planning.add_member(held, lead, member=person, role=role)


def _coaches(staff: Staff) -> list[Person]:
    return [staff.coaches[code] for code in ("PA-KEL", "PA-CAN", "PA-HIG")]


def _days(held: Review) -> list[date]:
    return [day for day in school_days(held.unit).days if day >= held.starts_on]


def _spring(units: dict[str, Unit], before: date) -> list[Collection]:
    """What the students of the middle schools were last asked before the review."""
    places = [units[code] for code in MIDDLE_OF_PORT_ALDER]
    rows = Collection.objects.filter(unit__in=places, closes_on__lt=before).order_by("closes_on")
    return list({one.unit_id: one for one in rows}.values())


def _put(
    held: Review, person: Person, told: dict[str, Any], units: dict[str, Unit], last: date | None = None
) -> list[list[tuple[Evidence, Stance]]]:
    """The evidence of each finding, and then what no finding rests on."""
    days = _days(held)
    found = []
    for group in [*(one["evidence"] for one in told["finding"]), told["loose"]]:
        pieces = []
        for piece in group:
            day = days[piece.get("day", MAKES_SENSE - 1) - 1]
            day = min(day, last) if last else day
            with clock.standing_on(day):
                made = judging.add_evidence(held, person, **_piece(held, piece, units, day))
            pieces.append((made, Stance(piece.get("stance", Stance.SUPPORTS))))
        found.append(pieces)
    return found


def _piece(held: Review, piece: dict[str, Any], units: dict[str, Unit], day: date) -> dict[str, Any]:
    shared = {"text": piece.get("text", ""), "leaning": piece.get("leaning", "")}
    if code := piece.get("series"):
        series = Series.objects.get(measure__code=code, unit=units[piece["place"]], group=ALL, team=None)
        return {**shared, "source": Source.DATA, "series": series}
    if construct := piece.get("construct"):
        asked = Collection.objects.get(
            pk__in=held.reviewcollections.values("collection"), unit=units[piece["place"]]
        )
        return {**shared, "source": Source.VOICES, "collection": asked, "construct": construct}
    return {**shared, "source": piece["source"], "origin": piece["origin"], "day": day}


def _judge(
    held: Review, lead: Person, told: dict[str, Any], found: list[list[tuple[Evidence, Stance]]]
) -> list[Finding]:
    made = []
    for facts, pieces in zip(told["finding"], found, strict=False):
        words = {name: facts[name] for name in ("kind", "text", "nature", "driver") if name in facts}
        finding = judging.write_finding(held, lead, against_sought=facts.get("against", ""), **words)
        for evidence, stance in pieces:
            judging.use_evidence(finding, lead, evidence=evidence, stance=stance)
        made.append(finding)
    return made


def _recommend(held: Review, lead: Person, told: dict[str, Any], judged: list[Finding]) -> None:
    for facts in told["recommendation"]:
        answers = [judged[number - 1] for number in facts["findings"]]
        words = {name: value for name, value in facts.items() if name != "findings"}
        judging.recommend(held, lead, findings=answers, **words)
