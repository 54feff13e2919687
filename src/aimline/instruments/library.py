"""The instruments that come with Aimline: one file each, free to use, to change and to pass on."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from aimline.core.words import Words
from aimline.instruments.form import Form, read, settled
from aimline.instruments.models import AnsweredBy, Purpose


@dataclass(frozen=True, slots=True)
class Offered:
    key: str
    version: int
    place: int
    purpose: Purpose
    answered_by: AnsweredBy
    minutes: int
    document: dict[str, Any]
    form: Form

    @property
    def name(self) -> Words:
        return self.form.name


@cache
def offered() -> tuple[Offered, ...]:
    """Every instrument of the library, in the order of their places; read once for each process."""
    folder = files("aimline").joinpath("library", "instruments")
    found = [
        _offered(path.name.removesuffix(".toml"), tomllib.loads(path.read_text("utf-8")))
        for path in folder.iterdir()
        if path.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda one: (one.place, one.key)))


def find(key: str) -> Offered | None:
    return next((one for one in offered() if one.key == key), None)


def _offered(key: str, given: dict[str, Any]) -> Offered:
    return Offered(
        key=key,
        version=given["version"],
        place=given["place"],
        purpose=Purpose(given["purpose"]),
        answered_by=AnsweredBy(given["answered_by"]),
        minutes=given["minutes"],
        document=settled({name: given[name] for name in DOCUMENT if name in given}),
        form=read(given),
    )


# The parts of a file that are the instrument itself; the rest says where the library keeps it.
DOCUMENT = ("languages", "name", "lead", "guide", "scales", "sections", "constructs")
