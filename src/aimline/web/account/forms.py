from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aimline.people.models import Theme


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    theme = forms.ChoiceField(
        label=_("Colours"), choices=Theme.choices, widget=forms.RadioSelect, required=False
    )


class TokenForm(forms.Form):
    label = forms.CharField(
        label=_("What the token is for"), max_length=80, help_text=_("For example: my notebook.")
    )
