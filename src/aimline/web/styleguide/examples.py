"""Invented facts for the styleguide: one of everything a widget can be given."""

from __future__ import annotations

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from aimline.web.inputs import Cards, Chips, DateField, Levels, NumberField, Segments, SureField
from aimline.web.parts import Link, Moment, Next, Option, Reason, Step

SWATCHES = [
    ("paper", _("Paper"), _("page")),
    ("surface", _("Surface"), _("sheets")),
    ("sunken", _("Sunken"), _("wells")),
    ("ink", _("Ink"), _("text")),
    ("ink-2", _("Ink 2"), _("second text")),
    ("pine", _("Pine"), _("actions, aimline")),
    ("board", _("Board"), _("top bar")),
    ("sun", _("Sun"), _("goal, now, next")),
    ("up", _("Better"), _("signal")),
    ("down", _("Worse"), _("signal")),
    ("steady", _("Steady"), _("no signal")),
    ("guess", _("Guess"), _("predictions")),
    ("bad", _("Bad"), _("errors only")),
]
REASONS = [
    Reason(_("Aim"), _("Math on grade, 60%"), "#thread"),
    Reason(_("Driver"), _("Math talk"), "#thread"),
    Reason("", _("Explains reasoning")),
]
STEPS = [Step(_("Plan"), "done"), Step(_("Do"), "done"), Step(_("Study"), "now"), Step(_("Act"))]
TABS = [
    Link(_("Overview"), "#tabs", current=True),
    Link(_("Measures"), "#tabs", count=34),
    Link(_("Teams"), "#tabs", count=41),
]
CHIPS = [Link(_("Everything"), "#chips", current=True), Link(_("Orphans"), "#chips", count=3)]
MOMENTS = [
    Moment(_("Cycle 4, three rooms"), _("Proposed for 30 November"), "next"),
    Moment(_("Cycle 3, one room"), _("26 October, now"), "now"),
    Moment(_("Cycle 1, two students"), _("8 September"), "done", "#timeline"),
]
FACTS = [
    (_("What we try"), _("Frames in English and Spanish on the task sheet")),
    (_("Where"), _("Room 212, periods 2 and 4")),
    (_("How long"), _("3 weeks, exit ticket each Thursday")),
]
NEXT = Next(_("Decide: adopt, adapt or abandon. The team meets Wednesday."), _("Decide"), "#next")
NOTHING_NEXT = Next(_("Nothing needs you here today."))


class ExampleForm(forms.Form):
    """Every look a field can have."""

    idea = forms.CharField(
        label=_("What will you try?"),
        help_text=_("Small. One class, one week is plenty."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say in one line what you will try.")},
    )
    group = forms.ChoiceField(
        label=_("With whom?"),
        choices=[("2", _("Period 2")), ("4", _("Period 4")), ("few", _("A few students"))],
        widget=Chips,
    )
    measure = forms.ChoiceField(
        label=_("How will you know?"),
        choices=[
            ("exit", Option(_("Thursday exit ticket"), _("You already collect it. 38% now."))),
            ("count", Option(_("I will count something"))),
        ],
        widget=forms.RadioSelect,
    )
    expected = NumberField(label=_("It will be at least"), unit="%")
    sure = SureField(label=_("How sure are you?"), help_text=_("From 5 to 95. Nobody is 100% sure."))
    starts = DateField(label=_("First day"), required=False)
    reading = forms.ChoiceField(
        label=_("How to read 10/11/26"),
        choices=[("m", _("October 11")), ("d", _("November 10"))],
        widget=Segments,
    )
    decision = forms.ChoiceField(
        label=_("What now?"),
        choices=[
            ("adopt", Option(_("Adopt"), _("Make it the way we work in these rooms."))),
            ("adapt", Option(_("Adapt and test again"), _("Opens the next cycle with this plan copied."))),
            ("abandon", Option(_("Abandon"), _("Kept with the reason, so no one repeats it unknowingly."))),
        ],
        widget=Cards,
    )
    level = forms.ChoiceField(
        label=_("Where do you stand?"),
        choices=[
            ("0", Option(_("0 Not in place"), _("Nothing protects coaching time."))),
            ("1", Option(_("1 Partly in place"), _("A rule exists; calendars do not follow it."))),
        ],
        widget=Levels,
    )
    team = forms.ChoiceField(
        label=_("Team"), choices=[("7", _("Grade 7 math")), ("l", _("Leadership team"))], required=False
    )
    file = forms.FileField(label=_("File"), required=False)
    remind = forms.BooleanField(label=_("Remind me the day before"), required=False)


def filled() -> ExampleForm:
    first = {"idea": _("Students write for two minutes before anyone talks"), "group": "2", "measure": "exit"}
    rest = {"expected": 45, "sure": 60, "reading": "d", "decision": "adapt", "level": "1", "remind": True}
    return ExampleForm(initial={**first, **rest}, prefix="new")


def refused() -> ExampleForm:
    """A form sent with two mistakes; what was typed stays."""
    sent = {"sent-idea": "", "sent-sure": "120", "sent-expected": "45"}
    form = ExampleForm(sent, prefix="sent")
    for name in [name for name in form.fields if name not in {"idea", "sure", "expected"}]:
        del form.fields[name]
    return form


def numbers() -> Page[int]:
    return Paginator(range(1, 61), 25).page(2)
