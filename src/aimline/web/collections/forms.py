"""The forms of a collection. What always holds is in the actions; here stands what a person is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.instruments.models import Collection, Instrument, Promise
from aimline.instruments.promises import choices as promises
from aimline.org.schooldays import monday
from aimline.web.inputs import Cards, DateField
from aimline.web.parts import Option

LINK, NAMES = "link", "names"
FACTS = ("name", "promise", "opens_on", "closes_on", "expected")
FAMILIES = ("families_told_on", "federally_funded", "required", "consent_kept")
MOST_COPIES = 60


def promise_options() -> list[tuple[str, Option]]:
    return [(one.promise.value, Option(one.promise.label, f"{one.holds} {one.price}")) for one in promises()]


def reach_options() -> list[tuple[str, Option]]:
    return [
        (
            LINK,
            Option(_("Anyone with the link"), _("Nobody needs an account. Only with the anonymous promise.")),
        ),
        (NAMES, Option(_("People by name"), _("You choose them next. They sign in, and each answers once."))),
    ]


class Asking(forms.Form):
    """When, whom, and under which promise: asked alike for a new plan and for a changed one."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=160, required=False)
    opens_on = DateField(label=gettext_lazy("Opens"))
    closes_on = DateField(label=gettext_lazy("Closes"))
    promise = forms.ChoiceField(label=gettext_lazy("What do you promise?"), widget=Cards)
    reach = forms.ChoiceField(label=gettext_lazy("Who answers?"), widget=forms.RadioSelect)
    expected = forms.IntegerField(
        label=gettext_lazy("How many get the link?"),
        help_text=gettext_lazy("It tells how many of them answered. Results from staff need half of them."),
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["promise"].choices = promise_options()  # type: ignore[attr-defined]
        self.fields["reach"].choices = reach_options()  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        given = self.cleaned_data
        told = {name: given[name] for name in (*FACTS, *FAMILIES) if name in given}
        return {**told, "open_link": given["reach"] == LINK}


class NewForm(Asking):
    id = forms.UUIDField(widget=forms.HiddenInput)
    instrument: Any = forms.ModelChoiceField(
        None,
        label=gettext_lazy("What do you ask?"),
        empty_label=gettext_lazy("Choose"),
    )
    field_order = ("id", "instrument", "name", "opens_on", "closes_on", "promise", "reach", "expected")

    def __init__(self, *args: Any, instruments: QuerySet[Instrument], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["instrument"].queryset = instruments  # type: ignore[attr-defined]
        opens = monday(clock.today()) + timedelta(weeks=1)
        usual = {
            "id": uuid7(),
            "opens_on": opens,
            "closes_on": opens + timedelta(days=11),
            "promise": Promise.ANONYMOUS.value,
            "reach": LINK,
        }
        for name, value in usual.items():
            self.initial.setdefault(name, value)


class PlanForm(Asking):
    """A plan before it is opened; for students with what families are told."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    families_told_on = DateField(label=gettext_lazy("Families were told on"), required=False)
    federally_funded = forms.BooleanField(
        label=gettext_lazy("It is paid with federal education money"), required=False
    )
    required = forms.BooleanField(label=gettext_lazy("Students have to answer it"), required=False)
    consent_kept = forms.BooleanField(
        label=gettext_lazy("Written consent of every family is held"), required=False
    )

    def __init__(self, *args: Any, collection: Collection, **facts: Any) -> None:
        held = {name: getattr(collection, name) for name in (*FACTS, *FAMILIES, "version")}
        super().__init__(*args, initial={**held, "reach": LINK if collection.open_link else NAMES}, **facts)
        self.collection = collection
        if not collection.edition.instrument.for_minors:
            for name in FAMILIES:
                del self.fields[name]

    @property
    def is_changed(self) -> bool:
        return bool(set(self.changed_data) - {"version"})


class PeopleForm(forms.Form):
    """Whole teams and single people, each a box to tick."""

    teams = forms.MultipleChoiceField(
        label=gettext_lazy("Whole teams"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        teams: Sequence[tuple[str, Option]],
        groups: Sequence[tuple[str, Sequence[tuple[str, Option]]]],
        **facts: Any,
    ) -> None:
        super().__init__(*args, **facts)
        self.fields["teams"].choices = teams  # type: ignore[attr-defined]
        if not teams:
            del self.fields["teams"]
        for number, (title, people) in enumerate(groups):
            self.fields[f"people_{number}"] = forms.MultipleChoiceField(
                label=title, choices=people, required=False, widget=forms.CheckboxSelectMultiple
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(given.values()):
            raise forms.ValidationError(_("Nobody is ticked. Tick a team or a person."))
        return given

    @property
    def chosen(self) -> set[str]:
        """Ids of the people ticked one by one."""
        return {one for name, ids in self.cleaned_data.items() if name != "teams" for one in ids}


class ExtendForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    closes_on = DateField(label=gettext_lazy("Last day"))


class CopiesForm(forms.Form):
    copies = forms.IntegerField(
        label=gettext_lazy("How many pages, one for each class?"),
        min_value=1,
        max_value=MOST_COPIES,
        widget=forms.NumberInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
