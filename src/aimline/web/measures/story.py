"""What a series' page says in words: the verdict, for whom it holds, what to do next, and what the chart rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aimline.access.rules import Act, allowed, rights_on
from aimline.measures.frames import Line
from aimline.measures.models import Better, Series
from aimline.measures.recipes.definitions import definition_of
from aimline.people.models import Person
from aimline.reports.drawing import figures, words
from aimline.reports.lines import written
from aimline.theory.models import Aim, Driver
from aimline.web.parts import Next, Reason
from aimline_analytics.drawing.parts import Unit

COUNT = Unit(share=False)
# From this many points on, a line without a frozen baseline is worth freezing.
ENOUGH = 12


@dataclass(frozen=True, slots=True)
class May:
    """What the reader may do here."""

    edit: bool = False
    record: bool = False
    annotate: bool = False
    test: bool = False


def may(person: Person, one: Series) -> May:
    acts = (Act.EDIT_MEASURE, Act.RECORD_POINTS, Act.ANNOTATE, Act.PLAN_CYCLE)
    held = rights_on(person, one, acts)
    if not one.measure.is_written:
        held = held - {Act.RECORD_POINTS}
    return May(*(act in held for act in acts))


def eyebrow(line: Line) -> list[object]:
    """Where this is counted, how often, and which way is better."""
    one, better = line.series, line.series.measure.better
    place = format_html('<a href="{}">{}</a>', reverse("places:show", args=[one.unit_id]), one.unit.name)
    facts: list[object] = [_("Measure"), place, one.measure.get_rhythm_display()]
    if one.team:
        facts.insert(2, one.team.name)
    if not one.is_everyone:
        facts.append(format_html('<a href="{}">{}</a>', _everyone(line), _("All students")))
    return [*facts, Better(better).label] if better else facts


def _everyone(line: Line) -> str:
    one = line.series
    rows = Series.objects.for_everyone().filter(measure=one.measure_id, unit=one.unit_id, team=one.team_id)
    found = rows.values_list("pk", flat=True).first()
    return reverse("measures:show", args=[found]) if found else reverse("measures:list")


def list_verdict(counts: Mapping[str, int]) -> words.Sentence:
    """What the list says as a whole, before its charts."""
    total, worse = sum(counts.values()), counts.get("worse", 0)
    moving = worse + counts.get("better", 0) + counts.get("changed", 0)
    facts = {
        "total": figures.number(total, COUNT),
        "moving": figures.number(moving, COUNT),
        "worse": figures.number(worse, COUNT),
    }
    if not total:
        return words.Sentence(_("Nothing is counted here yet."), "", "")
    judged = total - counts.get("too_few", 0)
    if not judged:
        return words.marked(_("[Too few points to judge]: the rules need about ten on a chart."), facts)
    if not moving and judged < total:
        facts["judged"] = figures.number(judged, COUNT)
        return words.marked(
            _(
                "[No chart signals]. %(judged)s of %(total)s have points enough to judge, "
                "and their ups and downs are ordinary."
            ),
            facts,
        )
    if not moving:
        steady = ngettext(
            "[The one chart is steady]: its ups and downs are ordinary.",
            "[No chart signals]: the ups and downs of all %(total)s are ordinary.",
            total,
        )
        return words.marked(steady, facts)
    if worse:
        some = ngettext(
            "[%(moving)s of %(total)s charts changed more than chance], %(worse)s of them for the worse.",
            "[%(moving)s of %(total)s charts changed more than chance], %(worse)s of them for the worse.",
            moving,
        )
        return words.marked(some, facts)
    return words.marked(
        _("[%(moving)s of %(total)s charts changed more than chance], none for the worse."), facts
    )


def next_step(line: Line, groups: Sequence[Line], may: May) -> Next | None:
    """The single most useful act, if there is one that this reader may do."""
    one = line.series
    if not line.spots and may.record:
        return Next(
            _("There is no number yet. Ten make a line worth judging."),
            _("Record the first number"),
            _to("record", one),
        )
    left_out = groups_left_out(line, groups)
    if left_out:
        named = _("%(group)s did not move with the others. Ask why before you spread this.")
        return Next(
            named % {"group": left_out[0].series.group},
            _("Look at this group"),
            _to("show", left_out[0].series),
        )
    if line.verdict.signal == "worse" and not line.verdict.ended and may.test:
        asked = _("It is getting worse, and that is more than chance. Plan one small test this week.")
        return Next(asked, _("Plan a test"), address("cycles:new", series=one))
    if not may.edit:
        return None
    return _housekeeping(line)


def _housekeeping(line: Line) -> Next | None:
    if line.target is None and len(line.shown) >= ENOUGH:
        return Next(
            _("There is no goal yet. With one, the chart says whether you are on course."),
            _("Set a goal"),
            _to("aim", line.series),
        )
    if (
        line.verdict.signal == "steady"
        and len(line.shown) >= ENOUGH
        and not any(phase.frozen for phase in line.chart.phases)
    ):
        why = _("Freeze the baseline before you change anything. Then a rise shows sooner.")
        return Next(why, _("Freeze the baseline"), _to("freeze", line.series))
    return None


def groups_left_out(line: Line, groups: Sequence[Line]) -> list[Line]:
    """The groups without a rise, or with a fall, where all students improved."""
    if line.verdict.signal != "better":
        return []
    own = [each for each in groups if not each.series.is_everyone and each.shown]
    return [each for each in own if each.verdict.signal in ("steady", "worse")]


def for_whom(line: Line, groups: Sequence[Line]) -> str:
    """One sentence over the panels; empty where the panels say it all."""
    own = [each for each in groups if not each.series.is_everyone and each.shown]
    if not own:
        return ""
    if line.verdict.signal == "better":
        return _reached(own)
    worse = [each.series.group for each in own if each.verdict.signal == "worse"]
    if worse:
        return _("Worse for: %(groups)s.") % {"groups": get_text_list(worse, _("and"))}
    if all(each.verdict.signal == "steady" for each in own):
        return _("Steady for every group shown.")
    return ""


def _reached(own: Sequence[Line]) -> str:
    better = sum(each.verdict.signal == "better" for each in own)
    reached = ngettext(
        "The improvement has reached %(better)s of the %(all)s group shown.",
        "The improvement has reached %(better)s of the %(all)s groups shown.",
        len(own),
    )
    return reached % {"better": figures.number(better, COUNT), "all": figures.number(len(own), COUNT)}


def footnotes(line: Line) -> list[str]:
    """What the chart rests on: gaps, rules, false alarms, caveats."""
    said = []
    if line.breaks:
        said.append(_("No points in the holidays."))
    if line.gaps:
        missing = ngettext(
            "%(count)s period has no number although school was in.",
            "%(count)s periods have no number although school was in.",
            len(line.gaps),
        )
        said.append(missing % {"count": figures.number(len(line.gaps), COUNT)})
    if line.hidden and line.shown:
        hidden = ngettext(
            "%(count)s point is hidden to protect students.",
            "%(count)s points are hidden to protect students.",
            len(line.hidden),
        )
        said.append(hidden % {"count": figures.number(len(line.hidden), COUNT)})
    said.append(_rules(line))
    said.append(words.false_alarm_sentence(line.verdict.false_alarm_rate))
    said += [words.caveat(code) for code in line.verdict.notes if code not in ("missing_points",)]
    return [sentence for sentence in said if sentence]


def _rules(line: Line) -> str:
    frozen = any(phase.frozen for phase in line.chart.phases)
    if line.chart.kind == "xmr":
        return _("Rules: XmR chart with the limits of the usual range, as in Making Data Count.")
    if frozen:
        return _("Rules: the Anhøj run tests against a frozen baseline.")
    return _("Rules: the Anhøj run tests against the median of all points.")


def about(line: Line) -> list[tuple[object, object]]:
    """What this measure is: the pairs of the fact sheet."""
    measure = line.series.measure
    pairs: list[tuple[object, object]] = [
        (_("Counts"), definition_of(measure)),
        (_("Kind"), measure.get_kind_display()),
        (_("How often"), measure.get_rhythm_display()),
        (_("Better is"), Better(measure.better).label if measure.better else _("No direction is set")),
        (_("Chart"), measure.get_chart_display()),
        (_("Who uses it"), measure.used_by),
        (_("If it gets worse"), measure.if_worse),
        (_("Owner"), measure.owner.name if measure.owner else ""),
        (_("Code"), measure.code),
        (_("Kept by"), measure.unit.name),
    ]
    if line.target:
        facts = {"value": written(line.target.value, measure), "day": figures.full_day(line.target.due_on)}
        pairs.insert(1, (_("Goal"), _("%(value)s by %(day)s") % facts))
    return [(label, value) for label, value in pairs if value]


def thread(person: Person, one: Series) -> list[Reason]:
    """Why this is counted: the aim and the driver it serves, where the reader may see them."""
    here = Reason("", one.measure.name)
    drivers = Driver.objects.filter(measure=one.measure, theory__ended_on=None).select_related("theory__aim")
    driver = allowed(person, Act.VIEW_THEORY, drivers).order_by("pk").first()
    if driver:
        aim = getattr(driver.theory, "aim", None)
        goal = [Reason(_("Aim"), aim.what, address("theory:show", driver.theory_id))] if aim else []
        return [*goal, Reason(_("Driver"), driver.name, address("theory:show", driver.theory_id)), here]
    aims = Aim.objects.filter(series__measure=one.measure, theory__ended_on=None)
    aim = allowed(person, Act.VIEW_THEORY, aims).order_by("pk").first()
    return [Reason(_("Aim"), aim.what, address("theory:show", aim.theory_id)), here] if aim else []


def _to(name: str, one: Series) -> str:
    return reverse(f"measures:{name}", args=[one.pk])


def address(name: str, *args: object, series: Series | None = None) -> str:
    """The address of another room's page; none where that page is not there."""
    try:
        found = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{found}?series={series.pk}" if series else found
