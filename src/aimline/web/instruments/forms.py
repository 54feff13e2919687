from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from aimline.core.ids import uuid7
from aimline.instruments.files import LARGEST
from aimline.instruments.models import AnsweredBy, Purpose
from aimline.web.inputs import Chips

TOO_LARGE = _("This file is larger than 1 MB. An instrument is text alone and far smaller.")


class StartForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("Name"),
        max_length=160,
        help_text=_("As those read it who answer, for example: Three questions about math class."),
    )
    purpose = forms.ChoiceField(
        label=_("What is it?"), choices=Purpose.choices, initial=Purpose.SURVEY, widget=Chips
    )
    answered_by = forms.ChoiceField(
        label=_("Who answers?"), choices=AnsweredBy.choices, initial=AnsweredBy.STUDENTS, widget=Chips
    )


class BringForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    file = forms.FileField(
        label=_("Instrument file"),
        help_text=_("A file that ends in .toml, of 1 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )

    def clean_file(self) -> bytes:
        sent: UploadedFile[Any] = self.cleaned_data["file"]
        if sent.size is None or sent.size > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return bytes(sent.read())


class TakeForm(forms.Form):
    id = forms.UUIDField()
