"""The theories of a place and below it, each in one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aimline.access.rules import Act, allowed, can
from aimline.theory.models import Theory
from aimline.web.shell import Request, paginate
from aimline.web.theory import evidence, signals
from aimline.web.theory.evidence import Evidence
from aimline.web.theory.signals import Sign


@dataclass(frozen=True, slots=True)
class Row:
    theory: Theory
    sign: Sign | None
    drivers: int
    ideas: int
    tested: int | None


def facts(request: Request) -> dict[str, Any]:
    ended = request.GET.get("ended") == "1"
    seen = allowed(request.person, Act.VIEW_THEORY, Theory.objects.for_list())
    here = seen.filter(unit__path__startswith=request.place.path, ended_on__isnull=not ended)
    listed = paginate(request, here.order_by("unit__path", "title", "id"))
    shown = list(listed.object_list)
    elsewhere = seen.filter(ended_on=None).exclude(unit__path__startswith=request.place.path)
    told = rows(request, shown)
    return {
        "rows": told,
        "ideas": sum(row.ideas for row in told),
        "tested": sum(row.tested or 0 for row in told),
        "sees_tests": all(row.tested is not None for row in told),
        "pages": listed,
        "ended": ended,
        "above": rows(request, list(elsewhere.order_by("title", "id")[:10])),
        "starts": can(request.person, Act.EDIT_THEORY, request.place),
    }


def rows(request: Request, theories: list[Theory]) -> list[Row]:
    found = evidence.evidence_for(request.person, theories)
    signs = signals.read(request.person, theories)
    return [
        Row(
            theory=theory,
            sign=signs.get(theory.stated.series_id) if theory.stated and theory.stated.series_id else None,
            drivers=len(theory.drivers.all()),
            ideas=len(theory.ideas.all()),
            tested=_tested(request, theory, found),
        )
        for theory in theories
    ]


def _tested(request: Request, theory: Theory, found: Mapping[UUID, Evidence]) -> int | None:
    """Return how many ideas were tested, or nothing where the tests are not this person's to see."""
    tested = sum(found[idea.pk].is_tested for idea in theory.ideas.all())
    return tested if tested or evidence.sees_all(request.person, theory) else None
