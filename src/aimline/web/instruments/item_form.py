"""The form of one item: its words in every language, its answers, and when it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from aimline.instruments import editing
from aimline.instruments.form import ItemKind, read
from aimline.instruments.minors import AREAS
from aimline.web.inputs import NumberField
from aimline.web.instruments.phrases import LINE, PhraseGroup, PhraseRow
from aimline.web.instruments.waiting_form import WaitingForm, before_item

K = ItemKind
ON_A_SCALE = frozenset({K.SCALE, K.MATRIX})
WITH_OPTIONS = frozenset({K.CHOICE, K.CHOICES, K.TALLY, K.NOTES, K.MATRIX})
MAY_BE_UNSURE = frozenset(ItemKind) - {K.TEXT, K.PHOTO, K.NOTES}
SPARE = 2
LEAST, MOST = -1_000_000_000, 1_000_000_000


class ItemForm(WaitingForm):
    @property
    def kind(self) -> ItemKind:
        return ItemKind(self.held["kind"])

    def build(self) -> None:
        held = self.held
        self.form = read(self.document)
        self.add_words("ask", _("Question"), held.get("ask"), needed=True)
        self.add_words("help", _("Help"), held.get("help"))
        if self.kind is K.RUBRIC:
            self._add_levels()
        if self.kind in ON_A_SCALE:
            self._add_scale()
        if self.kind in WITH_OPTIONS:
            self._add_options()
        if self.kind is K.TEXT:
            self._add_probes()
        if self.kind is K.NUMBER:
            self._add_bounds()
        self._add_switches()
        before = before_item(self.form, held["key"])
        self.add_condition(_("Ask it only after one of these answers"), before)

    def _add_levels(self) -> None:
        levels = self.held.get("levels", [])
        self.levels = self.count("sees", levels, SPARE if levels else 4)
        for place in range(self.levels):
            level = levels[place] if place < len(levels) else {}
            start = level.get("value", place + 1 if not levels else None)
            self.fields[f"value_{place}"] = NumberField(
                label=_("Number of the level"),
                required=False,
                initial=plain(start),
                min_value=LEAST,
                max_value=MOST,
            )
            self.add_words(f"level_{place}", _("Name"), level.get("name"), rows=LINE)
            self.add_words(f"sees_{place}", _("What one sees"), level.get("sees"))

    def _add_scale(self) -> None:
        scales = self.document.get("scales", {})
        choices = [(key, scale_name(self.document, key)) for key in scales]
        none = [] if self.held.get("scale") in scales else [("", _("None yet"))]
        self.fields["scale"] = forms.ChoiceField(
            label=_("Answered on this scale"),
            choices=[*none, *choices],
            required=False,
            initial=self.held.get("scale", ""),
        )

    def _add_options(self) -> None:
        options = self.held.get("options", [])
        self.options = self.count("option", options, SPARE if options else 4)
        for place in range(self.options):
            option = options[place] if place < len(options) else {}
            self.fields[f"place_{place}"] = forms.IntegerField(
                label=_("Place in the list"),
                required=False,
                initial=place + 1,
                min_value=0,
                max_value=1_000,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num"}),
            )
            self.add_words(f"option_{place}", self.option_label, option.get("name"), rows=LINE)
        if self.kind is K.TALLY:
            self.fields["every"] = forms.IntegerField(
                label=_("One code every so many seconds"),
                help_text=_("Leave it empty to count instead."),
                required=False,
                initial=self.held.get("every"),
                min_value=1,
                max_value=86_400,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short num"}),
            )

    def _add_probes(self) -> None:
        probes = self.held.get("probes", [])
        self.probes = self.count("probe", probes, SPARE)
        for place in range(self.probes):
            self.add_words(
                f"probe_{place}", _("Follow-up"), probes[place] if place < len(probes) else {}, rows=LINE
            )

    def _add_bounds(self) -> None:
        for name, label in (("least", _("Lowest number")), ("most", _("Highest number"))):
            self.fields[name] = NumberField(
                label=label,
                required=False,
                initial=plain(self.held.get(name)),
                min_value=LEAST,
                max_value=MOST,
            )
        self.add_words("unit", _("Unit"), self.held.get("unit"), rows=LINE)

    def _add_switches(self) -> None:
        held = self.held
        self.fields["required"] = forms.BooleanField(
            label=_("It must be answered"), required=False, initial=held.get("required", False)
        )
        if self.kind in MAY_BE_UNSURE:
            self.fields["unsure"] = forms.BooleanField(
                label=_("Offer “I could not tell”"), required=False, initial=held.get("unsure", False)
            )
        if self.kind is K.CHOICE:
            self.fields["group"] = forms.BooleanField(
                label=_("It says which group somebody belongs to"),
                help_text=_("Results are then shown by its answers too, where groups are large enough."),
                required=False,
                initial=bool(held.get("group")),
            )
        areas = [("0", _("None")), *((str(number), area) for number, area in AREAS.items())]
        self.fields["protected"] = forms.ChoiceField(
            label=_("Protected area, when minors are asked"),
            help_text=_(
                "The law asks for notice to families, or their consent, before minors are asked about these."
            ),
            choices=areas,
            initial=str(held.get("protected", 0)),
        )

    @property
    def option_label(self) -> str:
        return {K.TALLY: _("Code"), K.NOTES: _("Tag"), K.MATRIX: _("Row")}.get(self.kind, _("Answer"))

    # What is drawn

    def groups(self) -> list[PhraseGroup]:
        first = [self.row("ask", _("Question")), self.row("help", _("Help"))]
        groups = [PhraseGroup(_("Words"), "", tuple(first))]
        if self.kind is K.RUBRIC:
            hint = _(
                "Leave a row empty to take a level out. Each says what one sees, and no two say the same."
            )
            groups.append(PhraseGroup(_("Levels"), hint, tuple(self._level_rows())))
        if self.kind in WITH_OPTIONS:
            hint = _("Leave a row empty to take it out. The number says its place.")
            rows = self._rows("option", self.options, self.option_label, "place")
            groups.append(PhraseGroup(self._options_name(), hint, rows))
        if self.kind is K.TEXT:
            hint = _("For interviewers: what to ask when the first answer is short.")
            groups.append(
                PhraseGroup(_("Follow-ups"), hint, self._rows("probe", self.probes, _("Follow-up"), ""))
            )
        if self.kind is K.NUMBER:
            groups.append(PhraseGroup(_("Unit"), _("For example: minutes."), (self.row("unit", _("Unit")),)))
        return groups

    def _options_name(self) -> str:
        names = {K.TALLY: _("Codes"), K.NOTES: _("Tags"), K.MATRIX: _("Rows")}
        return names.get(self.kind, _("Answers to choose from"))

    def _rows(self, stem: str, count: int, label: str, lead: str) -> tuple[PhraseRow, ...]:
        return tuple(
            self.row(f"{stem}_{place}", label, f"{lead}_{place}" if lead else "") for place in range(count)
        )

    def _level_rows(self) -> list[PhraseRow]:
        rows = []
        for place in range(self.levels):
            rows.append(self.row(f"level_{place}", _("Level"), f"value_{place}"))
            rows.append(self.row(f"sees_{place}", _("What one sees"), follows=True))
        return rows

    # What is kept

    def clean(self) -> dict[str, Any]:
        if self.kind is K.RUBRIC:
            for place in range(self.levels):
                if self._said(place) and self.cleaned_data.get(f"value_{place}") is None:
                    self.add_error(f"value_{place}", _("Give this level a number."))
        return self.cleaned_data

    def _said(self, place: int) -> bool:
        names = [f"{stem}_{place}_{code}" for stem in ("level", "sees") for code in self.languages]
        return any(self.cleaned_data.get(name) for name in names)

    def facts(self) -> editing.Document:
        """The item as it is to be kept."""
        given = self.cleaned_data
        plain = ("scale", "least", "most", "every", "required", "unsure", "group", "shown_when")
        facts: editing.Document = {**self.held, **{name: given[name] for name in plain if name in given}}
        facts |= {name: self.words(name, self.held.get(name)) for name in ("ask", "help")}
        facts["protected"] = int(given["protected"]) or None
        parts: dict[ItemKind, Callable[[], editing.Document]] = {
            K.RUBRIC: lambda: {"levels": self._levels()},
            K.TEXT: lambda: {"probes": self._probes()},
            K.NUMBER: lambda: {"unit": self.words("unit", self.held.get("unit"))},
        }
        facts |= parts[self.kind]() if self.kind in parts else {}
        facts |= {"options": self._options()} if self.kind in WITH_OPTIONS else {}
        return whole_numbers(facts)

    def _levels(self) -> list[editing.Document]:
        held = self.held.get("levels", [])
        said = [
            whole_numbers(
                {
                    "value": self.cleaned_data[f"value_{place}"],
                    "name": self.words(f"level_{place}", held_at(held, place).get("name")),
                    "sees": self.words(f"sees_{place}", held_at(held, place).get("sees")),
                }
            )
            for place in range(self.levels)
            if self._said(place)
        ]
        return sorted(said, key=lambda level: float(level["value"]))

    def _options(self) -> list[editing.Document]:
        held = self.held.get("options", [])
        taken = {option["key"] for option in held}
        made: list[tuple[int, editing.Document]] = []
        for place in range(self.options):
            before = held_at(held, place)
            name = self.words(f"option_{place}", before.get("name"))
            if name:
                key = before.get("key") or _fresh(taken, next(iter(name.values())), str(place + 1))
                order = self.cleaned_data[f"place_{place}"]
                made.append((place + 1 if order is None else order, {"key": key, "name": name}))
        return [option for _order, option in sorted(made, key=lambda one: one[0])]

    def _probes(self) -> list[dict[str, str]]:
        held = self.held.get("probes", [])
        said = [self.words(f"probe_{place}", held_at(held, place)) for place in range(self.probes)]
        return [words for words in said if words]


def scale_name(document: editing.Document, key: str) -> str:
    """A scale by its ends: nobody gave it a name."""
    points = read({"sections": [{"items": [{"kind": "scale", "scale": key}]}], "scales": document["scales"]})
    levels = next(points.items()).levels
    if len(levels) < 2:
        return _("A scale without points yet (%(key)s)") % {"key": key}
    facts = {"count": len(levels), "first": levels[0].name, "last": levels[-1].name}
    return _("%(first)s to %(last)s, %(count)s points") % facts


def _fresh(taken: set[str], words: str, otherwise: str) -> str:
    """A key for a new answer, among those of its item alone."""
    key = editing.fresh_key({"sections": [{"key": one} for one in taken]}, words, otherwise)
    taken.add(key)
    return key


def held_at(parts: Any, place: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = parts[place] if place < len(parts) else {}
    return found


def plain(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(value)


def whole_numbers(facts: editing.Document) -> editing.Document:
    """3.0 is kept as 3, as somebody would write it."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in facts.items()
    }
