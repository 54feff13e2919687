from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.measures.models import Better, ChartKind, Measure, MeasureKind, Rhythm, Scale
from aimline.people.models import Person
from aimline.web.inputs import Cards, DateField, NumberField, Segments
from aimline.web.parts import Option

KINDS = [
    (MeasureKind.OUTCOME, Option(_("Outcome"), _("What matters in the end; moves slowly."))),
    (MeasureKind.DRIVER, Option(_("Driver"), _("The mechanism; moves early, counted often."))),
    (MeasureKind.BALANCING, Option(_("Balancing"), _("Would show harm elsewhere."))),
]
CHARTS = [
    (ChartKind.RUN, Option(_("Run chart"), _("Middle line and runs. Right for nearly everything."))),
    (ChartKind.XMR, Option(_("XmR chart"), _("With the usual range. From about 13 points on."))),
]
BETTER = [(Better.UP, _("Higher")), (Better.DOWN, _("Lower")), ("", _("Neither"))]


class MeasureForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name"), max_length=160, help_text=_("As people say it: Reads at grade level.")
    )
    definition = forms.CharField(
        label=_("What counts"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text=_(
            "So exact that two people would count the same. For example: tickets scored 3 or 4, over tickets handed in."
        ),
    )
    kind = forms.ChoiceField(
        label=_("What is it for?"), choices=KINDS, widget=Cards, initial=MeasureKind.DRIVER
    )
    scale = forms.ChoiceField(
        label=_("The number is a"), choices=Scale.choices, widget=Segments, initial=Scale.PERCENT
    )
    better = forms.ChoiceField(
        label=_("Which way is better?"), choices=BETTER, widget=Segments, required=False, initial=Better.UP
    )
    rhythm = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices, initial=Rhythm.WEEK)
    chart = forms.ChoiceField(label=_("Chart"), choices=CHARTS, widget=Cards, initial=ChartKind.RUN)
    used_by = forms.CharField(
        label=_("Who uses it"),
        max_length=200,
        required=False,
        help_text=_("For example: grade 3 team, Thursdays."),
    )
    if_worse = forms.CharField(label=_("What they do if it gets worse"), max_length=300, required=False)
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=Person.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    code = forms.CharField(
        label=_("Code"),
        max_length=60,
        help_text=_("A short name without spaces, for files and programs: READ3."),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **facts: Any) -> None:
        super().__init__(*args, **facts)
        cast("forms.ModelChoiceField[Person]", self.fields["owner"]).queryset = people


class FollowForm(forms.Form):
    measure = forms.ModelChoiceField(
        label=_("Measure"), queryset=Measure.objects.none(), empty_label=_("Choose a measure")
    )

    def __init__(self, *args: Any, measures: QuerySet[Measure], **facts: Any) -> None:
        super().__init__(*args, **facts)
        cast("forms.ModelChoiceField[Measure]", self.fields["measure"]).queryset = measures


class GroupForm(forms.Form):
    group = forms.CharField(
        label=_("Student group"), max_length=120, help_text=_("As people say it: Multilingual learners.")
    )
    dimension = forms.CharField(
        label=_("Groups of what?"),
        max_length=60,
        required=False,
        help_text=_("Groups of one kind add up to all students: language, race and ethnicity, grade."),
    )


class PointForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    period = forms.CharField(
        label=_("When"),
        max_length=12,
        help_text=_(
            "The day, such as 2026-08-28. For a whole month write 2026-08, for a school year 2025-2026."
        ),
    )
    numerator = NumberField(label=_("How many"), required=False, min_value=0)
    denominator = NumberField(label=_("Out of how many"), required=False, min_value=0)
    value = NumberField(label=_("Or the number itself"), required=False)
    n = forms.IntegerField(
        label=_("How many students is this?"),
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short num"}),
        help_text=_(
            "Leave it blank if it is the same as “out of how many”. Numbers of few students are hidden."
        ),
    )


class NoteForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    day = DateField(label=_("Day"), initial=clock.today)
    text = forms.CharField(
        label=_("What happened?"),
        max_length=200,
        help_text=_("For example: all six rooms start. No names of students."),
    )
    everywhere = forms.BooleanField(label=_("It concerns every chart of this measure"), required=False)


class FreezeForm(forms.Form):
    until = DateField(
        label=_("Last day of the baseline"),
        required=False,
        help_text=_(
            "Ten points or more, from before you changed anything. Blank: the line moves with every point again."
        ),
    )
    everywhere = forms.BooleanField(label=_("Freeze every chart of this measure"), required=False)


class PhaseForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For example: new cut scores."))
    starts_on = DateField(label=_("From"))
    why = forms.CharField(label=_("Why the line starts anew"), max_length=300, required=False)
    everywhere = forms.BooleanField(label=_("It concerns every chart of this measure"), required=False)


class AimForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    start_value = NumberField(label=_("From the value"))
    starts_on = DateField(label=_("From the day"))
    value = NumberField(label=_("Goal"))
    due_on = DateField(label=_("By"))


class LeaveOutForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    why = forms.CharField(
        label=_("Why does it not count?"),
        max_length=200,
        help_text=_("Everyone can read this. For example: fire drill, half the tickets lost."),
    )
