"""The forms of a test. Their questions come from the protocol; the rules that always hold are in the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.cycles.models import Cycle, Decision, TestScale
from aimline.cycles.protocol import protocol
from aimline.cycles.results import ByHand
from aimline.cycles.rules import Bet, PlanFacts
from aimline.measures.models import Scale, Series
from aimline.org.models import Unit
from aimline.people.models import Team
from aimline.theory.models import ChangeIdea
from aimline.web.inputs import Cards, Chips, DateField, NumberField, Segments, SureField
from aimline.web.parts import Option

BY_HAND = "by-hand"
SPANS = [("friday", _("This Friday")), ("week", _("In 1 week")), ("weeks", _("In 3 weeks"))]
FRIDAY = 4


class SeriesChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        name: str = obj.measure.name
        return name if obj.is_everyone else f"{name}, {obj.group}"


def area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def one_of(empty: object, **facts: Any) -> forms.ModelChoiceField[Any]:
    """A choice among rows; the form fills in which."""
    return forms.ModelChoiceField(None, empty_label=empty, **facts)  # type: ignore[arg-type]


def ask(form: forms.Form, phase: str) -> None:
    """Put the protocol's questions and hints on the fields that answer them."""
    for prompt in protocol().phase(phase).prompts:
        if prompt.field in form.fields:
            form.fields[prompt.field].label = str(prompt.ask)
            form.fields[prompt.field].help_text = str(prompt.hint)


class Kept(forms.Form):
    """Carries the version of the row it was filled from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class Once(forms.Form):
    """Carries the id of the row it will make, so that sending twice makes one."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.initial.setdefault("id", uuid7())


class QuickForm(Once):
    """Five questions, about two minutes."""

    title = forms.CharField(label=_("What will you try?"), max_length=160, widget=area(2))
    scale = forms.ChoiceField(label=_("With whom?"), choices=TestScale.choices[:3], widget=Chips)
    measure = forms.ChoiceField(label=_("How will you know?"), widget=forms.RadioSelect)
    threshold = NumberField(
        label=_("It will reach"), help_text=_("At least this much; at most, where lower is better.")
    )
    percent = SureField(label=_("How sure are you?"))
    span = forms.ChoiceField(label=_("When will you look?"), choices=SPANS, widget=Chips)
    idea = one_of(_("No idea chosen"), required=False)
    question = forms.CharField(max_length=300, required=False)
    where = forms.CharField(max_length=160, required=False)
    team = one_of(_("Only me"), required=False)

    def __init__(
        self,
        *args: Any,
        measures: Sequence[tuple[str, Option]],
        ideas: QuerySet[ChangeIdea],
        teams: QuerySet[Team],
        unit: str = "",
        **facts: Any,
    ) -> None:
        super().__init__(*args, **facts)
        ask(self, "plan")
        self.fields["title"].help_text = _("Small. One class, one week is plenty.")
        self.fields["scale"].label, self.fields["scale"].help_text = _("With whom?"), ""
        self.fields["threshold"].unit = unit  # type: ignore[attr-defined]
        self.fields["measure"].choices = [*measures, (BY_HAND, Option(_("I will count something")))]  # type: ignore[attr-defined]
        self.fields["idea"].queryset, self.fields["team"].queryset = ideas, teams  # type: ignore[attr-defined]
        self.initial.setdefault("measure", measures[0][0] if measures else BY_HAND)
        for name, value in (("scale", TestScale.ROOM.value), ("percent", 60), ("span", "week")):
            self.initial.setdefault(name, value)

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    @property
    def bet(self) -> Bet:
        return {"threshold": self.cleaned_data["threshold"], "percent": self.cleaned_data["percent"]}

    def last_day(self, first: date) -> date:
        if self.cleaned_data["span"] == "friday":
            return first + timedelta(days=(FRIDAY - first.weekday()) % 7)
        return first + timedelta(weeks=1 if self.cleaned_data["span"] == "week" else 3)


