"""What an item or a section waits for: answers to one item that comes before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aimline.instruments import checks
from aimline.instruments.form import Form, Item, ItemKind
from aimline.web.instruments.phrases import PhraseForm
from aimline.web.instruments.reading import answer_name

K = ItemKind
WAITED_FOR = frozenset({K.YES_NO, K.CHOICE, K.CHOICES, K.SCALE, K.RUBRIC})


@dataclass(frozen=True, slots=True)
class Waiting:
    """The answers of one earlier item that this one may wait for."""

    ask: str
    answers: list[Any]


class WaitingForm(PhraseForm):
    """A form of words that can be made to wait."""

    def add_condition(self, label: str, before: Iterable[Item]) -> None:
        when = self.held.get("shown_when") or {}
        initial = [f"{when['item']}={answer}" for answer in when.get("is", [])] if when else []
        language = (get_language() or "en").split("-")[0]
        self._earlier = [
            (item, [(f"{item.key}={one}", answer_name(item, one, language)) for one in _ordered(item)])
            for item in before
            if item.kind in WAITED_FOR and checks.answers_of(item)
        ]
        if self._earlier:
            self.fields["shown_when"] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[choice for _item, choices in self._earlier for choice in choices],
                initial=initial,
                widget=forms.CheckboxSelectMultiple,
            )

    def waiting(self) -> list[Waiting]:
        drawn = iter(self["shown_when"]) if self._earlier else iter(())
        language = (get_language() or "en").split("-")[0]
        return [
            Waiting(item.ask.written_in(language), [next(drawn) for _choice in choices])
            for item, choices in self._earlier
        ]

    def clean_shown_when(self) -> dict[str, Any] | None:
        pairs = [choice.partition("=") for choice in self.cleaned_data["shown_when"]]
        if len({item for item, _is, _answer in pairs}) > 1:
            raise forms.ValidationError(_("It can wait for answers to one item only. Choose answers of one."))
        return {"item": pairs[0][0], "is": [answer for _item, _is, answer in pairs]} if pairs else None


def before_item(form: Form, key: str) -> list[Item]:
    items = list(form.items())
    place = next((number for number, item in enumerate(items) if item.key == key), 0)
    return items[:place]


def before_section(form: Form, key: str) -> list[Item]:
    place = next((number for number, section in enumerate(form.sections) if section.key == key), 0)
    return [item for section in form.sections[:place] for item in section.items]


def _ordered(item: Item) -> list[str]:
    if item.kind is K.YES_NO:
        return ["yes", "no"]
    return [level.code for level in item.levels] or [option.key for option in item.options]
