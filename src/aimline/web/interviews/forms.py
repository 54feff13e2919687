"""The forms of conversations: who was talked with, what they said, codes and definitions, themes and quotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aimline.core import clock
from aimline.core.ids import uuid7
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Code, Conversation, Finding, Grade, Quote, Theme, Who
from aimline.web.answering.languages import Tongue
from aimline.web.inputs import Chips, DateField, ManyChips

NOTHING: Any = None
# Spoken at home by families of these schools, most often first.
LANGUAGES = ("en", "es", "vi", "zh", "ar", "tl", "so", "ru", "uk", "ko", "fr", "pt", "ht", "hmn", "am", "mh")
FACTS = (
    *("who", "number", "grade", "unit", "day", "language", "is_translated", "held_by"),
    *("consented_on", "parent_consented_on", "may_print", "recording_until"),
)


class TalkForm(forms.Form):
    """There is no field for a name."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    who = forms.ChoiceField(label=_("Whom did you talk with?"), choices=Who.choices, widget=Chips)
    number = forms.IntegerField(
        label=_("Number"),
        help_text=_(
            "The role and the number are the only name: Teacher 14. Who that is, you keep elsewhere."
        ),
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"class": "short num"}),
    )
    grade = forms.ChoiceField(label=_("Grade"), choices=[("", _("Not said")), *Grade.choices], required=False)
    unit = forms.ModelChoiceField(NOTHING, label=_("Place"), empty_label=_("Not said"), required=False)
    day = DateField(label=_("Day"))
    held_by = forms.ModelChoiceField(NOTHING, label=_("Who talked with them?"), empty_label=None)
    language = forms.ChoiceField(label=_("Language of the talk"))
    is_translated = forms.BooleanField(
        label=_("What is written down is a translation"),
        help_text=_("Then every quote says so."),
        required=False,
    )
    consented_on = DateField(
        label=_("The person agreed on"),
        help_text=_("Without consent nothing is coded, quoted or taken along."),
        required=False,
    )
    parent_consented_on = DateField(
        label=_("For a student: a parent agreed on"), help_text=_("A student needs both."), required=False
    )
    may_print = forms.BooleanField(
        label=_("Their words may be printed"),
        help_text=_("Without a name, in the report and wherever it goes. Ask for this by itself."),
        required=False,
    )
    recording_until = DateField(
        label=_("If you recorded it: delete the recording by"),
        help_text=_("Recordings stay outside Aimline. It reminds the team of the day."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        people: QuerySet[Person],
        places: QuerySet[Unit],
        talk: Conversation | None = None,
        **facts: Any,
    ) -> None:
        if talk:
            facts["initial"] = {"version": talk.version, **{name: getattr(talk, name) for name in FACTS}}
        super().__init__(*args, **facts)
        self.fields["held_by"].queryset = people  # type: ignore[attr-defined]
        self.fields["unit"].queryset = places  # type: ignore[attr-defined]
        self.fields["language"].choices = [(code, Tongue(code).name) for code in LANGUAGES]  # type: ignore[attr-defined]
        self.initial.setdefault("day", clock.today())

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class TextForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What was said"),
        help_text=_(
            "Begin a line with “Interviewer:” for a question and with “Teacher:”, “Student:” or “Family:” for an "
            "answer. Write roles in place of names: my teacher, a friend, my son."
        ),
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    cleared = forms.MultipleChoiceField(label=_("These are no names"), required=False, widget=ManyChips)

    def __init__(self, *args: Any, looks_like: Sequence[str] = (), **facts: Any) -> None:
        super().__init__(*args, **facts)
        if looks_like:
            self.fields["cleared"].choices = [(word, word) for word in looks_like]  # type: ignore[attr-defined]
        else:
            del self.fields["cleared"]

    @property
    def clear(self) -> list[str]:
        return list(self.cleaned_data.get("cleared", ()))


class CodeForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(label=_("Code"), help_text=_("Two to four words."), max_length=60)
    definition = forms.CharField(
        label=_("Definition both of you will use"),
        help_text=_("When it is used, when it is not, and what to use then."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DefinitionForm(forms.Form):
    number = forms.IntegerField(widget=forms.HiddenInput)
    definition = forms.CharField(
        label=_("Definition both of you will use"), widget=forms.Textarea(attrs={"rows": 3})
    )


class ThemeForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid7)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Theme"), help_text=_("What several people say, in a few words."), max_length=120
    )
    codes = forms.ModelMultipleChoiceField(
        NOTHING,
        label=_("Which codes gather it?"),
        help_text=_(
            "A quote under it can carry a finding when both gave it one of these, and read it alike."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one code.")},
    )

    def __init__(self, *args: Any, codes: QuerySet[Code], theme: Theme | None = None, **facts: Any) -> None:
        if theme:
            held = {"name": theme.name, "version": theme.version, "codes": list(theme.codes.all())}
            facts["initial"] = held
        super().__init__(*args, **facts)
        self.fields["codes"].queryset = codes  # type: ignore[attr-defined]


class LeadForm(forms.Form):
    finding = forms.ModelChoiceField(NOTHING, label=_("Which finding does it lead to?"), empty_label=None)

    def __init__(self, *args: Any, findings: QuerySet[Finding], **facts: Any) -> None:
        super().__init__(*args, **facts)
        chosen: Any = self.fields["finding"]
        chosen.queryset = findings
        chosen.label_from_instance = lambda one: f"{one.get_kind_display()}: {one.text}"


class QuoteForm(forms.Form):
    words = forms.CharField(
        label=_("Words that are quoted"),
        help_text=_("Leave out what does not belong to it. What stays is word for word, without a gap."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    translation = forms.CharField(
        label=_("Translation, for those who read the report"),
        help_text=_("It is marked as translated wherever it stands."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, quote: Quote | None, text: str, **facts: Any) -> None:
        held = {"words": quote.words, "translation": quote.translation} if quote else {"words": text}
        super().__init__(*args, **{**facts, "initial": held})


def uuids(given: Iterable[str], allowed: Iterable[Any]) -> set[Any]:
    """Those ids that were sent and may be."""
    known = {str(one): one for one in allowed}
    return {known[value] for value in given if value in known}
