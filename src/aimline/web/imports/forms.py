"""The form with which a file is sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core.ids import uuid7
from aimline.imports.mapping.parse import parse_text
from aimline.imports.refusals import BadMapping
from aimline.org.models import UnitKind

LARGEST_PASTE = 2_000_000
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
            "Drop files onto the field, or choose them: CSV, Excel (.xlsx), a CASE package (.json), or OneRoster "
            "or Ed-Fi, several files at once or a zip. At most 100 MB."
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
        help_text=gettext_lazy("Used with OneRoster and Ed-Fi files and with a mapping file."),
    )

    def __init__(self, *given: Any, may_make_units: bool = True, **facts: Any) -> None:
        super().__init__(*given, **facts)
        if not may_make_units:
            close(self, "create_units")

    def clean_mapping(self) -> dict[str, Any]:
        file = self.cleaned_data["mapping"]
        if not file:
            return {}
        try:
            return parse_text(file.read(1_000_000).decode("utf-8-sig")).content
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


def close(form: forms.Form, name: str) -> None:
    """Show a choice that this person may not make, with the reason."""
    form.initial[name] = ""
    form.fields[name].disabled = True
    form.fields[name].help_text = _NO_SCHOOLS
