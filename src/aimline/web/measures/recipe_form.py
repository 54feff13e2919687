"""The form in which a recipe is filled in: one field for each choice, with what the lake holds as its options."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core.ids import uuid7
from aimline.measures.models import Rhythm
from aimline.measures.recipes.kinds import KINDS, result_parts
from aimline.measures.recipes.model import Counted
from aimline.measures.recipes.suggestions import MANY, NUMBERS, Offer
from aimline.students.presence import Telling
from aimline.students.rollups import Cut
from aimline.students.schooltime import Counting
from aimline.web.inputs import ManyChips, NumberField, Segments

Label = str | Promise
_LABELS: dict[str, tuple[Label, Label]] = {
    "categories": (gettext_lazy("Which records count?"), ""),
    "subjects": (gettext_lazy("Subjects"), gettext_lazy("None chosen: all of them.")),
    "levels": (gettext_lazy("Which levels are reached?"), ""),
    "types": (gettext_lazy("Kinds of records"), gettext_lazy("None chosen: all of them.")),
    "codes": (gettext_lazy("Codes"), gettext_lazy("None chosen: all of them.")),
    "parts": (gettext_lazy("What belongs to being on track?"), ""),
    "percent": (gettext_lazy("From how much absence on?"), ""),
    "least_days": (
        gettext_lazy("Enrolled for at least"),
        gettext_lazy("Who has just come is left out until then."),
    ),
    "pass_mark": (gettext_lazy("A passing mark begins at"), ""),
}
_UNITS: dict[str, Label] = {
    "percent": gettext_lazy("percent of school days"),
    "least_days": gettext_lazy("school days"),
    "pass_mark": "%",
}
_PARTS: dict[str, Label] = {
    "attendance": gettext_lazy("Comes to school"),
    "marks": gettext_lazy("Passes every course"),
    "conduct": gettext_lazy("Is not suspended"),
}
_ONE_OF: dict[str, tuple[Label, list[tuple[str, Label]]]] = {
    "telling": (
        gettext_lazy("A day without a record is"),
        [(Telling.EXCEPTIONS, gettext_lazy("a day attended")), (Telling.DAILY, gettext_lazy("left out"))],
    ),
    "of": (
        gettext_lazy("Records are of"),
        [("days", gettext_lazy("whole days")), ("classes", gettext_lazy("classes"))],
    ),
    "days": (
        gettext_lazy("School days are"),
        [
            (Counting.RECORDED, gettext_lazy("days with a record")),
            (Counting.CALENDAR, gettext_lazy("all days of the calendar")),
        ],
    ),
}


class RecipeForm(forms.Form):
    """Fields are made from what is offered; `choices` has them by the names of the recipe."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)

    def __init__(self, *args: Any, offer: Offer, named: bool = True, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.offer, self.asks = offer, KINDS[offer.recipe.kind].asks
        for name in self.asks:
            self.fields[name] = _MAKERS[name](name, offer)
        self.fields["by"] = _by(offer)
        self.fields["cross"] = _cross(offer)
        self.fields["rhythm"] = _rhythm(offer)
        if named:
            self.fields["name"] = forms.CharField(
                label=_("Name"), max_length=160, initial=str(offer.recipe.name)
            )
            self.fields["code"] = forms.CharField(
                label=_("Code"),
                max_length=60,
                initial=offer.recipe.key,
                help_text=_("A short name without spaces, for files and programs."),
            )

    def counted(self) -> Counted:
        """What was chosen, as a measure keeps it."""
        given = self.cleaned_data
        choices = {name: given[name] for name in self.asks if name != "days"}
        cuts = [[name] for name in given["by"]] + ([json.loads(given["cross"])] if given["cross"] else [])
        return Counted(
            self.offer.recipe.kind,
            choices,
            tuple(Cut(tuple(each)) for each in cuts),
            Counting(given.get("days") or Counting.RECORDED),
            self.offer.recipe.key,
        )


def given_in(data: QueryDict) -> dict[str, Any]:
    """What was sent, by the names of the choices; enough to know which options to offer next."""
    return {name: data.getlist(name) if name in MANY else data[name] for name in _MAKERS if name in data}


def initial_of(what: Counted, rhythm: str) -> dict[str, Any]:
    """A measure's choices as the form has them."""
    single = [cut.dimensions[0] for cut in what.cuts if len(cut.dimensions) == 1]
    crossed = [list(cut.dimensions) for cut in what.cuts if len(cut.dimensions) > 1]
    cross = json.dumps(crossed[0], ensure_ascii=False) if crossed else ""
    return {**what.choices, "days": what.counting, "by": single, "cross": cross, "rhythm": rhythm}


def _many(name: str, offer: Offer) -> forms.Field:
    label, hint = _LABELS[name]
    options = [(each, _PARTS.get(each, each)) for each in offer.options[name]]
    return forms.MultipleChoiceField(
        label=str(label),
        help_text=str(hint),
        choices=options,
        widget=ManyChips,
        initial=offer.chosen.choices.get(name),
        required=name in ("categories", "levels", "parts") and bool(options),
    )


def _number(name: str, offer: Offer) -> forms.Field:
    label, hint = _LABELS[name]
    return NumberField(
        label=str(label),
        help_text=str(hint),
        unit=_UNITS[name],
        initial=offer.chosen.choices.get(name),
        min_value=0,
        max_value=366 if name == "least_days" else 100,
    )


def _one_of(name: str, offer: Offer) -> forms.Field:
    label, options = _ONE_OF[name]
    initial = str(offer.chosen.counting) if name == "days" else offer.chosen.choices.get(name)
    return forms.ChoiceField(label=str(label), choices=options, widget=Segments, initial=initial)


def _result(name: str, offer: Offer) -> forms.Field:
    options = [(each, ", ".join(part for part in result_parts(each) if part)) for each in offer.options[name]]
    return forms.ChoiceField(
        label=_("Assessment"), choices=options, initial=offer.chosen.choices.get(name), required=True
    )


_Maker = Callable[[str, Offer], forms.Field]
_MAKERS: Mapping[str, _Maker] = {
    **dict.fromkeys(MANY, _many),
    **dict.fromkeys(NUMBERS, _number),
    **dict.fromkeys(_ONE_OF, _one_of),
    "result": _result,
}


def _by(offer: Offer) -> forms.Field:
    return forms.MultipleChoiceField(
        label=_("Break it down by"),
        help_text=_("Each group gets a line of its own. Small groups are hidden."),
        choices=[(name, name) for name in offer.dimensions],
        widget=ManyChips,
        required=False,
    )


def _cross(offer: Offer) -> forms.Field:
    pairs = [
        (json.dumps(pair, ensure_ascii=False), " \u00d7 ".join(pair))
        for pair in combinations(offer.dimensions, 2)
    ]
    return forms.ChoiceField(label=_("Cross two of them"), choices=[("", _("No")), *pairs], required=False)


def _rhythm(offer: Offer) -> forms.Field:
    rhythms = KINDS[offer.recipe.kind].rhythms
    return forms.ChoiceField(
        label=_("How often"),
        choices=[
            (each, _("Every test window") if _is_window(offer, each) else each.label) for each in rhythms
        ],
        widget=Segments,
        initial=offer.recipe.rhythm,
    )


def _is_window(offer: Offer, rhythm: Rhythm) -> bool:
    return rhythm is Rhythm.TERM and "assessments" in KINDS[offer.recipe.kind].reads
