"""Making a home: the databases, the secrets and the root unit."""

from __future__ import annotations

import click
from django.db import transaction
from django.utils.text import slugify

from aimline.access.actions import units
from aimline.cli import home
from aimline.cli.upkeep import bring_up_to_date
from aimline.core.errors import Conflict
from aimline.org.models import Unit, UnitKind
from aimline.people.operator import operator


@click.command()
@click.option(
    "--name", required=True, help="What the place is called, for example 'Port Alder Public Schools'."
)
@click.option("--code", help="Its short code (default: from the name).")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in UnitKind]),
    default=UnitKind.DISTRICT.value,
    show_default=True,
)
def init(name: str, code: str | None, kind: str) -> None:
    """Make the databases and the root unit in an empty home (AIMLINE_HOME, ./var by default).

    Example: aimline init --name "Port Alder Public Schools" --code PA
    """
    bring_up_to_date()
    with transaction.atomic():
        if Unit.objects.exists():
            raise Conflict(f"There is already an Aimline home in {home.folder()}. Nothing was changed.")
        boss = operator()
        unit = units.found(boss, boss, name=name, code=code or slugify(name).upper(), kind=UnitKind(kind))
    click.echo(f"{unit.code} {unit.name}")
    click.echo(f"The home is in {home.folder()}. Next: aimline user create, then aimline serve.", err=True)
