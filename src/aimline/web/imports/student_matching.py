"""The forms that say what each column means in a table of results, and in a list of students."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.imports.guessing import (
    Column,
    format_of,
    groups_of,
    guess,
    has_decimal_comma,
    hidden_marks,
    may_be_groups,
)
from aimline.web.imports.matching import FORMATS, ColumnsForm, PointsForm, decimal_field, hidden_field
from aimline.web.inputs import ManyChips, Segments

# How a day may be written; of a month or a year nobody would know the day.
DAYS = [("", gettext_lazy("2026-08-28"))] + [each for each in FORMATS if each[0].startswith("%")]
ID_KINDS = [
    ("local", gettext_lazy("The district's")),
    ("state", gettext_lazy("The state's")),
    ("", gettext_lazy("Another system's")),
]


def _column(label: object, hint: object = "", *, needed: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=needed, help_text=hint)  # type: ignore[arg-type]


def _id_kind() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Whose number is it?"),
        choices=ID_KINDS,
        widget=Segments,
        initial="local",
        required=False,
        help_text=gettext_lazy("Results find their students by it, whichever system the students come from."),
    )


class AssessmentsForm(ColumnsForm):
    KIND = "assessments"

    student = _column(gettext_lazy("Number of the student"), needed=True)
    id_kind = _id_kind()
    assessment = _column(gettext_lazy("Assessment"))
    assessment_name = forms.CharField(
        label=gettext_lazy("Name of the assessment, if no column has it"), required=False, max_length=160
    )
    score_type = _column(gettext_lazy("Kind of score"))
    score_type_name = forms.CharField(
        label=gettext_lazy("Kind of score, if no column has it"),
        required=False,
        max_length=80,
        initial="Scale Score",
    )
    value = _column(gettext_lazy("Score"))
    is_text = forms.BooleanField(
        label=gettext_lazy("The scores are letters, such as reading levels A to Z"), required=False
    )
    level = _column(gettext_lazy("Performance level"))
    subject = _column(gettext_lazy("Subject"))
    objective = _column(
        gettext_lazy("Domain or standard"), gettext_lazy("Where each has a score of its own.")
    )
    window = _column(gettext_lazy("Season or term"))
    date = _column(gettext_lazy("Day of the test"))
    date_format = forms.ChoiceField(label=gettext_lazy("Written as"), choices=DAYS, required=False)
    school_year = _column(gettext_lazy("School year"))
    grade = _column(gettext_lazy("Grade"))
    unit = _column(gettext_lazy("School or unit"), gettext_lazy("The column with its code."))
    codes = hidden_field()
    decimal = decimal_field()

    COLUMNS = (
        *("student", "assessment", "score_type", "value", "level", "subject", "objective", "window"),
        *("date", "school_year", "grade", "unit"),
    )

    def guessed(self, columns: Sequence[Column]) -> dict[str, Any]:
        found = guess(columns, self.KIND)
        scores = [self.columns[found["value"]]] if "value" in found else []
        day = self.columns.get(found.get("date", ""))
        return {
            "id_kind": "state" if "state" in found.get("student", "").lower() else "local",
            "score_type_name": "" if "score_type" in found else "Scale Score",
            **found,
            "date_format": (format_of(day) if day else "") or "",
            "codes": ", ".join(hidden_marks(scores)),
            "decimal": "," if has_decimal_comma(scores) else ".",
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name in ("assessment", "score_type"):
            if not given.get(name) and not given.get(f"{name}_name"):
                self.add_error(f"{name}_name", _("Choose a column, or write it here."))
        if not given.get("value") and not given.get("level"):
            self.add_error("value", _("Choose a score, a level, or both."))
        self.understood()
        return given

    def content(self) -> dict[str, Any]:
        given = self.cleaned_data
        fields: dict[str, Any] = {name: given[name] for name in self.COLUMNS if given[name]}
        fields["student"] = {"column": given["student"], "id": given["id_kind"]}
        for name in ("assessment", "score_type"):
            fields.setdefault(name, {"constant": given[f"{name}_name"]})
        if given["date"]:
            fields["date"] = {"column": given["date"], "format": given["date_format"]}
        if given["value"] and given["is_text"]:
            fields["value"] = {"column": given["value"], "type": "text"}
        file = {"codes": self.hidden(), "decimal": given["decimal"] or "."}
        return {"kind": self.KIND, "file": file, "fields": fields}


class StudentsForm(ColumnsForm):
    KIND = "students"

    student = _column(gettext_lazy("Number of the student"), needed=True)
    id_kind = _id_kind()
    given_name = _column(gettext_lazy("First name"))
    family_name = _column(gettext_lazy("Last name"))
    grade = _column(gettext_lazy("Grade"))
    unit = _column(gettext_lazy("School or unit"), gettext_lazy("The column with its code."))
    school_year = _column(gettext_lazy("School year"))
    entry_date = _column(gettext_lazy("First day there"))
    exit_date = _column(gettext_lazy("Last day there"))
    birth_date = _column(gettext_lazy("Date of birth"))
    date_format = forms.ChoiceField(label=gettext_lazy("Days are written as"), choices=DAYS, required=False)
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("Columns that say which groups a student belongs to"),
        required=False,
        widget=ManyChips,
        help_text=gettext_lazy("Such as race, English learner or lunch status. Choose only what you need."),
    )

    DATES = ("entry_date", "exit_date", "birth_date")
    COLUMNS = ("student", "given_name", "family_name", "grade", "unit", "school_year", *DATES)

    def __init__(self, *given: Any, **facts: Any) -> None:
        super().__init__(*given, **facts)
        taken = {self.initial.get(name) for name in self.COLUMNS}
        chosen = [self.columns[ref] for ref in self.initial.get("groups") or [] if ref in self.columns]
        others = [column for column in may_be_groups(self.columns.values()) if column.ref not in taken]
        named = {column.ref: column.name[:60] for column in (*chosen, *others)}
        self.choice("groups").choices = list(named.items())

    def guessed(self, columns: Sequence[Column]) -> dict[str, Any]:
        found = guess(columns, self.KIND)
        days = [self.columns[found[name]] for name in self.DATES if name in found]
        formats = [written for day in days if (written := format_of(day))]
        return {
            "id_kind": "state" if "state" in found.get("student", "").lower() else "local",
            **found,
            "date_format": formats[0] if formats else "",
            "groups": groups_of(columns),
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.understood()
        return given

    def content(self) -> dict[str, Any]:
        given = self.cleaned_data
        fields: dict[str, Any] = {name: given[name] for name in self.COLUMNS if given[name]}
        fields["student"] = {"column": given["student"], "id": given["id_kind"]}
        for name in self.DATES:
            if given[name]:
                fields[name] = {"column": given[name], "format": given["date_format"]}
        groups = {self.columns[ref].name: ref for ref in given["groups"]}
        return {"kind": self.KIND, "fields": {**fields, **({"attribute": groups} if groups else {})}}


FORMS: dict[str, type[ColumnsForm]] = {
    form.KIND: form for form in (PointsForm, AssessmentsForm, StudentsForm)
}
