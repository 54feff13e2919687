"""Forms of a theory. They catch what a person can mend at once; what must always hold, the actions say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aimline.core.ids import uuid7
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit
from aimline.people.models import Team
from aimline.theory.models import ChangeIdea, Driver
from aimline.web.inputs import DateField, NumberField

TITLE_REQUIRED = {"required": _("Give it a title, for example How grade 3 reading will improve.")}
NAME_REQUIRED = {"required": _("Write its name in a few words.")}
WHAT_REQUIRED = {"required": _("Say what will improve, for example Grade 3 reading on track.")}
WHOM_REQUIRED = {"required": _("Say for whom, for example all third graders.")}


class Once(forms.Form):
    """Carries the id of the row to be made, so that sending twice makes one."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)


class Versioned(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SeriesField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A series as people tell it from its neighbours: measure, place, group."""

    def label_from_instance(self, obj: Any) -> str:
        facts = {"measure": obj.measure.name, "place": obj.unit.name, "group": obj.group}
        if obj.is_everyone:
            return _("%(measure)s, %(place)s") % facts
        return _("%(measure)s, %(place)s: %(group)s") % facts


class AimFields(forms.Form):
    what = forms.CharField(
        label=_("What will improve"),
        max_length=200,
        help_text=_("A thing one can count, such as Grade 3 reading on track."),
        error_messages=WHAT_REQUIRED,
    )
    for_whom = forms.CharField(
        label=_("For whom"),
        max_length=200,
        help_text=_("Name the students, such as all third graders of the six schools."),
        error_messages=WHOM_REQUIRED,
    )
    series = SeriesField(
        Series.objects.none(),
        label=_("The number that shows it"),
        required=False,
        empty_label=_("Not chosen yet"),
        help_text=_("Its chart shows the aimline, and the aim is said in its unit."),
    )
    baseline = NumberField(label=_("From"), required=False)
    baseline_on = DateField(label=_("Baseline of"), required=False)
    goal = NumberField(label=_("To"), required=False)
    by_when = DateField(label=_("By when"), required=False)
    why = forms.CharField(label=_("Why it matters"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, series: QuerySet[Series], **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["series"], series)


class AimForm(AimFields, Versioned):
    pass


class StartForm(AimFields, Once):
    title = forms.CharField(
        label=_("Title"),
        max_length=160,
        help_text=_("What people will call it, such as How grade 3 reading will improve."),
        error_messages=TITLE_REQUIRED,
    )
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team of its own")
    )
    field_order = ("title", "team")

    def __init__(self, *args: Any, teams: QuerySet[Team], **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["team"], teams)


class TitleForm(Versioned):
    title = forms.CharField(label=_("Title"), max_length=160, error_messages=TITLE_REQUIRED)
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team"), required=False, empty_label=_("No team of its own")
    )

    def __init__(self, *args: Any, teams: QuerySet[Team], **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["team"], teams)


class AddForm(Once):
    """One line at the foot of a column: a name and, for all but primary drivers, the first thing it serves."""

    name = forms.CharField(max_length=160, error_messages=NAME_REQUIRED)
    serves = forms.ChoiceField(label=_("Serves"), required=False)

    def __init__(self, *args: Any, effects: Sequence[Driver] = (), **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.drivers = {str(driver.pk): driver for driver in effects}
        field = self.fields["serves"] if effects else self.fields.pop("serves")
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", _("Nothing yet")),
                *((key, driver.name) for key, driver in self.drivers.items()),
            ]

    def served(self) -> list[Driver]:
        chosen = self.cleaned_data.get("serves")
        return [self.drivers[chosen]] if chosen else []


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of "what it serves": a driver, whether it is served, and whether the team is less sure."""

    driver: Driver
    served: bool
    unsure: bool


class NodeForm(Versioned):
    name = forms.CharField(label=_("Name"), max_length=160, error_messages=NAME_REQUIRED)
    serves = forms.MultipleChoiceField(required=False)
    unsure = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, effects: Sequence[Driver] = (), **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.drivers = {str(driver.pk): driver for driver in effects}
        choices = [(key, driver.name) for key, driver in self.drivers.items()]
        for name in ("serves", "unsure"):
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = choices

    @property
    def effects(self) -> list[Effect]:
        """As they stand in the form, sent or not."""
        served = {str(key) for key in self["serves"].value() or []}
        unsure = {str(key) for key in self["unsure"].value() or []}
        return [Effect(driver, key in served, key in unsure) for key, driver in self.drivers.items()]

    def served(self) -> dict[Driver, bool]:
        unsure = self.cleaned_data["unsure"]
        return {self.drivers[key]: key in unsure for key in self.cleaned_data["serves"]}


class DriverForm(NodeForm):
    measure = forms.ModelChoiceField(
        Measure.objects.none(),
        label=_("The number that shows whether it moves"),
        required=False,
        empty_label=_("Not measured yet"),
    )
    less_sure = forms.BooleanField(label=_("We are less sure that it moves the aim"), required=False)

    def __init__(self, *args: Any, measures: QuerySet[Measure], primary: bool = False, **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["measure"], measures)
        if not primary:
            del self.fields["less_sure"]


class IdeaForm(NodeForm):
    description = forms.CharField(
        label=_("What exactly"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("So that two people would do the same thing."),
    )


class BalancingForm(forms.Form):
    measure = forms.ModelChoiceField(
        Measure.objects.none(),
        label=_("Watch for harm"),
        empty_label=_("Choose a measure"),
        error_messages={"required": _("Choose the measure to watch.")},
    )

    def __init__(self, *args: Any, measures: QuerySet[Measure], **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["measure"], measures)


class ShareForm(forms.Form):
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("With which place"),
        empty_label=_("Choose a place"),
        error_messages={"required": _("Choose the place to share it with.")},
    )
    why = forms.CharField(
        label=_("Why"), max_length=300, error_messages={"required": _("Say why, in one sentence.")}
    )
    ends_on = DateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, units: QuerySet[Unit], **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["unit"], units)


class CopyForm(Once):
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("To which place"),
        empty_label=_("Choose a place"),
        error_messages={"required": _("Choose the place that takes it up.")},
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **facts: Any) -> None:
        super().__init__(*args, **facts)
        _offer(self.fields["unit"], units)


def _offer(field: forms.Field, rows: QuerySet[Any]) -> None:
    """Let a choice hold these rows and no others."""
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


def first_values(row: Driver | ChangeIdea, served: dict[UUID, bool]) -> dict[str, Any]:
    """What the form of a node shows before anyone types."""
    facts: dict[str, Any] = {
        "name": row.name,
        "version": row.version,
        "serves": [str(id) for id in served],
        "unsure": [str(id) for id, unsure in served.items() if unsure],
    }
    if isinstance(row, ChangeIdea):
        return {**facts, "description": row.description}
    return {**facts, "measure": row.measure_id, "less_sure": row.less_sure}
