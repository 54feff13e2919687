"""Form fields and widgets with our own look; `ui/field.html` draws them all.

A choice is drawn as plain radio buttons unless its widget says otherwise: `Segments` (two to five short answers),
`Chips` (short choices), `Cards` (each with a line that explains it), `Levels` (one level with its descriptor).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

LEAST_SURE, MOST_SURE, SURE_STEP = 5, 95, 5
# What a field says that was left empty and has no words of its own; Django speaks of fields.
forms.Field.default_error_messages["required"] = _("This needs an answer.")


class Segments(forms.RadioSelect):
    look = "segments"


class Chips(forms.RadioSelect):
    look = "chips"


class ManyChips(forms.CheckboxSelectMultiple):
    look = "chips"


class Cards(forms.RadioSelect):
    look = "cards"


class Levels(forms.RadioSelect):
    look = "levels"


class DateInput(forms.DateInput):
    """The browser's own calendar; it speaks ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateField(forms.DateField):
    widget = DateInput
    default_error_messages = {"invalid": _("This is not a date. Pick a day, for example from the calendar.")}


class NumberField(forms.FloatField):
    """A number typed in any language's way: 12.5 or 12,5."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "short num"})
    default_error_messages = {"invalid": _("This is not a number. Write digits, for example 42.")}

    def __init__(self, *, unit: object = "", **facts: Any) -> None:
        super().__init__(**facts)
        self.unit = unit

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        if isinstance(value, str) and value.count(",") == 1 and "." not in value:
            value = value.replace(",", ".")
        return super().to_python(value)


class SureInput(forms.NumberInput):
    """How sure, in percent: a number anyone can type; the script adds a slider that follows it."""

    look = "sure"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"min": LEAST_SURE, "max": MOST_SURE, "step": SURE_STEP, "inputmode": "numeric"}
        super().__init__({**usual, **(attrs or {})})


class SureField(forms.IntegerField):
    widget = SureInput
    default_error_messages = {
        "required": _("Say how sure you are, for example 60."),
        "invalid": _("Say how sure you are as a whole number, for example 60."),
        "min_value": _("Nobody is that sure it will fail. Use 5 or more."),
        "max_value": _("Nobody is that sure. Use 95 or less."),
    }

    def __init__(self, **facts: Any) -> None:
        super().__init__(min_value=LEAST_SURE, max_value=MOST_SURE, **facts)


GROUPS = frozenset({"radios", "checks", "segments", "chips", "cards", "levels"})
# The class a control wears; chips and segments are drawn by their label.
CLASSES = {
    "hidden": "",
    "segments": "",
    "chips": "",
    "check": "form-check-input",
    "radios": "form-check-input",
    "checks": "form-check-input",
    "cards": "form-check-input",
    "levels": "form-check-input",
    "select": "form-select",
}


def decorate(bound: forms.BoundField) -> str:
    """Give a field's widget our classes and return the name of its look."""
    widget = bound.field.widget
    look = _look(widget)
    own = str(widget.attrs.get("class", "")).split()
    if type(bound.form).__module__.startswith("allauth."):
        # Words inside a box vanish while one types; the label above says the same.
        widget.attrs.pop("placeholder", None)
    usual = CLASSES.get(look, "form-control")
    if usual and usual not in own:
        widget.attrs["class"] = " ".join([usual, *own])
    return look


def may_stay_empty(bound: forms.BoundField) -> bool:
    """Whether it helps to say so: nobody can leave buttons empty of which one is pressed from the start."""
    field = bound.field
    if field.required:
        return False
    if type(field) is not forms.ChoiceField or not isinstance(field.widget, forms.RadioSelect):
        return True
    return str(bound.value() or "") not in {str(key) for key, _label in field.widget.choices}


def _look(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    look = getattr(widget, "look", "")
    if look:
        return str(look)
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "checks"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "check"),
        (forms.ClearableFileInput, "file"),
        (forms.Select, "select"),
    ]
    return next((name for kind, name in kinds if isinstance(widget, kind)), "control")
