"""What an installation keeps: for every field how private it is, what it is for, how long it is kept and who sees it.

The words stand in `library/privacy.toml`, the tables and fields come from the models themselves: a field that nobody
has spoken of is left without a class, and a test says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aimline.core.models import Record


class Privacy(StrEnum):
    """How private a field is, from what may stand on a door to what few may ever see."""

    SYSTEM = "system"
    DIRECTORY = "directory"
    RECORD = "record"
    SENSITIVE = "sensitive"


@dataclass(frozen=True, slots=True)
class Entry:
    """One field. `seen` is the act that shows it; blank, nobody but the one who runs the installation sees it."""

    place: str
    table: str
    field: str
    privacy: Privacy | None
    purpose: str | Promise
    kept: str | Promise
    where: str
    seen: str = ""


CLASSES: dict[Privacy, str | Promise] = {
    Privacy.SYSTEM: _("system: ids, settings and counts that say nothing about anybody"),
    Privacy.DIRECTORY: _("directory: what may stand on a door"),
    Privacy.RECORD: _("record: about one person, for those who work with them"),
    Privacy.SENSITIVE: _("sensitive: few may ever see it"),
}
PURPOSES: dict[str, str | Promise] = {
    "accounts": _("To let people sign in, and to show who did what."),
    "rights": _("To let people see what their work needs, and nothing else."),
    "places": _("To know which schools and offices there are, and when school is in."),
    "measures": _("To see whether a change is an improvement."),
    "work": _("To plan, test and judge changes together, and to learn from them."),
    "asking": _("To hear what teachers, students and families say, and to see practice as it is."),
    "judging": _("To say what works and what does not, and to show what each finding rests on."),
    "listening": _("To learn from conversations what numbers do not say, and to protect who said it."),
    "standards": _("To know what students are to learn, and how work is judged."),
    "loads": _("To bring files in, to show what was wrong in them, and to take them back."),
    "catalogue": _("To find the rows about students, and to know where they came from."),
    "trail": _("To prove afterwards who did what."),
    "upkeep": _("To keep the installation running."),
}
KEPT: dict[str, str | Promise] = {
    "moment": _("until the work that wrote it is done"),
    "session": _("12 hours"),
    "undo": _("30 days, as long as a load can be taken back"),
    "account": _("as long as the account"),
    "work": _("as long as the improvement work it is part of"),
    "consent": _("as long as the review it was said for, and no longer than the person agrees"),
    "rows": _("as long as the rows it speaks of"),
    "installation": _("as long as the installation"),
    "always": _("always: it holds ids, never personal text"),
}
DATABASE, LAKE, FILES = "database", "lake", "files"
_EVERYWHERE = frozenset(field.name for field in Record._meta.fields)


@cache
def declared() -> dict[str, dict[str, dict[str, str]]]:
    """Return what the library says of each room's tables, by room and table."""
    return tomllib.loads(files("aimline").joinpath("library", "privacy.toml").read_text("utf-8"))


def classes_in(said: dict[str, str]) -> dict[str, Privacy]:
    """Return the class of each field that is spoken of."""
    return {field: privacy for privacy in Privacy for field in said.get(privacy, "").split()}


def database() -> Iterator[Entry]:
    """Yield every field of every table of the application database."""
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each._meta.label):
        said = declared().get(model._meta.app_label, {}).get(str(model._meta.object_name), {})
        yield from _of_model(model, said, classes_in(said))


def _of_model(
    model: type[models.Model], said: dict[str, str], classes: dict[str, Privacy]
) -> Iterator[Entry]:
    for field in model._meta.fields:
        unspoken = Privacy.SYSTEM if field.name in _EVERYWHERE else None
        privacy = classes.get(field.name, unspoken)
        yield _entry(DATABASE, model._meta.label, field.name, privacy, model._meta.db_table, said)


def kept_files() -> Iterator[Entry]:
    """Yield the folders of the home beside the database and the lake."""
    for name, said in declared()[FILES].items():
        for field, privacy in classes_in(said).items():
            yield _entry(FILES, name, field, privacy, said["where"], said)


def _entry(
    place: str, table: str, field: str, privacy: Privacy | None, where: str, said: dict[str, Any]
) -> Entry:
    purpose, kept = PURPOSES.get(said.get("purpose", ""), ""), KEPT.get(said.get("kept", ""), "")
    return Entry(place, table, field, privacy, purpose, kept, where, said.get("seen", ""))
