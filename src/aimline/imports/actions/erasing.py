"""What loads remember of the people in their files, forgotten."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.imports.models import Load
from aimline.people.models import Person


@action(Act.KEEP_PRIVACY)
def forget_values(load: Load, person: Person) -> Load:
    """Take the values out of a load's report: where something was wrong stays, what stood there does not."""
    problems = [_without_value(problem) for problem in load.report.get("problems", [])]
    return load.change(report={**load.report, "problems": problems})


def _without_value(problem: dict[str, Any]) -> dict[str, Any]:
    if not problem["value"]:
        return problem
    words = _("What stood here was removed, to keep a person's data private.")
    return {**problem, "value": "", "message": words}
