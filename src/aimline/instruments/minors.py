"""What has to be settled before minors are asked: the areas the law protects, families told, consent held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.instruments.form import Form
from aimline.instruments.models import Collection

# Families hear of it this long before, with the days and a way to say no.
NOTICE = timedelta(days=10)
AREAS = {
    1: gettext_lazy("political views of the student or the family"),
    2: gettext_lazy("mental or psychological problems"),
    3: gettext_lazy("sexual behavior or attitudes"),
    4: gettext_lazy("illegal, self-incriminating or demeaning behavior"),
    5: gettext_lazy("judgments about close family members"),
    6: gettext_lazy("privileged relations, as with doctors or ministers"),
    7: gettext_lazy("religious practices or beliefs"),
    8: gettext_lazy("income"),
}


def areas_in(form: Form) -> list[int]:
    return sorted({item.protected for item in form.items()} - {0})


def in_the_way(collection: Collection) -> list[str]:
    """What keeps a collection from being opened, each in a sentence; nothing where adults are asked."""
    if not collection.edition.instrument.for_minors:
        return []
    return list(_in_the_way(collection, areas_in(collection.edition.form)))


def _in_the_way(collection: Collection, areas: list[int]) -> Iterator[str]:
    needs_consent = bool(areas) and collection.federally_funded and collection.required
    if needs_consent and not collection.consent_kept:
        yield _(
            "It asks minors about protected areas, must be answered and is paid with federal money: "
            "written consent of every family is needed first."
        )
    if areas and not needs_consent and not _told_in_time(collection.families_told_on, collection.opens_on):
        yield _(
            "It asks minors about protected areas. Families must be told at least ten days before, "
            "with the days and a way to say no."
        )


def _told_in_time(told: date | None, opens: date) -> bool:
    return told is not None and told + NOTICE <= opens
