"""The forms of what stands around the items: sections, scales, what answers add up to, the whole and its languages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aimline.instruments import editing
from aimline.instruments.form import By, read
from aimline.instruments.shape import MOST_LANGUAGES
from aimline.web.answering.languages import Tongue
from aimline.web.inputs import NumberField, Segments
from aimline.web.instruments.item_form import LEAST, MOST, SPARE, held_at, plain, whole_numbers
from aimline.web.instruments.phrases import LINE, PAGE, PhraseForm, PhraseGroup
from aimline.web.instruments.reading import reference_name, references
from aimline.web.instruments.waiting_form import WaitingForm, before_section
from aimline.web.parts import Option

# What is spoken at home in most districts; a file can bring any other.
LANGUAGES = (
    *("en", "es", "ar", "am", "bn", "chk", "fa", "fr", "hi", "hmn", "ht", "ilo", "ja", "km", "ko", "mh"),
    *("my", "ne", "pa", "ps", "pt", "ru", "so", "sw", "tl", "uk", "ur", "vi", "zh"),
)
NOT, COUNTS, TURNED = "", "counts", "turned"


class SectionForm(WaitingForm):
    def build(self) -> None:
        self.add_words("name", _("Heading"), self.held.get("name"), rows=LINE)
        self.add_words("lead", _("Words before the first item"), self.held.get("lead"))
        before = before_section(read(self.document), self.held["key"])
        self.add_condition(_("Ask this section only after one of these answers"), before)

    def groups(self) -> list[PhraseGroup]:
        rows = (self.row("name", _("Heading")), self.row("lead", _("Words before it")))
        return [PhraseGroup(_("Words"), "", rows)]

    def facts(self) -> editing.Document:
        said = {name: self.words(name, self.held.get(name)) for name in ("name", "lead")}
        waits = {"shown_when": self.cleaned_data["shown_when"]} if "shown_when" in self.fields else {}
        return editing.written({**self.held, **said, **waits})


class ScaleForm(PhraseForm):
    def build(self) -> None:
        points = self.held.get("points", [])
        self.points = self.count("point", points, SPARE if points else 5)
        for place in range(self.points):
            start = points[place]["value"] if place < len(points) else (None if points else place + 1)
            self.fields[f"value_{place}"] = NumberField(
                label=_("Number of the point"),
                required=False,
                initial=plain(start),
                min_value=LEAST,
                max_value=MOST,
            )
            self.add_words(f"point_{place}", _("Point"), held_at(points, place).get("name"), rows=LINE)

    def groups(self) -> list[PhraseGroup]:
        rows = tuple(self.row(f"point_{place}", _("Point"), f"value_{place}") for place in range(self.points))
        hint = _("From low to high. Leave a row empty to take a point out.")
        return [PhraseGroup(_("Points"), hint, rows)]

    def clean(self) -> dict[str, Any]:
        for place in range(self.points):
            if self._said(place) and self.cleaned_data.get(f"value_{place}") is None:
                self.add_error(f"value_{place}", _("Give this point a number."))
        return self.cleaned_data

    def _said(self, place: int) -> bool:
        return any(self.cleaned_data.get(f"point_{place}_{code}") for code in self.languages)

    def facts(self) -> editing.Document:
        held = self.held.get("points", [])
        points = [
            whole_numbers(
                {
                    **held_at(held, place),
                    "value": self.cleaned_data[f"value_{place}"],
                    "name": self.words(f"point_{place}", held_at(held, place).get("name")),
                }
            )
            for place in range(self.points)
            if self._said(place)
        ]
        return {"points": sorted(points, key=lambda point: float(point["value"]))}


class ConstructForm(PhraseForm):
    by = forms.ChoiceField(
        label=gettext_lazy("How answers become one number"),
        choices=[
            (By.MEAN.value, Option(gettext_lazy("Average"), gettext_lazy("In the steps of the scale."))),
            (
                By.PERCENT.value,
                Option(
                    gettext_lazy("Percent of answers"),
                    gettext_lazy(
                        "How many of 100 answers are at a level or above it. Easy to say in public."
                    ),
                ),
            ),
            (By.SUM.value, Option(gettext_lazy("Sum"), gettext_lazy("Counts or minutes, added."))),
            (
                By.SHARE.value,
                Option(
                    gettext_lazy("Share of a whole"),
                    gettext_lazy("What some counts are of all counts, in percent."),
                ),
            ),
        ],
        widget=forms.RadioSelect,
    )
    at_least = NumberField(
        label=gettext_lazy("An answer counts from this level on"),
        help_text=gettext_lazy("For the percent of answers."),
        required=False,
        min_value=LEAST,
        max_value=MOST,
    )
    better = forms.ChoiceField(
        label=gettext_lazy("What is better?"),
        choices=[
            ("up", gettext_lazy("Higher")),
            ("down", gettext_lazy("Lower")),
            ("", gettext_lazy("Neither")),
        ],
        required=False,
        widget=Segments,
    )

    def build(self) -> None:
        held = self.held
        self.add_words("name", _("Name"), held.get("name"), rows=LINE, needed=True)
        self.add_words("means", _("What the number means"), held.get("means"), needed=True)
        self.fields["by"].initial = held.get("by", By.MEAN.value)
        self.fields["at_least"].initial = plain(held.get("at_least"))
        self.fields["better"].initial = held.get("better", "up")
        self.form = read(self.document)
        self.references = references(self.form)
        for place, reference in enumerate(self.references):
            self._add_use(place, reference)

    def _add_use(self, place: int, reference: str) -> None:
        name = reference_name(self.form, reference, (get_language() or "en").split("-")[0])
        turned, counted = (reference in self.held.get(kind, []) for kind in ("reversed", "items"))
        self.fields[f"use_{place}"] = forms.ChoiceField(
            label=name,
            required=False,
            choices=[(NOT, _("Left out")), (COUNTS, _("Counts")), (TURNED, _("Counts, turned round"))],
            initial=TURNED if turned else COUNTS if counted else NOT,
        )
        self.fields[f"of_{place}"] = forms.BooleanField(
            label=_("Part of the whole: %(item)s") % {"item": name},
            required=False,
            initial=reference in self.held.get("of", []),
        )

    def groups(self) -> list[PhraseGroup]:
        hint = _("Say in words what the number is, and what a higher one means.")
        rows = (self.row("name", _("Name")), self.row("means", _("What it means")))
        return [PhraseGroup(_("Words"), hint, rows)]

    def uses(self) -> list[tuple[forms.BoundField, forms.BoundField, bool]]:
        """Each that may be counted; whether it is a row or a code of the one before."""
        return [
            (self[f"use_{place}"], self[f"of_{place}"], "." in reference)
            for place, reference in enumerate(self.references)
        ]

    def facts(self) -> editing.Document:
        given = self.cleaned_data
        chosen = {one: given[f"use_{place}"] for place, one in enumerate(self.references)}
        known = {
            "items": [one for one, use in chosen.items() if use],
            "reversed": [one for one, use in chosen.items() if use == TURNED],
            "of": [one for place, one in enumerate(self.references) if given[f"of_{place}"]],
            "by": given["by"],
            "at_least": given["at_least"] if given["by"] == By.PERCENT.value else None,
            **{name: self.words(name, self.held.get(name)) for name in ("name", "means")},
        }
        # Blank says that neither end is better; left out, it would say that higher is.
        return {**editing.written(whole_numbers({**self.held, **known})), "better": given["better"]}


class WholeForm(PhraseForm):
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes it takes"),
        help_text=gettext_lazy("Let somebody try it, at the pace of the slowest fifth."),
        min_value=1,
        max_value=600,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short num"}),
    )

    def build(self) -> None:
        self.add_words("name", _("Name"), self.held.get("name"), rows=LINE, needed=True)
        self.add_words("lead", _("First sentence"), self.held.get("lead"))
        self.add_words("guide", _("For who runs it"), self.held.get("guide"), rows=PAGE)

    def groups(self) -> list[PhraseGroup]:
        rows = (
            self.row("name", _("Name")),
            self.row("lead", _("First sentence")),
            self.row("guide", _("For who runs it")),
        )
        hint = _("The first sentence is read before the first item. An empty line begins a paragraph.")
        return [PhraseGroup(_("Words"), hint, rows)]

    def clean(self) -> dict[str, Any]:
        first = f"name_{self.languages[0]}"
        if not self.cleaned_data.get(first) and first not in self.errors:
            self.add_error(first, _("Give it a name."))
        return self.cleaned_data

    def facts(self) -> editing.Document:
        return {name: self.words(name, self.held.get(name)) for name in ("name", "lead", "guide")}


def _likely(tongue: Tongue) -> tuple[bool, str]:
    """First the languages that our own pages speak, then all others by name."""
    return tongue.code not in dict(settings.LANGUAGES), tongue.name


class LanguageForm(forms.Form):
    """Another language begins with the instrument's name in it."""

    language = forms.ChoiceField(label=gettext_lazy("Language"))
    name = forms.CharField(label=gettext_lazy("The instrument's name in this language"), max_length=160)

    def __init__(self, *facts: Any, document: editing.Document, **options: Any) -> None:
        super().__init__(*facts, **options)
        spoken = read(document).languages
        free = sorted((Tongue(code) for code in LANGUAGES if code not in spoken), key=_likely)
        is_full = len(spoken) >= MOST_LANGUAGES
        choices = [] if is_full else [(one.code, one.name) for one in free]
        label = self.fields["language"].label
        self.fields["language"] = forms.ChoiceField(label=label, choices=choices)
