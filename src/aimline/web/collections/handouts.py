"""The pages to print: one for each subject or class where there is a list, else as many as were asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from aimline.instruments.models import Collection
from aimline.web.collections import pages
from aimline.web.shell import Request


@dataclass(frozen=True, slots=True)
class Handout:
    """One page; `label` is the class or the subject, blank where the page is for anyone."""

    label: str
    readable: str
    code: SafeString


def handouts(request: Request, collection: Collection, copies: int) -> list[Handout]:
    subjects = [one.name for one in collection.subjects.all()]
    if subjects:
        # The camera opens the page with the subject chosen; who types the short address chooses it there.
        plain = pages.links(request, collection)["readable"]
        return [Handout(name, plain, pages.links(request, collection, name)["code"]) for name in subjects]
    labels = [one.name for one in collection.homerooms.all()] or [""] * copies
    facts = pages.links(request, collection)
    return [Handout(label, facts["readable"], facts["code"]) for label in labels]
