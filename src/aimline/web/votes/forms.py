"""The forms of a vote: which instrument, which level, what was agreed, and where it goes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aimline.core.ids import uuid7
from aimline.reviews.models import UNKNOWN, Source
from aimline.reviews.voting import SOURCES, Row
from aimline.web.inputs import Chips

# What a form sends for no level: an empty answer would mean that nothing was chosen.
NO_LEVEL = "?"
CHOOSE = _("Choose one of the levels, or say that you do not know enough to vote.")


class NewForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    instrument = forms.ChoiceField(
        label=_("What do you vote on?"),
        help_text=_("Rows with levels to choose from. One row takes two to ten minutes."),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what the team votes on.")},
    )
    leader_votes = forms.BooleanField(
        label=_("I lead, and I vote, too"),
        help_text=_(
            "It is better to have someone lead who does not vote: they can ask both ends the same questions."
        ),
        required=False,
    )

    def __init__(self, *args: Any, offered: list[tuple[str, object]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["instrument"].choices = offered  # type: ignore[attr-defined]


class VoteForm(forms.Form):
    round = forms.UUIDField(widget=forms.HiddenInput)
    level = forms.ChoiceField(
        widget=forms.RadioSelect, error_messages={"required": CHOOSE, "invalid_choice": CHOOSE}
    )

    def __init__(self, *args: Any, row: Row, **facts: Any) -> None:
        super().__init__(*args, **facts)
        choices = [(level.code, str(level.name)) for level in row.levels]
        self.fields["level"].choices = [*choices, (NO_LEVEL, "")]  # type: ignore[attr-defined]

    @property
    def code(self) -> str:
        return _code(self.cleaned_data["level"])


class AgreeForm(forms.Form):
    level = forms.ChoiceField(
        label=_("The team agrees on"),
        widget=Chips,
        error_messages={"required": _("Choose the level that the team agreed on.")},
    )
    reason = forms.CharField(
        label=_("Why, in the words that were used"),
        help_text=_("Without names: it goes into what is reported."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )

    def __init__(self, *args: Any, row: Row, **facts: Any) -> None:
        super().__init__(*args, **facts)
        choices = [(level.code, f"{level.code} {level.name}") for level in row.levels]
        self.fields["level"].choices = [*choices, (NO_LEVEL, _("We could not tell"))]  # type: ignore[attr-defined]

    @property
    def facts(self) -> dict[str, str]:
        return {"level": _code(self.cleaned_data["level"]), "reason": self.cleaned_data["reason"]}


class BoardForm(forms.Form):
    source = forms.ChoiceField(
        label=_("What does the team's judgment rest on?"),
        choices=[(one.value, one.label) for one in SOURCES],
        initial=Source.VOICES.value,
        widget=Chips,
    )


def sent(code: str | None) -> str | None:
    """A level as its form shows it."""
    return NO_LEVEL if code == UNKNOWN else code


def _code(level: str) -> str:
    return UNKNOWN if level == NO_LEVEL else level