class PlanForm(Once, Kept):
    """The whole plan, question by question."""

    title = forms.CharField(max_length=160, widget=area(2))
    question = forms.CharField(max_length=300, required=False, widget=area(2))
    idea = one_of(_("No idea chosen"), required=False)
    where = forms.CharField(max_length=160, required=False)
    with_whom = forms.CharField(max_length=200, required=False)
    scale = forms.ChoiceField(choices=TestScale.choices, widget=Chips, initial=TestScale.ROOM)
    starts_on = DateField()
    ends_on = DateField()
    steps = forms.CharField(required=False, widget=area(4))
    series = SeriesChoice(None, required=False, empty_label=_("I will count something"))
    data_plan = forms.CharField(required=False, widget=area(3))
    team = one_of(_("Only me"), required=False)

    def __init__(
        self,
        *args: Any,
        series: QuerySet[Series],
        ideas: QuerySet[ChangeIdea],
        teams: QuerySet[Team],
        **facts: Any,
    ) -> None:
        super().__init__(*args, **facts)
        ask(self, "plan")
        for name, rows in (("series", series), ("idea", ideas), ("team", teams)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    @property
    def facts(self) -> PlanFacts:
        given = {name: value for name, value in self.cleaned_data.items() if name not in {"id", "version"}}
        return PlanFacts(**{**given, "scale": TestScale(given["scale"])})  # type: ignore[typeddict-item]


class PredictForm(Once, Kept):
    threshold = NumberField(
        required=False, error_messages={"required": _("Write a number, for example 45, or say it in words.")}
    )
    percent = SureField(label=_("How sure are you?"), initial=60)
    expected = NumberField(label=_("Your best guess"), required=False)
    low = NumberField(label=_("Likely from"), required=False)
    high = NumberField(label=_("Likely to"), required=False)
    text = forms.CharField(label=_("In words"), max_length=300, required=False, widget=area(2))

    def __init__(self, *args: Any, cycle: Cycle, **facts: Any) -> None:
        super().__init__(*args, **facts)
        worse = cycle.better == "down"
        self.fields["threshold"].label = _("It will be at most") if worse else _("It will be at least")
        # A number is needed, unless it is said in words.
        said = self.data.get("text") if self.is_bound else self.initial.get("text")
        self.fields["threshold"].required = not said
        unit = "%" if cycle.unit_of_number == Scale.PERCENT else ""
        for name in ("threshold", "expected", "low", "high"):
            self.fields[name].unit = unit  # type: ignore[attr-defined]

    @property
    def bet(self) -> Bet:
        names = ("text", "expected", "low", "high", "threshold", "percent")
        return cast(Bet, {name: self.cleaned_data[name] for name in names})


class NoteForm(Kept):
    text = forms.CharField(widget=area(2))

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        asked = protocol().phase("do").asks("observed")
        self.fields["text"].label, self.fields["text"].help_text = str(asked.ask), str(asked.hint)


class ResultForm(Kept):
    """From the measure, or counted by hand."""

    numerator = forms.IntegerField(label=_("How many"), required=False, min_value=0)
    denominator = forms.IntegerField(label=_("of how many"), required=False, min_value=1)
    words = forms.CharField(label=_("What happened, in words"), required=False, widget=area(2))
    came_true = forms.ChoiceField(
        label=_("Did what you predicted in words come true?"),
        choices=[("", _("Cannot say")), ("yes", _("Yes")), ("no", _("No"))],
        widget=Segments,
        required=False,
    )

    def __init__(self, *args: Any, in_words: bool = False, **facts: Any) -> None:
        super().__init__(*args, **facts)
        for name in ("numerator", "denominator"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "short num"})
        if not in_words:
            del self.fields["came_true"]

    @property
    def by_hand(self) -> ByHand:
        given = self.cleaned_data
        true = {"yes": True, "no": False}.get(given.get("came_true", ""))
        return ByHand(given["numerator"], given["denominator"], None, given["words"], true)


class StudyForm(Kept):
    surprised = forms.CharField(required=False, widget=area(4))
    as_planned = forms.CharField(required=False, widget=area(4))
    learned = forms.CharField(widget=area(3))

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        ask(self, "study")


class DecideForm(Kept):
    decision = forms.ChoiceField(label=_("What will you do?"), widget=Cards)
    why = forms.CharField(widget=area(2))

    def __init__(self, *args: Any, cycle: Cycle, **facts: Any) -> None:
        super().__init__(*args, **facts)
        asked = protocol().phase("act").asks("decision_why")
        self.fields["why"].label, self.fields["why"].help_text = str(asked.ask), str(asked.hint)
        following = _("Opens test %(number)s with this plan copied.") % {"number": cycle.number + 1}
        hints = {
            Decision.ADOPT: _("Make it the way we work here."),
            Decision.ADAPT: following,
            Decision.ABANDON: _("Kept, with the reason, so no one repeats it unknowingly."),
        }
        self.fields["decision"].choices = [(one.value, Option(one.label, hints[one])) for one in Decision]  # type: ignore[attr-defined]


class StopForm(Kept):
    why = forms.CharField(label=_("Why do you stop?"), widget=area(2))


class ShareForm(forms.Form):
    unit = one_of(_("Choose a place"), label=_("With which place?"))
    why = forms.CharField(label=_("Why?"), max_length=300, widget=area(2))
    ends_on = DateField(label=_("Until"), required=False, help_text=_("Empty means until you stop it."))

    def __init__(self, *args: Any, places: QuerySet[Unit], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["unit"].queryset = places  # type: ignore[attr-defined]

    def clean_ends_on(self) -> date | None:
        day: date | None = self.cleaned_data["ends_on"]
        if day and day < clock.today():
            raise forms.ValidationError(_("That day has passed. Choose a later one, or leave it empty."))
        return day
