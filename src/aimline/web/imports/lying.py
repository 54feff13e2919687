"""How a table lies in its file, guessed or said by a person: which sheet is read, which line names the columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.imports.guessing import Column, lasting, look
from aimline.imports.layouts import Layout, fits, likely, top_of
from aimline.imports.models import Mapping, Upload
from aimline.imports.readers.sheets import sheets_of
from aimline.web.shell import Request


class LayoutForm(forms.Form):
    """Sent with a GET: nothing is kept before the columns are matched."""

    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    header = forms.TypedChoiceField(
        label=gettext_lazy("Line with the names of the columns"), coerce=int, required=False
    )
    # The sheet whose lines were offered; of another one the line is guessed anew.
    of = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, upload: Upload, layout: Layout, **facts: Any) -> None:
        sheets = sheets_of(upload.path)
        self.first = sheets[0] if sheets else ""
        shown, lines = layout.sheet or self.first, top_of(upload.path, layout.sheet)
        now = layout.header or (lines[0].number if lines else 0)
        facts["initial"] = {"sheet": shown, "header": now, "of": shown}
        super().__init__(*given, **facts)
        self._choices("header", [(line.number, _line(line.number, line.words)) for line in lines])
        self._choices("sheet", [(name, name) for name in sheets])
        if len(sheets) < 2:
            del self.fields["sheet"]

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _line(number: int, words: str) -> str:
    return _("%(line)s: %(words)s") % {"line": number, "words": words}


def columns_of(
    request: Request, upload: Upload, kept: Iterable[Mapping]
) -> tuple[Layout, list[Column], Mapping | None]:
    """Return how an upload is read, its columns, and the answers that were given to a file with these columns.

    A person's word comes first, then how the file was matched before, then how one like it was, then a guess.
    """
    said = _said(request, upload) or _matched(upload)
    if said is not None:
        columns = look(upload.path, said.options)
        return said, columns, _with_columns(kept, lasting(columns))
    guessed, found = likely(upload.path), list(kept)
    layouts = [guessed, *(one for mapping in found if (one := Layout.of_file(mapping.content)))]
    for layout in dict.fromkeys(layouts):
        if layout == guessed or fits(layout, upload.path):
            columns = look(upload.path, layout.options)
            answered = _with_columns(found, lasting(columns))
            if answered:
                return layout, columns, answered
    return guessed, look(upload.path, guessed.options), None


def _said(request: Request, upload: Upload) -> Layout | None:
    """What a person chose in the form."""
    if "header" not in request.GET:
        return None
    sheet, header = request.GET.get("sheet", ""), request.GET["header"]
    sheets = sheets_of(upload.path)
    sheet = sheet if sheet in sheets[1:] else ""
    if (sheet or (sheets[0] if sheets else "")) != request.GET.get("of", ""):
        return likely(upload.path, sheet)
    layout = Layout(sheet, int(header) if header.isdecimal() else 0)
    return layout if fits(layout, upload.path) else None


def _matched(upload: Upload) -> Layout | None:
    layout = Layout.of_file(upload.mapping.get("file", {})) if upload.mapping else None
    return layout if layout and fits(layout, upload.path) else None


def _with_columns(kept: Iterable[Mapping], names: list[str]) -> Mapping | None:
    """The answers given nearest to this place."""
    fitting = [mapping for mapping in kept if mapping.columns == names]
    return max(fitting, key=lambda mapping: len(mapping.unit.path), default=None)
