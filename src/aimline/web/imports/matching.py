"""The forms that say what each column of a table means, for points: the base that other kinds share, and points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.imports.guessing import (
    Column,
    everyone,
    format_of,
    guess,
    has_decimal_comma,
    headed_by_periods,
    hidden_marks,
    rhythm_of,
)
from aimline.imports.mapping.parse import parse
from aimline.imports.refusals import BadMapping
from aimline.imports.yardsticks import measures_for
from aimline.measures.models import Better, MeasureKind, Scale
from aimline.org.models import Unit, UnitKind
from aimline.web.imports.forms import close
from aimline.web.inputs import ManyChips, Segments

NEW, BY_COLUMN = "new", "column"
# No column has this for a name: those without one are called by their place, as @3.
HEADINGS = "@headings"
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


class ColumnsForm(forms.Form):
    """What all kinds share: fields that name a column, guessed or remembered, and the content of a mapping."""

    KIND = ""
    COLUMNS: tuple[str, ...] = ()

    create_units = forms.BooleanField(
        label=gettext_lazy("Make schools that are not here yet"), required=False
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
        self.place = unit
        super().__init__(*given, **facts)
        guessed = self.guessed(columns)
        # Of what an earlier file could not know, such as the months that came since, the guess stands.
        self.initial = {**guessed, **remembered} if remembered else guessed
        if not may_make_units:
            close(self, "create_units")
        for name in self.COLUMNS:
            self.choice(name).choices = self.refs(_("This place") if name == "unit" else _("Not in the file"))

    def refs(self, blank: str) -> list[tuple[str, str]]:
        return [("", blank), *((ref, _seen(column)) for ref, column in self.columns.items())]

    def choice(self, name: str) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def guessed(self, columns: Sequence[Column]) -> dict[str, Any]:
        return dict(guess(columns, self.KIND))

    def understood(self) -> None:
        """Have the mapping read that the answers make; what is wrong with it stands above the form."""
        if self.errors:
            return
        try:
            parse(self.content(), kind=self.KIND)
        except BadMapping as error:
            self.add_error(None, str(error))

    def content(self) -> dict[str, Any]:
        """The answers as the content of a mapping file."""
        raise NotImplementedError

    def kept(self) -> dict[str, Any]:
        """The answers, for the next file with these columns."""
        return {name: self.cleaned_data.get(name) for name in self.fields}

    def hidden(self) -> dict[str, str]:
        """What stands in a cell for a result that the sender hid."""
        return {text.strip(): "suppressed" for text in self.cleaned_data["codes"].split(",") if text.strip()}

    def clean_create_units(self) -> str:
        return UnitKind.SCHOOL.value if self.cleaned_data["create_units"] else ""


def hidden_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Cells that mean “hidden by the sender”"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Such as s or *. Several: with a comma between them."),
    )


def decimal_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=gettext_lazy("Decimal mark"), choices=DECIMALS, widget=Segments, initial=".", required=False
    )


class PointsForm(ColumnsForm):
    KIND = "points"

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
    unit_name = forms.ChoiceField(label=gettext_lazy("Name of the school, for new ones"), required=False)
    period = forms.ChoiceField(label=gettext_lazy("Week, month, year or day"))
    period_format = forms.ChoiceField(label=gettext_lazy("Written as"), choices=FORMATS, required=False)
    periods = forms.MultipleChoiceField(
        label=gettext_lazy("The columns with the numbers"), required=False, widget=ManyChips
    )
    group = forms.ChoiceField(label=gettext_lazy("Student group"), required=False)
    numerator = forms.ChoiceField(label=gettext_lazy("How many (numerator)"), required=False)
    denominator = forms.ChoiceField(label=gettext_lazy("Out of how many (denominator)"), required=False)
    value = forms.ChoiceField(
        label=gettext_lazy("Value"),
        required=False,
        help_text=gettext_lazy("Only where the counts are not in the file."),
    )
    n = forms.ChoiceField(label=gettext_lazy("Number of students"), required=False)
    codes = hidden_field()
    decimal = decimal_field()

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

    def __init__(self, *given: Any, **facts: Any) -> None:
        super().__init__(*given, **facts)
        held = [(measure.code, measure.name) for measure in measures_for(self.place)]
        more = [(NEW, _("A new measure")), (BY_COLUMN, _("It stands in a column"))]
        self.choice("measure").choices = [*held, *more]
        headed, _format = headed_by_periods(list(self.columns.values()))
        if headed:
            several = (HEADINGS, _("In the headings: one column for each"))
            self.choice("period").choices = [*self.refs(_("Not in the file")), several]
            self.choice("periods").choices = [(one.ref, one.name) for one in headed]
        else:
            del self.fields["periods"]

    def guessed(self, columns: Sequence[Column]) -> dict[str, Any]:
        found: dict[str, Any] = dict(guess(columns, self.KIND))
        by_column = found.pop("measure", "")
        headed, written_as = headed_by_periods(columns)
        if headed:
            found = {name: ref for name, ref in found.items() if name not in _OF_ONE_PERIOD}
            found |= {"period": HEADINGS, "periods": [one.ref for one in headed]}
        period = self.columns.get(found.get("period", ""))
        counted = headed or [
            self.columns[found[name]] for name in ("numerator", "denominator", "value") if name in found
        ]
        return {
            **found,
            "measure": BY_COLUMN if by_column else NEW,
            "measure_column": by_column,
            "period_format": (format_of(period) if period else written_as) or "",
            "codes": ", ".join(hidden_marks(counted)),
            "decimal": "," if has_decimal_comma(counted) else ".",
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("measure") == NEW and not given.get("new_name"):
            self.add_error("new_name", _("Give the measure a name."))
        if given.get("measure") == BY_COLUMN and not given.get("measure_column"):
            self.add_error("measure_column", _("Say which column."))
        if given.get("period") == HEADINGS:
            if not given.get("periods"):
                self.add_error("periods", _("Choose the columns that hold the numbers."))
        elif not given.get("value") and not (given.get("numerator") and given.get("denominator")):
            self.add_error("value", _("Choose a value, or how many out of how many."))
        self.understood()
        return given

    def kept(self) -> dict[str, Any]:
        """The answers, for the next file with these columns. A measure defined now is one to choose then."""
        left_out = {"periods", *(name for name in self.fields if name.startswith("new_"))}
        answers = {name: self.cleaned_data.get(name) for name in self.fields if name not in left_out}
        if answers["measure"] == NEW:
            answers["measure"] = self._code()
        return answers

    def content(self) -> dict[str, Any]:
        """The answers as the content of a mapping file."""
        given = self.cleaned_data
        is_wide = given["period"] == HEADINGS
        names = ("unit", "unit_name", "n") if is_wide else ("unit", "unit_name", "n", *_OF_ONE_PERIOD)
        fields = {name: given[name] for name in names if given[name]}
        if not is_wide:
            fields["period"] = {"column": given["period"], "format": given["period_format"]}
        if given["group"]:
            fields["group"] = self._group(given["group"])
        by_column = given["measure"] == BY_COLUMN
        code = self._code() if given["measure"] == NEW else given["measure"]
        fields["measure"] = given["measure_column"] if by_column else {"constant": code}
        file = {"codes": self.hidden(), "decimal": given["decimal"] or "."}
        content: dict[str, Any] = {"kind": "points", "file": file, "fields": fields}
        if is_wide:
            content["records"] = [self._of_period(ref) for ref in given["periods"]]
        if given["measure"] == NEW:
            content["measures"] = [self._new_measure()]
        return content

    def _of_period(self, ref: str) -> dict[str, Any]:
        written = {"constant": self.columns[ref].name, "format": self.cleaned_data["period_format"]}
        return {"period": written, "value": ref}

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
            "rhythm": rhythm_of(self._periods(), given["period_format"]),
        }

    def _periods(self) -> list[str]:
        """Periods as the file writes them: in a column, or in headings."""
        given = self.cleaned_data
        if given["period"] == HEADINGS:
            return [self.columns[ref].name for ref in given["periods"]]
        return list(self.columns[given["period"]].values)


# Fields that a column of one period fills by itself.
_OF_ONE_PERIOD = ("numerator", "denominator", "value")


def _seen(column: Column) -> str:
    """A column's name with the first things in it."""
    samples = ", ".join(sample[:20] for sample in column.samples)
    return f"{column.name[:60]} ({samples})" if samples else column.name[:60]
