from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.access.actions.units import Span
from aimline.core.ids import uuid7
from aimline.org.models import UnitKind
from aimline.web.inputs import DateField


class AddForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of place"), choices=UnitKind.choices, initial=UnitKind.SCHOOL
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("As your files write it, so that they find this place."),
    )


class EditForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)


class SpansField(forms.CharField):
    """Named stretches of days, one a line: `Winter break, 2026-12-21, 2027-01-01`."""

    widget = forms.Textarea(attrs={"rows": 6})

    def to_python(self, value: Any) -> list[Span]:  # type: ignore[override]
        lines = [line.strip() for line in (value or "").splitlines()]
        return [self._span(number, line) for number, line in enumerate(lines, 1) if line]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{span.name}, {span.first_day}, {span.last_day}" for span in value)
        return value

    def _span(self, number: int, line: str) -> Span:
        name, *days = [part.strip() for part in line.split(",")]
        first = _day(days[0]) if days else None
        last = _day(days[1]) if len(days) > 1 else first
        if not name or first is None or last is None:
            raise forms.ValidationError(
                _(
                    "Line %(number)s cannot be read. Write a name, the first day and the last day, "
                    "for example: Winter break, 2026-12-21, 2027-01-01."
                )
                % {"number": number}
            )
        if last < first:
            raise forms.ValidationError(_("Line %(number)s ends before it starts.") % {"number": number})
        return Span(name, first, last)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


class CalendarForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("School year"), max_length=60)
    first_day = DateField(label=gettext_lazy("First day of school"))
    last_day = DateField(label=gettext_lazy("Last day of school"))
    terms = SpansField(
        label=gettext_lazy("Terms"),
        required=False,
        help_text=gettext_lazy("One a line: name, first day, last day."),
    )
    holidays = SpansField(
        label=gettext_lazy("Days without school"),
        required=False,
        help_text=gettext_lazy("One a line: name, first day, last day. A single day needs no last day."),
    )
