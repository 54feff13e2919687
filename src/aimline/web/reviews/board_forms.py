"""The forms of the board: evidence, findings, recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aimline.core.ids import uuid7
from aimline.instruments.models import Collection
from aimline.measures.models import Series
from aimline.reviews.models import (
    Effort,
    Evidence,
    Finding,
    FindingKind,
    ImplementationDriver,
    Leaning,
    Nature,
    Recommendation,
    Source,
    Stance,
)
from aimline.web.inputs import Chips, DateField, Segments, SureField
from aimline.web.reviews import choices

ROWS, FEW_ROWS = {"rows": 3}, {"rows": 2}
NOTHING: Any = None
NOT_SAID = ("", _("Not said"))


def _leaning() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Which way does it lean?"),
        choices=Leaning.choices,
        required=False,
        initial=Leaning.UNDECIDED,
        widget=Segments,
    )


class PieceForm(forms.Form):
    """One thing seen, heard, read or counted."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    source = forms.ChoiceField(label=_("Where does it come from?"), choices=Source.choices, widget=Chips)
    text = forms.CharField(
        label=_("What was seen, heard, read or counted?"),
        help_text=_("One thing, as it was. What you think of it comes later."),
        widget=forms.Textarea(attrs=ROWS),
    )
    origin = forms.CharField(
        label=_("Where, or from whom"),
        help_text=_("Never by name: “grade 4, Kelp” or “a teacher of grade 8”."),
        max_length=160,
        required=False,
    )
    day = DateField(label=_("Day"), required=False)
    leaning = _leaning()


class NumberForm(forms.Form):
    """Evidence that stands on a number, which is worded anew each time."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    text = forms.CharField(
        label=_("What you read in it"),
        help_text=_("The number itself is put into words each time somebody looks."),
        required=False,
        widget=forms.Textarea(attrs=FEW_ROWS),
    )
    leaning = _leaning()


class MeasureForm(NumberForm):
    series = forms.ModelChoiceField(NOTHING, label=_("Which measure?"), empty_label=_("Choose"))
    field_order = ("id", "series", "text", "leaning")

    def __init__(self, *args: Any, series: QuerySet[Series], **facts: Any) -> None:
        super().__init__(*args, **facts)
        chosen: Any = self.fields["series"]
        chosen.queryset = series
        chosen.choices = [("", _("Choose")), *choices.series_groups(series)]

    @property
    def facts(self) -> dict[str, Any]:
        return {**self.cleaned_data, "source": Source.DATA}


class AnswersForm(NumberForm):
    figure = forms.ChoiceField(label=_("Which figure of which collection?"))
    field_order = ("id", "figure", "text", "leaning")

    def __init__(self, *args: Any, collections: Sequence[Collection], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.collections = {str(one.pk): one for one in collections}
        self.fields["figure"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *choices.figure_groups(collections),
        ]

    @property
    def facts(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "figure"}
        id, _colon, construct = self.cleaned_data["figure"].partition(":")
        collection = self.collections[id]
        told = {"collection": collection, "construct": construct, "source": choices.source_of(collection)}
        return {**given, **told}


class ChangePieceForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    source = PieceForm.base_fields["source"]
    text = PieceForm.base_fields["text"]
    origin = PieceForm.base_fields["origin"]
    day = PieceForm.base_fields["day"]
    leaning = PieceForm.base_fields["leaning"]

    def __init__(self, *args: Any, evidence: Evidence, **facts: Any) -> None:
        facts["initial"] = {name: getattr(evidence, name) for name in self.base_fields}
        super().__init__(*args, **facts)
        if evidence.series_id or evidence.construct:
            self.fields["text"] = deepcopy(NumberForm.base_fields["text"])
            for name in ("source", "origin", "day"):
                del self.fields[name]


class LinkForm(forms.Form):
    finding = forms.ModelChoiceField(NOTHING)
    stance = forms.ChoiceField(choices=Stance.choices)

    def __init__(self, *args: Any, findings: QuerySet[Finding], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["finding"].queryset = findings  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Keep or gap?"), choices=FindingKind.choices, widget=Segments)
    text = forms.CharField(
        label=_("The finding, in one sentence"),
        help_text=_("What is true, for whom. Not why, and not yet what to do."),
        max_length=300,
        widget=forms.Textarea(attrs=FEW_ROWS),
    )
    against_sought = forms.CharField(
        label=_("Where did you look for the opposite, and what did you find there?"),
        help_text=_("A finding is final only when somebody tried to show that it is wrong."),
        required=False,
        widget=forms.Textarea(attrs=ROWS),
    )
    nature = forms.ChoiceField(
        label=_("If it is a gap: what kind of work does it ask for?"),
        choices=[*Nature.choices, NOT_SAID],
        required=False,
        widget=forms.RadioSelect,
    )
    driver = forms.ChoiceField(
        label=_("What carries it, or is missing?"),
        help_text=_(
            "Competency: selecting, training, coaching. Organization: data, routines, time. Leadership."
        ),
        choices=[*ImplementationDriver.choices, NOT_SAID],
        required=False,
        widget=Chips,
    )

    def __init__(self, *args: Any, finding: Finding | None = None, **facts: Any) -> None:
        names = set(self.base_fields) - {"id"}
        facts["initial"] = {name: getattr(finding, name) for name in names} if finding else {}
        super().__init__(*args, **facts)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("id", "version")}


class AdviceForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(label=_("What to do"), max_length=300, widget=forms.Textarea(attrs=FEW_ROWS))
    findings = forms.ModelMultipleChoiceField(
        NOTHING,
        label=_("Which findings does it answer?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose one: a recommendation without a finding has nothing to stand on.")
        },
    )
    effort = forms.ChoiceField(
        label=_("How much work is it?"), choices=Effort.choices, initial=Effort.MEDIUM, widget=Segments
    )
    first_step = forms.CharField(label=_("First step"), max_length=300, required=False)
    first_sign = forms.CharField(
        label=_("First sign that it helps, and by when"), max_length=200, required=False
    )
    leads = forms.CharField(
        label=_("Who leads"), help_text=_("A role or a team."), max_length=120, required=False
    )
    chance = SureField(
        label=_("How likely is it to help, in percent?"),
        help_text=_("It is a bet, and it will be held against what happens."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        findings: QuerySet[Finding],
        recommendation: Recommendation | None = None,
        chosen: Iterable[UUID] = (),
        **facts: Any,
    ) -> None:
        names = set(self.base_fields) - {"id", "findings"}
        held = {name: getattr(recommendation, name) for name in names} if recommendation else {}
        super().__init__(*args, **{**facts, "initial": {**held, "findings": list(chosen)}})
        self.fields["findings"].queryset = findings  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("id", "version")}
        return {**given, "findings": list(given["findings"])}
