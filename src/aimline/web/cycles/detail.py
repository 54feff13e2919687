"""The page of one test, composed: what it is, where it stands, what comes next."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed, rights_on
from aimline.core.ids import uuid7
from aimline.cycles import soundness
from aimline.cycles.judgment import Judgment, judgment_at
from aimline.cycles.models import Cycle, Prediction, Stage
from aimline.cycles.protocol import Phase, Prompt, protocol
from aimline.cycles.showing import Shown, shown_results
from aimline.cycles.windows import numbers_of
from aimline.measures.frames import Line, line
from aimline.measures.models import Series
from aimline.org.schooldays import school_days
from aimline.people.models import Person
from aimline.reports.drawing.words import Sentence
from aimline.reports.lines import sentence_of, title_of, why_hidden
from aimline.theory.models import ChangeIdea, Link
from aimline.web.cycles import forms, words
from aimline.web.cycles.next_step import address, next_step
from aimline.web.cycles.pictures import (
    BEFORE,
    Picture,
    around_test,
    expected_beside_happened,
    judgment_picture,
)
from aimline.web.parts import Moment, Next, Reason, Step

FEWEST_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page; one of them may hold what was typed and refused."""

    note: forms.NoteForm
    result: forms.ResultForm
    study: forms.StudyForm
    decide: forms.DecideForm
    stop: forms.StopForm


@dataclass(frozen=True, slots=True)
class Bets:
    """The predictions as this person may see them: before the start, not before their own."""

    shown: list[Prediction] = field(default_factory=list)
    kept_back: int = 0
    mine: Prediction | None = None
    leading: Prediction | None = None


@dataclass(frozen=True, slots=True)
class LinePart:
    """The series around the test: its sentence and its picture."""

    title: str
    sentence: Sentence
    svg: SafeString
    href: str
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    cycle: Cycle
    eyebrow: list[object]
    verdict: Sentence
    next: Next | None
    thread: list[Reason]
    steps: list[Step]
    phases: dict[str, Phase]
    plan: list[tuple[object, object]]
    bets: Bets
    bet_text: str
    line: LinePart | None
    shown: Shown
    result_text: str
    picture: Picture | None
    checks: list[soundness.Check]
    ramp: list[Moment]
    judgment: Judgment
    judgment_picture: Picture | None
    forms: Forms
    may_run: bool
    may_predict: bool
    may_share: bool
    may_plan_here: bool
    may_decide: bool
    following: Cycle | None
    learned: list[tuple[object, object]]
    copy_id: UUID

    @property
    def locked_first(self) -> bool:
        """Whether the plan stood before the days of the test, so that no number could be known."""
        begun = self.cycle.started_at
        return begun is not None and localtime(begun).date() <= self.cycle.starts_on

    @property
    def result_ask(self) -> Prompt:
        return self.phases["study"].asks("result")


def detail(cycle: Cycle, person: Person, place_may_plan: bool, **typed: object) -> Detail:
    shown = shown_results(person, [cycle])[cycle.pk]
    held = rights_on(person, cycle, [Act.RUN_CYCLE, Act.PREDICT, Act.SHARE])
    may_run = Act.RUN_CYCLE in held
    may_predict = not cycle.is_locked and cycle.stage == Stage.PLAN and Act.PREDICT in held
    own_line = _line(cycle, person)
    bets = _bets(cycle, person, may_predict)
    ramp = list(allowed(person, Act.VIEW_CYCLE, Cycle.objects.of_ramp(cycle).for_list()))
    following = next((one for one in ramp if one.previous_id == cycle.pk), None)
    judgment = judgment_at(cycle.unit, person)
    baseline = _before(own_line, cycle) if own_line else None
    days = school_days(cycle.unit)
    return Detail(
        cycle=cycle,
        eyebrow=_eyebrow(cycle),
        verdict=words.verdict(cycle, shown, days),
        next=next_step(cycle, may_run, may_predict and bets.mine is None, following),
        thread=_thread(cycle, person),
        steps=_steps(cycle),
        phases={phase.key: phase for phase in protocol().phases},
        plan=_plan(cycle),
        bets=bets,
        bet_text=words.say_threshold(cycle, bets.leading) if bets.leading else "",
        line=_line_part(own_line, cycle) if own_line else None,
        shown=shown,
        result_text=words.say_result(cycle, shown),
        picture=expected_beside_happened(cycle, shown, baseline),
        checks=soundness.checks(
            cycle, [one for one in ramp if one.number < cycle.number], len(numbers_of(cycle))
        ),
        ramp=[_moment(one, cycle, shown_of) for one, shown_of in _with_results(ramp, person)],
        judgment=judgment,
        judgment_picture=judgment_picture(judgment, f"judgment-{cycle.pk.hex}"),
        forms=_forms(cycle, typed),
        may_run=may_run,
        may_predict=may_predict,
        may_share=Act.SHARE in held,
        may_plan_here=place_may_plan,
        may_decide=cycle.stage == Stage.ACT or following is None or following.version == 1,
        following=following,
        learned=_learned(cycle),
        copy_id=uuid7(),
    )


