"""The demo district: made once, then served again and again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

from aimline.cli import home
from aimline.cli.serve import run
from aimline.cli.upkeep import bring_up_to_date
from aimline.config import environment
from aimline.core import jobs
from aimline.core.errors import Conflict
from aimline.org.models import Unit
from aimline.students import lake
from examples.district.build import PASSWORD, build

STEPS = {
    "places": "state, districts and schools",
    "people": "about 600 people",
    "students": "about 9,500 students, their attendance and their tests",
    "measures": "measures and three years of numbers",
    "theories": "theories of improvement",
    "tests": "tests and their predictions",
    "charts": "baselines, notes and goals",
    "voices": "what students, staff and families say",
    "figures": "figures counted from student rows, and how much students learned",
}


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), help="Port to listen on (default: AIMLINE_PORT, or 8000)."
)
@click.option("--reset", is_flag=True, help="Throw the demo away and make it anew.")
@click.option("--no-serve", is_flag=True, help="Make the demo and stop.")
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the address and the accounts to this file.",
)
def demo(port: int | None, reset: bool, no_serve: bool, json_file: Path | None) -> None:
    """Make the demo district if it is not there, then serve it.

    What you change stays for the next time. --reset starts over.

    Example: aimline demo --port 8080
    """
    port = port or environment.number("AIMLINE_PORT", 8000)
    if reset:
        _throw_away()
    bring_up_to_date()
    if not _accounts_file().exists():
        _make()
    accounts = json.loads(_accounts_file().read_text(encoding="utf-8"))["accounts"]
    _tell(accounts, port, json_file)
    if not no_serve:
        connections.close_all()
        run(port)


def _accounts_file() -> Path:
    return Path(settings.HOME) / "demo.json"


def _make() -> None:
    if Unit.objects.exists():
        raise Conflict(
            f"The home in {settings.HOME} holds an installation that is not a demo, so nothing was changed. "
            "Name another folder with AIMLINE_HOME."
        )
    click.echo("Making the demo district, which takes about a minute:", err=True)
    made = build(say=_say)
    _say("figures")
    jobs.run_worker(lambda: False, until_idle=True)
    accounts = [
        {
            "id": str(person.pk),
            "name": person.name,
            "role": str(named.role),
            "title": named.title,
            "email": person.email,
            "password": PASSWORD,
        }
        for named, person in made
    ]
    # Written last and in one move: without this file the demo does not count as made.
    draft = _accounts_file().with_suffix(".draft")
    draft.write_text(json.dumps({"accounts": accounts}, indent=1, ensure_ascii=False), encoding="utf-8")
    draft.replace(_accounts_file())


def _say(step: str) -> None:
    click.echo(f"  {STEPS[step]}", err=True)


def _throw_away() -> None:
    """Empty the home of a demo; an installation that is no demo is left alone."""
    bring_up_to_date()
    if not _accounts_file().exists() and Unit.objects.exists():
        raise Conflict(f"The home in {settings.HOME} is not a demo, so it is not reset.")
    with home.alone("migrate"):
        if connection.vendor == "postgresql":
            call_command("flush", interactive=False, verbosity=0)
        connections.close_all()
        _accounts_file().unlink(missing_ok=True)
        for name in ("aimline.sqlite3", "aimline.sqlite3-wal", "aimline.sqlite3-shm"):
            (Path(settings.HOME) / name).unlink(missing_ok=True)
        # What was sent and loaded goes with the catalogue that knew it.
        for folder in (settings.MEDIA_ROOT, lake.address().folder, Path(settings.HOME) / "tmp" / "uploads"):
            shutil.rmtree(folder, ignore_errors=True)


def _tell(accounts: list[dict[str, str]], port: int, json_file: Path | None) -> None:
    url = f"http://{environment.text('AIMLINE_HOST', '127.0.0.1')}:{port}/"
    if json_file:
        told = [{key: account[key] for key in ("name", "role", "email", "password")} for account in accounts]
        json_file.write_text(
            json.dumps({"url": url, "accounts": told}, indent=1, ensure_ascii=False), encoding="utf-8"
        )
    click.echo(
        f"The demo district is ready. Open {url} and pick a person; all share the password “{PASSWORD}”.",
        err=True,
    )
    for account in accounts:
        click.echo(f"  {account['email']:<32} {account['title']}", err=True)
