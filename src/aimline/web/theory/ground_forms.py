"""The form that asks what a theory or a part of it means for what reviews found. An empty answer claims nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Finding, Recommendation, Review
from aimline.theory import grounds
from aimline.theory.models import TO_A_STRENGTH, GroundQuerySet, GroundStance
from aimline.web.inputs import Chips

NOTHING_SAID = ("", gettext_lazy("Nothing said"))
# As many open gaps and recommendations as somebody reads through.
MOST = 20


class GroundForm(forms.Form):
    """`answers` are gaps and recommendations; each strength has a stance and, where it would go, a reason."""

    answers = forms.MultipleChoiceField(
        label=gettext_lazy("What does it answer?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        *args: Any,
        person: Person,
        place: Unit,
        held: GroundQuerySet | None = None,
        chosen: UUID | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(*args, **facts)
        self.held = {one.on.pk: one for one in held.for_page()} if held is not None else {}
        gaps, advice = grounds.answerable_at(person, place)
        self.answerable: dict[str, Finding | Recommendation] = {
            str(one.pk): one for one in self._wanted([*advice, *gaps], chosen)
        }
        self.strengths = {str(one.pk): one for one in grounds.strengths_at(person, place)}
        self._offer_answers(chosen)
        for one in self.strengths.values():
            self._ask(one)

    def _wanted(
        self, found: list[Finding | Recommendation], chosen: UUID | None
    ) -> list[Finding | Recommendation]:
        """The first of them, and those that somebody means or meant before."""
        meant = {*self.held, chosen}
        return [one for place, one in enumerate(found) if place < MOST or one.pk in meant]

    def _offer_answers(self, chosen: UUID | None) -> None:
        if not self.answerable:
            del self.fields["answers"]
            return
        field = self.fields["answers"]
        reviews = {one.review_id: one.review for one in self.answerable.values()}
        if len(reviews) == 1:
            field.help_text = _where(*reviews.values())
        field.choices = [  # type: ignore[attr-defined]
            (key, _named(one, alone=len(reviews) == 1)) for key, one in self.answerable.items()
        ]
        field.initial = [key for key, one in self.answerable.items() if one.pk in {*self.held, chosen}]

    def _ask(self, one: Finding) -> None:
        held = self.held.get(one.pk)
        self.fields[f"s-{one.pk}"] = forms.ChoiceField(
            label=one.text,
            help_text=_where(one.review),
            choices=[NOTHING_SAID, *((each.value, each.label) for each in TO_A_STRENGTH)],
            required=False,
            initial=held.stance if held else "",
            widget=Chips,
        )
        self.fields[f"why-{one.pk}"] = forms.CharField(
            label=_("If it would go: why, and what becomes of what it did?"),
            required=False,
            initial=held.reason if held else "",
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def asked(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Each strength: the question, and the reason where it would go."""
        for key in self.strengths:
            yield self[f"s-{key}"], self[f"why-{key}"]

    @property
    def is_empty(self) -> bool:
        return not self.fields

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for key in self.strengths:
            if given.get(f"s-{key}") == GroundStance.DROPS and not given.get(f"why-{key}", "").strip():
                why = _(
                    "Say why, and what becomes of what it did: a strength should not go without a reason."
                )
                self.add_error(f"why-{key}", why)
        return given

    def changes(self) -> Iterator[tuple[Finding | Recommendation, GroundStance | None, str]]:
        """What is said otherwise than before: a stance with its reason, or nothing any more."""
        chosen = set(self.cleaned_data.get("answers", ()))
        for key, one in self.answerable.items():
            if (key in chosen) != (one.pk in self.held):
                yield one, GroundStance.ANSWERS if key in chosen else None, ""
        for key, one in self.strengths.items():
            stance, reason = self.cleaned_data[f"s-{key}"], self.cleaned_data[f"why-{key}"].strip()
            reason = reason if stance == GroundStance.DROPS else ""
            held = self.held.get(one.pk)
            if (stance, reason) != ((held.stance, held.reason) if held else ("", "")):
                yield one, GroundStance(stance) if stance else None, reason


def _named(one: Finding | Recommendation, *, alone: bool) -> str:
    """With its review, where there are several to choose from."""
    facts = {"text": one.text, "review": one.review.name}
    if isinstance(one, Finding):
        said = _("Gap: %(text)s") if alone else _("Gap: %(text)s (%(review)s)")
    else:
        said = _("Recommendation: %(text)s") if alone else _("Recommendation: %(text)s (%(review)s)")
    return said % facts


def _where(review: Review) -> str:
    return _("%(review)s, %(place)s") % {"review": review.name, "place": review.unit.name}
