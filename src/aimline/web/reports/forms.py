"""What is written of a report by hand: its summary, the page for families, comments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from aimline.core.ids import uuid7

SHORT = forms.Textarea(attrs={"rows": 4})
LONG = forms.Textarea(attrs={"rows": 12})


class ReportForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    summary = forms.CharField(
        label=gettext_lazy("What the review found, in a few sentences"),
        help_text=gettext_lazy(
            "A superintendent who stops here is not misled: first what works, then what does not."
        ),
        widget=SHORT,
        max_length=1500,
    )

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        for code, _name in settings.LANGUAGES:
            name = get_language_info(code)["name_local"]
            self.fields[f"families_{code}"] = forms.CharField(
                label=_("For families, in %(language)s") % {"language": name},
                help_text=_(
                    "One page in plain words. The draft holds the findings as they are: say them as you would "
                    "to a neighbor."
                ),
                widget=forms.Textarea(attrs={"rows": 12, "lang": code}),
                required=False,
                max_length=4000,
            )

    @property
    def for_families(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"families_{code}"] for code, _name in settings.LANGUAGES}


class CommentForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    part = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Comment"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["part"].choices = [("", _("The whole report")), *parts]  # type: ignore[attr-defined]
