"""The forms that plan a review: its question and days, its team, its documents, what is asked for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.instruments.models import Collection
from aimline.org.models import Unit
from aimline.org.schooldays import school_days
from aimline.people.models import Person
from aimline.reviews.models import Moment, Review, ReviewRole, Source
from aimline.reviews.templates import Template
from aimline.web.inputs import Chips, DateField, Segments
from aimline.web.reviews import choices

ROWS = {"rows": 3}
NOBODY: Any = None


class AboutForm(forms.Form):
    """What a review asks, and what it looks at: alike for a new one and for a changed one."""

    name = forms.CharField(label=_("Name"), max_length=160)
    purpose = forms.CharField(
        label=_("What do you want to know?"),
        help_text=_("One question. It decides what is looked at, and what is left alone."),
        widget=forms.Textarea(attrs=ROWS),
    )
    scope = forms.CharField(
        label=_("What do you look at, and what do you leave out?"),
        required=False,
        widget=forms.Textarea(attrs=ROWS),
    )


class NewForm(AboutForm):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    starts_on = DateField(
        label=_("First day"), help_text=_("The steps are laid on the school days that follow.")
    )
    moment = forms.ChoiceField(label=_("Which end of the year?"), choices=Moment.choices, widget=Segments)
    earlier = forms.ModelChoiceField(
        NOBODY,
        label=_("Hold it against"),
        help_text=_("An earlier review of this kind: the same questions, at another time."),
        empty_label=_("No earlier one"),
        required=False,
    )

    def __init__(
        self, *args: Any, kind: Template, place: Unit, earlier: QuerySet[Review], **facts: Any
    ) -> None:
        super().__init__(*args, **facts)
        usual = {
            "name": gettext("%(kind)s at %(place)s") % {"kind": kind.name, "place": place.name},
            "purpose": kind.purpose,
            "scope": kind.scope,
            "starts_on": _first_day(place),
        }
        for name, value in usual.items():
            self.initial.setdefault(name, value)
        self.fields["earlier"].queryset = earlier  # type: ignore[attr-defined]
        if not kind.twice:
            del self.fields["moment"]
        if not earlier.exists():
            del self.fields["earlier"]

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "id"}


def _first_day(place: Unit) -> date:
    """The next school day."""
    today = clock.today()
    return next((day for day in school_days(place).days if day >= today), today)


class ChangeForm(AboutForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    starts_on = DateField(label=_("First day"))
    ends_on = DateField(label=_("Last day"), help_text=_("The steps stay on their days."))

    def __init__(self, *args: Any, review: Review, **facts: Any) -> None:
        facts["initial"] = {name: getattr(review, name) for name in self.base_fields}
        super().__init__(*args, **facts)


class MemberForm(forms.Form):
    person = forms.ModelChoiceField(NOBODY, label=_("Who"), empty_label=_("Choose"))
    role = forms.ChoiceField(
        label=_("What do they do?"), choices=ReviewRole.choices, initial=ReviewRole.OBSERVER, widget=Chips
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **facts: Any) -> None:
        super().__init__(*args, **facts)
        chosen: Any = self.fields["person"]
        chosen.queryset = people
        chosen.choices = [("", _("Choose")), *choices.people_groups(people)]


class DocumentForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    what = forms.CharField(label=_("Which document?"), max_length=200)
    source = forms.ChoiceField(
        label=_("What does it tell of?"), choices=Source.choices, initial=Source.DOCUMENTS
    )
    due_on = DateField(label=_("Until"))
    asked = forms.ModelChoiceField(
        NOBODY, label=_("Who has it?"), empty_label=_("Not known yet"), required=False
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **facts: Any) -> None:
        super().__init__(*args, **facts)
        chosen: Any = self.fields["asked"]
        chosen.queryset = people
        chosen.choices = [("", _("Not known yet")), *choices.people_groups(people)]


class AttachForm(forms.Form):
    collection = forms.ModelChoiceField(NOBODY, label=_("Collection"), empty_label=_("Choose"))

    def __init__(self, *args: Any, collections: QuerySet[Collection], **facts: Any) -> None:
        super().__init__(*args, **facts)
        chosen: Any = self.fields["collection"]
        chosen.queryset = collections
        chosen.choices = [("", _("Choose")), *choices.collection_groups(collections)]
