"""What an answer is about, where there is a list: chosen before the first question, or on the form itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from aimline.instruments import answering
from aimline.web.answering.visits import Visit


@dataclass(frozen=True, slots=True)
class Pick:
    """The list to choose from; `chosen` is blank as long as nothing is."""

    names: list[str]
    chosen: str = ""
    error: str = ""


def pick(request: HttpRequest, visit: Visit, error: str = "") -> Pick | None:
    """The list of this collection with what was chosen, or what the link of one subject says. None: no list."""
    names = answering.subjects_of(visit.collection)
    if not names:
        return None
    held = visit.draft.about if visit.draft else ""
    chosen = request.POST.get(answering.ABOUT) or held or _of_link(request, names)
    return Pick(names, chosen, error)


def open_pick(request: HttpRequest, visit: Visit, error: str = "") -> Pick | None:
    """The list, as long as it is not said what these answers are about."""
    return None if visit.draft and visit.draft.about else pick(request, visit, error)


def _of_link(request: HttpRequest, names: list[str]) -> str:
    asked = request.GET.get(answering.ABOUT, "")
    return asked if asked in names else ""
