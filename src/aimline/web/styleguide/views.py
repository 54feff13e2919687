"""The page that shows every widget in each of its states."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.web.shell import Request, page
from aimline.web.styleguide import examples


@require_GET
def styleguide(request: Request) -> HttpResponse:
    return page(
        request,
        "styleguide/page.html",
        examples=examples,
        form=examples.filled(),
        wrong=examples.refused(),
        numbers=examples.numbers(),
        toast={"message": _("Commitment added for Tomás, due Thursday."), "extra_tags": "#toast"},
    )
