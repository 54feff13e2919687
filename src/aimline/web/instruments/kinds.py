"""The kinds of items in words: what each asks, what it is good for, and the icon it wears."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from aimline.instruments.form import ItemKind


@dataclass(frozen=True, slots=True)
class Kind:
    key: ItemKind
    name: object
    icon: str
    hint: object


KINDS = {
    kind.key: kind
    for kind in (
        Kind(ItemKind.SCALE, _("Scale"), "points", _("Agreement, how often, how much.")),
        Kind(ItemKind.CHOICE, _("One of a list"), "target", _("Exactly one answer.")),
        Kind(ItemKind.CHOICES, _("Several of a list"), "tick", _("All answers that fit.")),
        Kind(ItemKind.YES_NO, _("Yes or no"), "check", _("A look-for: seen or not.")),
        Kind(ItemKind.TEXT, _("Own words"), "text", _("An answer in one's own words.")),
        Kind(ItemKind.NUMBER, _("Number"), "number", _("A count or a time.")),
        Kind(ItemKind.RUBRIC, _("Rubric row"), "lines", _("Which level describes what one saw.")),
        Kind(ItemKind.MATRIX, _("Grid"), "table", _("The same scale for several rows.")),
        Kind(ItemKind.TALLY, _("Tally"), "tally", _("What happens, counted or moment by moment.")),
        Kind(ItemKind.NOTES, _("Timed notes"), "clock", _("What one sees and hears, with the time.")),
        Kind(ItemKind.PHOTO, _("Photo"), "photo", _("A picture of work, never of a face.")),
    )
}
