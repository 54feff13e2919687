"""Lists as people paste them, one on each line: a name, then numbers behind a tab, a semicolon or a comma."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.core import clock
from aimline.instruments import reminding
from aimline.instruments.actions.preparing import About, Headcount
from aimline.instruments.models import Collection, Homeroom, Subject
from aimline.web.inputs import DateField

_NUMBER = re.compile(r"\s*[\t;,]\s*(\d{1,5})\s*$")


def split(text: str, most: int) -> Iterator[tuple[str, list[int]]]:
    """Yield each line that is not empty as its name and up to so many numbers behind it."""
    for line in text.replace("\x00", "").splitlines():
        name, numbers = line.strip(), list[int]()
        while len(numbers) < most and (found := _NUMBER.search(name)):
            numbers.insert(0, int(found[1]))
            name = name[: found.start()]
        name = " ".join(name.split()).rstrip(";,").strip()
        if name:
            yield name, numbers


class SubjectsForm(forms.Form):
    lines = forms.CharField(
        label=gettext_lazy("One on each line"),
        help_text=gettext_lazy("Behind a semicolon, how many answers you expect, for example: Grade 4; 62"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )

    def clean_lines(self) -> list[About]:
        found = list(split(self.cleaned_data["lines"], 1))
        for name, _numbers in found:
            _fits(name, 120)
        return [About(name, numbers[0] if numbers else None) for name, numbers in found]


class ClassesForm(forms.Form):
    lines = forms.CharField(
        label=gettext_lazy("One class on each line"),
        help_text=gettext_lazy(
            "The class; how many students; of how many the family said no. For example: 6A; 26; 2"
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
    )

    def clean_lines(self) -> list[Headcount]:
        found = list(split(self.cleaned_data["lines"], 2))
        for name, numbers in found:
            _fits(name, 60)
            if not numbers:
                raise forms.ValidationError(
                    _("%(name)s: say how many students, for example “%(name)s; 26; 2”."),
                    params={"name": name},
                )
        return [Headcount(name, *numbers) for name, numbers in found]


class RemindersForm(forms.Form):
    first = DateField(label=gettext_lazy("First reminder"), required=False)
    second = DateField(label=gettext_lazy("Second reminder"), required=False)

    def __init__(self, *args: Any, collection: Collection, **facts: Any) -> None:
        to_come = collection.reminders.filter(sent_on=None, day__gte=clock.today())
        left = reminding.MOST - collection.reminders.exclude(sent_on=None).count()
        days = list(to_come.values_list("day", flat=True)) or _suggested(collection)
        usual = dict(zip(("first", "second"), days[:left], strict=False))
        super().__init__(*args, **{"initial": usual, **facts})
        if left < reminding.MOST:
            del self.fields["second"]
        if left < 1:
            del self.fields["first"]

    @property
    def days(self) -> list[date]:
        return sorted({day for day in self.cleaned_data.values() if day})


def _suggested(collection: Collection) -> list[date]:
    """Nothing where reminders were chosen before: whoever took them away does not want them."""
    if collection.reminders.exists():
        return []
    return [day for day in reminding.suggested(collection) if day >= clock.today()]


def of_subjects(subjects: Iterable[Subject]) -> str:
    return "\n".join(_line(one.name, one.expected) for one in subjects)


def of_classes(classes: Iterable[Homeroom]) -> str:
    return "\n".join(_line(one.name, one.students, one.said_no) for one in classes)


def _line(name: str, *numbers: int | None) -> str:
    return "; ".join([name, *(str(number) for number in numbers if number is not None)])


def _fits(name: str, most: int) -> None:
    if len(name) > most:
        raise forms.ValidationError(
            _("“%(name)s…” is too long. Use %(most)s characters or fewer."),
            params={"name": name[:40], "most": most},
        )
