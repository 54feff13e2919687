"""The forms of samples: which classes are on the list, how many are drawn, when they are visited, why one is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aimline.core.ids import uuid7
from aimline.people.models import Person
from aimline.reviews.actions.sampling import Plan
from aimline.reviews.models import Origin, Visit
from aimline.reviews.sampling import BAND, SCHOOL, SUBJECT, Class, told_apart
from aimline.web.inputs import Chips, DateField, ManyChips

USUAL_SIZE, USUAL_SHARE = 12, 20
STRATA = ((SCHOOL, _("School")), (BAND, _("Grades")), (SUBJECT, _("Subject")))


class DrawForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    classes = forms.CharField(
        label=_("The list"),
        help_text=_(
            "One class on each line: class; school; grade; subject. The class alone will do. Take out what "
            "cannot be visited at all, before you draw."
        ),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=600_000,
    )
    size = forms.IntegerField(
        label=_("How many lessons?"),
        min_value=1,
        initial=USUAL_SIZE,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    strata = forms.MultipleChoiceField(
        label=_("Spread them over"),
        help_text=_("Each part of the list gets its share, and at least one."),
        choices=STRATA,
        required=False,
        widget=ManyChips,
    )
    shared_percent = forms.TypedChoiceField(
        label=_("Lessons that two people see"),
        help_text=_("Without some, nobody can tell whether your observers see alike."),
        choices=[(0, _("None")), (20, "20%"), (50, "50%"), (100, _("All"))],
        coerce=int,
        initial=USUAL_SHARE,
        widget=Chips,
    )
    seed = forms.CharField(
        label=_("Seed"),
        help_text=_(
            "Leave it empty, and one is made that nobody knew before. "
            "Or throw dice before witnesses and type what came."
        ),
        required=False,
        max_length=40,
    )

    def __init__(self, *args: Any, roster: Sequence[Class], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.roster = {one.label: one for one in roster}

    def clean_classes(self) -> list[Class]:
        return read_list(self.cleaned_data["classes"], self.roster)

    @property
    def plan(self) -> Plan:
        held = self.cleaned_data
        known = all(one.key for one in held["classes"])
        return Plan(
            classes=held["classes"],
            origin=Origin.ROSTER if known else Origin.TYPED,
            strata=held["strata"],
            size=held["size"],
            shared_percent=held["shared_percent"],
            seed=held["seed"],
        )


def written(classes: Sequence[Class]) -> str:
    """Classes as lines that can be read again."""
    return "\n".join(
        "; ".join([one.name, one.school, one.grade, one.subject]).rstrip("; ") for one in classes
    )


def read_list(text: str, roster: dict[str, Class]) -> list[Class]:
    """Read lines; a class that the roster knows keeps its id, so that nobody observes their own."""
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.replace("\t", ";").split(";")]
        name, school, grade, subject = (*cells, "", "", "", "")[:4]
        if name:
            found.append(Class(name[:100], school[:160], grade[:20], subject[:60]))
    return [_known(one, roster) for one in told_apart(found)]


def _known(one: Class, roster: dict[str, Class]) -> Class:
    held = roster.get(one.label)
    return Class(one.name, one.school, one.grade, one.subject, held.key) if held else one


class VisitForm(forms.Form):
    day = DateField(label=_("Day"), required=False)
    window = forms.CharField(
        label=_("Period or time"),
        help_text=_("For example period 3, or 10:15 to 10:45."),
        required=False,
        max_length=60,
    )
    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Who goes?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, visit: Visit, observers: Sequence[Person], **facts: Any) -> None:
        held = [one.person_id for one in visit.observers.all()]
        facts["initial"] = {"day": visit.day, "window": visit.window, "people": held}
        super().__init__(*args, **facts)
        chosen: Any = self.fields["people"]
        offered = {one.pk for one in observers} | set(held)
        chosen.queryset = Person.objects.filter(pk__in=offered).order_by("name")
        chosen.label_from_instance = lambda one: one.name


class WhyForm(forms.Form):
    why = forms.CharField(label=_("Why?"), max_length=300)
