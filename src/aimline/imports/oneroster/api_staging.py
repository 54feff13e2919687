"""Stage what was read of a OneRoster server: the same checks and rows as for files."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.models import Load, LoadStatus
from aimline.imports.oneroster.findings import Spot
from aimline.imports.oneroster.manifest import Mode
from aimline.imports.oneroster.pull import Fetched, Pull
from aimline.imports.oneroster.sheets import Sheet, to_sheet
from aimline.imports.oneroster.staging import Delivery, take_sheet
from aimline.imports.oneroster.standard import KEY
from aimline.imports.readers.frames import read_frame
from aimline.imports.report import Code
from aimline.imports.staging import Staged
from aimline.org.models import Unit

KIND = "oneroster-api"


def last_read(unit: Unit, source: str, url: str) -> dict[str, str]:
    """Return, by kind of record, up to when changes are held; loads that were taken back do not count."""
    loads = Load.objects.filter(unit=unit, source=source, kind=KIND, status=LoadStatus.LOADED)
    held: dict[str, str] = {}
    for mapping in loads.order_by("created_at").values_list("mapping", flat=True):
        if mapping.get("url") == url:
            held |= mapping.get("newest", {})
    return held


def stage_pull(pull: Pull, staged: Staged) -> Staged:
    """Stage everything that was fetched."""
    delivery = Delivery.begin(staged)
    delivery.has_roles = any(fetched.entity.name == "roles" for fetched in pull.fetched)
    for noun in pull.denied:
        words = _("The key may not read records of this kind, so none was loaded.")
        delivery.findings.note(Spot(noun, value=noun), Code.FORBIDDEN, words)
    users: pl.DataFrame | None = None
    for fetched in pull.fetched:
        sheet = _take(fetched, delivery)
        if sheet.entity.name == "users":
            users = sheet.rows.select(pl.col(KEY).alias("person"))
        elif sheet.entity.name == "roles" and users is not None:
            _end_roles(users, delivery)
    delivery.findings.tell(staged.report)
    return staged


def _take(fetched: Fetched, delivery: Delivery) -> Sheet:
    mode = Mode.DELTA if fetched.is_change else Mode.BULK
    name = "users" if fetched.entity.name == "roles" else fetched.entity.name
    sheet = to_sheet(read_frame(fetched.path), fetched.entity, name, mode, delivery.findings)
    take_sheet(sheet, delivery)
    return sheet


def _end_roles(users: pl.DataFrame, delivery: Delivery) -> None:
    """A user comes with all roles: those of before that are not among them have ended."""
    part = delivery.staged.parts[-1]
    there = part.rows.select("person", "record")
    left = users.join(there, on="person", how="anti").with_columns(record=pl.lit(None, pl.Int64))
    named = pl.concat([there, left.select("person", "record")])
    delivery.staged.parts[-1] = replace(part, within=("person",), named=named)
