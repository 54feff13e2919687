"""Lists that every room adds to: what the search finds, and how records join into the throughline.

Each room registers in its `AppConfig.ready()`; readers on higher floors go through the list and know no room by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of record that people search for and link to."""

    model: type[models.Model]
    name: Callable[[], str]
    search: tuple[str, ...]
    title: str
    url_name: str
    view_act: str


_nouns: dict[str, Noun] = {}


def register(noun: Noun) -> None:
    _nouns[noun.model._meta.label] = noun


def nouns() -> list[Noun]:
    return list(_nouns.values())
