"""Which run, subject and year a page speaks of: the newest that is finished, or what was picked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from aimline.access.rules import Act, allowed
from aimline.growth.models import GrowthRun, GrowthSummary, TeamResult
from aimline.web.parts import Link
from aimline.web.shell import Request


@dataclass(frozen=True, slots=True)
class Choice:
    run: GrowthRun
    subject: str
    year: int
    subjects: list[str]

    def chips(self) -> tuple[list[Link], list[Link]]:
        """The subjects and the years to pick from."""
        subjects = [
            Link(subject, f"?subject={subject}&year={self.year}", current=subject == self.subject)
            for subject in self.subjects
        ]
        years = [
            Link(year, f"?subject={self.subject}&year={year}", current=year == self.year)
            for year in reversed(self.run.years)
        ]
        return subjects, years


def chosen(
    request: Request, found: QuerySet[GrowthSummary] | QuerySet[TeamResult], act: Act = Act.VIEW_MEASURE
) -> Choice | None:
    """Read the choice from the address; `found` are the rows of the place, of any run."""
    seen = allowed(request.person, act, found)
    last = seen.filter(run__finished_at__isnull=False).order_by("-run__finished_at").first()
    if last is None:
        return None
    run = last.run
    subjects = sorted(set(seen.filter(run=run).order_by().values_list("subject", flat=True)))
    subject, year = request.GET.get("subject", ""), request.GET.get("year", "")
    return Choice(
        run,
        subject if subject in subjects else subjects[0],
        int(year) if year.isdigit() and int(year) in run.years else run.years[-1],
        subjects,
    )
