"""The single most useful act on the page of a test."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.cycles.models import Cycle, Decision, Stage
from aimline.web.parts import Next


def next_step(cycle: Cycle, may_run: bool, asked: bool, following: Cycle | None) -> Next | None:
    """`asked`: this person may still predict and has not."""
    if asked:
        why = _("Say what you expect, before anything is counted.")
        return Next(why, _("Predict"), _to(cycle, "predict"))
    if not may_run:
        return None
    if cycle.stage == Stage.PLAN:
        why = _("Starting locks the plan and every prediction.")
        return Next(why, _("Start this test"), _to(cycle, "start"), True)
    if cycle.stage == Stage.DO and cycle.is_due:
        why = _("The test days are over. Close the doing and look at what happened.")
        return Next(why, _("Finish the test"), _to(cycle, "finish"), True)
    by_stage = {
        Stage.DO: Next(
            _("Write down what you see, while you still know it."), _("Note what you saw"), "#note"
        ),
        Stage.STUDY: Next(_("Set what happened beside what you expected."), _("Study it"), "#study"),
        Stage.ACT: Next(_("Decide: adopt, adapt or abandon."), _("Decide"), "#decide"),
    }
    return by_stage.get(Stage(cycle.stage)) or _after(cycle, following)


def _after(cycle: Cycle, following: Cycle | None) -> Next:
    if following:
        label = _("Open test %(number)s") % {"number": following.number}
        return Next(_("The next test came out of this one."), label, address(following))
    if cycle.decision == Decision.ADOPT:
        return Next(_("It worked here. Let another place try it."), _("Share it"), _to(cycle, "share"))
    return Next(_("Nothing to do. The reason stays with the test."))


def address(cycle: Cycle) -> str:
    return _to(cycle, "show")


def _to(cycle: Cycle, name: str) -> str:
    return reverse(f"cycles:{name}", kwargs={"cycle_id": cycle.pk})