def _with_results(cycles: list[Cycle], person: Person) -> list[tuple[Cycle, Shown]]:
    shown = shown_results(person, cycles)
    return [(cycle, shown[cycle.pk]) for cycle in cycles]


def _line(cycle: Cycle, person: Person) -> Line | None:
    if cycle.series_id is None:
        return None
    found = allowed(person, Act.VIEW_MEASURE, Series.objects.for_page().filter(pk=cycle.series_id)).first()
    return line(found) if found else None


def _before(line: Line, cycle: Cycle) -> float | None:
    """The middle of what was there before the test; of too few numbers nothing is said."""
    recent = [
        spot.value
        for spot in line.shown
        if spot.value is not None
        and not spot.excluded
        and cycle.starts_on - BEFORE <= spot.day < cycle.starts_on
    ]
    return median(recent) if len(recent) >= FEWEST_BEFORE else None


def _line_part(line: Line, cycle: Cycle) -> LinePart:
    why = line.why_hidden
    return LinePart(
        title_of(line.series),
        sentence_of(line),
        around_test(line, cycle),
        reverse("measures:show", args=[line.series.pk]),
        why_hidden(why, line.minimum) if why else "",
    )


def _bets(cycle: Cycle, person: Person, may_predict: bool) -> Bets:
    made = list(cycle.predictions.all())
    mine = next((one for one in made if one.person_id == person.pk), None)
    # Who has read the others' numbers no longer predicts alone.
    if may_predict and mine is None:
        return Bets([], len(made), None, None)
    return Bets(made, 0, mine, words.leading(cycle))


def _eyebrow(cycle: Cycle) -> list[object]:
    decided = cycle.get_decision_display() if cycle.stage == Stage.DONE else ""
    parts = [words.number_words(cycle), cycle.owner.name, cycle.unit.name, words.say_days(cycle), decided]
    return [part for part in parts if part]


def _learned(cycle: Cycle) -> list[tuple[object, object]]:
    phase = protocol().phase("study")
    said = [(phase.asks(name).ask, getattr(cycle, name)) for name in ("learned", "surprised", "as_planned")]
    return [(question, answer) for question, answer in said if answer]


def _steps(cycle: Cycle) -> list[Step]:
    order = [phase.key for phase in protocol().phases]
    at = order.index(cycle.stage) if cycle.stage in order else len(order)
    return [
        Step(phase.name, "done" if index < at else "now" if index == at else "next")
        for index, phase in enumerate(protocol().phases)
    ]


def _plan(cycle: Cycle) -> list[tuple[object, object]]:
    asked = [
        (_("We learn if"), cycle.question),
        (_("Where"), cycle.where),
        (_("With whom"), cycle.with_whom),
        (_("How big"), cycle.get_scale_display()),
        (_("When"), words.say_days(cycle)),
        (_("We look at"), cycle.series.measure.name if cycle.series else _("What we count by hand")),
        (_("Steps"), linebreaksbr(cycle.steps)),
        (_("Data"), linebreaksbr(cycle.data_plan)),
    ]
    return [(name, value) for name, value in asked if value]


def _thread(cycle: Cycle, person: Person) -> list[Reason]:
    """Aim, driver, idea, this test; only as far as the person may see the theory."""
    if cycle.idea_id is None:
        return []
    idea = allowed(person, Act.VIEW_THEORY, ChangeIdea.objects.filter(pk=cycle.idea_id)).first()
    if idea is None:
        return []
    here = Reason("", words.number_words(cycle))
    link = Link.objects.filter(idea=idea).select_related("effect", "theory__aim").first()
    theory = reverse("theory:show", kwargs={"theory_id": idea.theory_id})
    aim = getattr(link.theory, "aim", None) if link else None
    goal = [Reason(_("Aim"), aim.what, theory)] if aim else []
    driver = [Reason(_("Driver"), link.effect.name, theory)] if link else []
    ramp = reverse("cycles:ramp", kwargs={"cycle_id": cycle.pk})
    return [*goal, *driver, Reason(_("Idea"), idea.name, ramp), here]


def _moment(one: Cycle, here: Cycle, shown: Shown) -> Moment:
    text = _("Test %(number)s, %(size)s") % {"number": one.number, "size": one.get_scale_display().lower()}
    said = words.say_both(one, shown) or words.say_days(one)
    state = "now" if one.pk == here.pk else "done" if one.stage == Stage.DONE else "next"
    return Moment(text, said, state, "" if one.pk == here.pk else address(one))  # type: ignore[arg-type]


def _forms(cycle: Cycle, typed: dict[str, object]) -> Forms:
    kept = {"version": cycle.version}
    in_words = any(bet.threshold is None for bet in cycle.predictions.all())
    said = {name: getattr(cycle, name) for name in ("surprised", "as_planned", "learned")}
    decided = {"decision": cycle.decision, "why": cycle.decision_why}
    fresh: dict[str, object] = {
        "note": forms.NoteForm(initial=kept),
        "result": forms.ResultForm(initial=kept, in_words=in_words),
        "study": forms.StudyForm(initial={**kept, **said}),
        "decide": forms.DecideForm(initial={**kept, **decided}, cycle=cycle),
        "stop": forms.StopForm(initial=kept),
    }
    return Forms(**{**fresh, **typed})  # type: ignore[arg-type]
