"""The forms of a load: what to send, and what each column means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core.ids import uuid7
from aimline.imports.guessing import (
    Column,
    everyone,
    format_of,
    guess,
    has_decimal_comma,
    hidden_marks,
    rhythm_of,
)
from aimline.imports.mapping.parse import parse, parse_text
from aimline.imports.refusals import BadMapping
from aimline.imports.yardsticks import measures_for
from aimline.measures.models import Better, MeasureKind, Scale
from aimline.org.models import Unit, UnitKind
from aimline.web.inputs import Segments

NEW, BY_COLUMN = "new", "column"
LARGEST_PASTE = 2_000_000
FORMATS = [
    ("", gettext_lazy("2026-08-28, 2026-08, 2026 or 2025-2026")),
    ("%m/%d/%Y", gettext_lazy("08/28/2026: month, day, year")),
    ("%d/%m/%Y", gettext_lazy("28/08/2026: day, month, year")),
    ("%d.%m.%Y", gettext_lazy("28.08.2026: day, month, year")),
    ("month", gettext_lazy("A month, such as Aug 2026")),
    ("year", gettext_lazy("A year, such as 2026")),
    ("school_year", gettext_lazy("A school year, such as 2025-26 or 2026")),
]


DECIMALS = [(".", gettext_lazy("Point: 12.5")), (",", gettext_lazy("Comma: 12,5"))]
_NO_SCHOOLS = gettext_lazy("You may not make schools here. Someone who leads this place can load the file.")


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several."""

    widget = ManyFiles(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xml,.zip,.json"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(each, initial) for each in listed]


class SendForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    file = FilesField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "CSV, Excel (.xlsx), a CASE package (.json), or Ed-Fi XML: several XML files at once, or a zip. "
            "At most 100 MB."
        ),
    )
    cells = forms.CharField(
        label=gettext_lazy("Or paste cells from a spreadsheet"),
        required=False,
        max_length=LARGEST_PASTE,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy("Copy the cells with their headings, and paste them here."),
    )
    mapping = forms.FileField(
        label=gettext_lazy("Mapping file"),
        required=False,
        help_text=gettext_lazy(
            "Only if you have one (.toml). Without it you match the columns on the next page."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )
    create_units = forms.BooleanField(
        label=gettext_lazy("Make schools that are not here yet"),
        required=False,
        help_text=gettext_lazy("Used with Ed-Fi files and with a mapping file."),
    )

    def __init__(self, *given: Any, may_make_units: bool = True, **facts: Any) -> None:
        super().__init__(*given, **facts)
        if not may_make_units:
            _close(self, "create_units")

    def clean_mapping(self) -> dict[str, Any]:
        file = self.cleaned_data["mapping"]
        if not file:
            return {}
        try:
            return parse_text(file.read(1_000_000).decode("utf-8-sig"), kind="points").content
        except UnicodeDecodeError as error:
            raise ValidationError(_("The mapping file is not UTF-8 text.")) from error
        except BadMapping as error:
            raise ValidationError(str(error)) from error

    def clean_create_units(self) -> str:
        return UnitKind.SCHOOL.value if self.cleaned_data["create_units"] else ""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not (given.get("cells") or "").strip() and not self.errors:
            raise ValidationError({"file": _("Choose a file, or paste cells below.")})
        return given


class MatchForm(forms.Form):
    measure = forms.ChoiceField(label=gettext_lazy("What is counted?"))
    new_name = forms.CharField(label=gettext_lazy("Name of the new measure"), required=False, max_length=160)
    new_definition = forms.CharField(
        label=gettext_lazy("Operational definition"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The exact rule: who is counted, out of whom, how."),
    )
    new_scale = forms.ChoiceField(
        label=gettext_lazy("Unit of the number"),
        choices=Scale.choices,
        widget=Segments,
        initial=Scale.PERCENT,
        required=False,
    )
    new_kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=MeasureKind.choices,
        widget=Segments,
        initial=MeasureKind.OUTCOME,
        required=False,
    )
    new_better = forms.ChoiceField(
        label=gettext_lazy("Direction of better"),
        choices=Better.choices,
        widget=Segments,
        initial=Better.UP,
        required=False,
    )
    measure_column = forms.ChoiceField(
        label=gettext_lazy("Column with the code of the measure"), required=False
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("School or unit"),
        required=False,
        help_text=gettext_lazy("The column with its code."),
    )
    create_units = forms.BooleanField(
        label=gettext_lazy("Make schools that are not here yet"), required=False
    )
    unit_name = forms.ChoiceField(label=gettext_lazy("Name of the school, for new ones"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Week, month, year or day"))
    period_format = forms.ChoiceField(label=gettext_lazy("Written as"), choices=FORMATS, required=False)
    group = forms.ChoiceField(label=gettext_lazy("Student group"), required=False)
    numerator = forms.ChoiceField(label=gettext_lazy("How many (numerator)"), required=False)
    denominator = forms.ChoiceField(label=gettext_lazy("Out of how many (denominator)"), required=False)
    value = forms.ChoiceField(
        label=gettext_lazy("Value"),
        required=False,
        help_text=gettext_lazy("Only where the counts are not in the file."),
    )
    n = forms.ChoiceField(label=gettext_lazy("Number of students"), required=False)
    codes = forms.CharField(
        label=gettext_lazy("Cells that mean “hidden by the sender”"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Such as s or *. Several: with a comma between them."),
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal mark"), choices=DECIMALS, widget=Segments, initial=".", required=False
    )

    COLUMNS = (
        "unit",
        "unit_name",
        "period",
        "group",
        "numerator",
        "denominator",
        "value",
        "n",
        "measure_column",
    )

    def __init__(
        self,
        *given: Any,
        columns: Sequence[Column],
        unit: Unit,
        remembered: dict[str, Any] | None = None,
        may_make_units: bool = True,
        **facts: Any,
    ) -> None:
        self.columns = {column.ref: column for column in columns}
        super().__init__(*given, **facts)
        self.initial = remembered or self._guessed(columns)
        if not may_make_units:
            _close(self, "create_units")
        held = [(measure.code, measure.name) for measure in measures_for(unit)]
        more = [(NEW, _("A new measure")), (BY_COLUMN, _("It stands in a column"))]
        self._field("measure").choices = [*held, *more]
        for name in self.COLUMNS:
            blank = _("This place") if name == "unit" else _("Not in the file")
            self._field(name).choices = [
                ("", blank),
                *((ref, _seen(column)) for ref, column in self.columns.items()),
            ]

    def _field(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def _guessed(self, columns: Sequence[Column]) -> dict[str, Any]:
        found: dict[str, Any] = dict(guess(columns))
        by_column = found.pop("measure", "")
        period = self.columns.get(found.get("period", ""))
        counted = [
            self.columns[found[name]] for name in ("numerator", "denominator", "value") if name in found
        ]
        return {
            **found,
            "measure": BY_COLUMN if by_column else NEW,
            "measure_column": by_column,
            "period_format": (format_of(period) if period else "") or "",
            "codes": ", ".join(hidden_marks(counted)),
            "decimal": "," if has_decimal_comma(counted) else ".",
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("measure") == NEW and not given.get("new_name"):
            self.add_error("new_name", _("Give the measure a name."))
        if given.get("measure") == BY_COLUMN and not given.get("measure_column"):
            self.add_error("measure_column", _("Say which column."))
        if not given.get("value") and not (given.get("numerator") and given.get("denominator")):
            self.add_error("value", _("Choose a value, or how many out of how many."))
        if not self.errors:
            self._understood()
        return given

    def _understood(self) -> None:
        try:
            parse(self.content(), kind="points")
        except BadMapping as error:
            self.add_error(None, str(error))

    def kept(self) -> dict[str, Any]:
        """The answers, for the next file with these columns. A measure defined now is one to choose then."""
        answers = {name: self.cleaned_data.get(name) for name in self.fields if not name.startswith("new_")}
        if answers["measure"] == NEW:
            answers["measure"] = self._code()
        return answers

    def content(self) -> dict[str, Any]:
        """The answers as the content of a mapping file."""
        given = self.cleaned_data
        fields = {
            name: given[name]
            for name in ("unit", "unit_name", "numerator", "denominator", "value", "n")
            if given[name]
        }
        fields["period"] = {"column": given["period"], "format": given["period_format"]}
        if given["group"]:
            fields["group"] = self._group(given["group"])
        by_column = given["measure"] == BY_COLUMN
        code = self._code() if given["measure"] == NEW else given["measure"]
        fields["measure"] = given["measure_column"] if by_column else {"constant": code}
        codes = {text.strip(): "suppressed" for text in given["codes"].split(",") if text.strip()}
        file = {"codes": codes, "decimal": given["decimal"] or "."}
        content: dict[str, Any] = {"kind": "points", "file": file, "fields": fields}
        if given["measure"] == NEW:
            content["measures"] = [self._new_measure()]
        return content

    def _group(self, ref: str) -> dict[str, Any]:
        found = everyone(self.columns[ref]) if ref in self.columns else {}
        return {"column": ref, **({"recode": found, "other": "keep"} if found else {})}

    def _code(self) -> str:
        return slugify(self.cleaned_data["new_name"])[:60] or "measure"

    def _new_measure(self) -> dict[str, str]:
        given = self.cleaned_data
        return {
            "code": self._code(),
            "name": given["new_name"],
            "kind": given["new_kind"] or MeasureKind.OUTCOME.value,
            "better": given["new_better"] or Better.UP.value,
            "unit": given["new_scale"] or Scale.PERCENT.value,
            "definition": given["new_definition"],
            "rhythm": rhythm_of(self.columns[given["period"]], given["period_format"]),
        }

    def clean_create_units(self) -> str:
        return UnitKind.SCHOOL.value if self.cleaned_data["create_units"] else ""


def _close(form: forms.Form, name: str) -> None:
    """Show a choice that this person may not make, with the reason."""
    form.initial[name] = ""
    form.fields[name].disabled = True
    form.fields[name].help_text = _NO_SCHOOLS


def _seen(column: Column) -> str:
    """A column's name with the first things in it."""
    samples = ", ".join(sample[:20] for sample in column.samples)
    return f"{column.name[:60]} ({samples})" if samples else column.name[:60]
