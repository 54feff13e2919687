"""What has to be true before pages are served: tables, messages and static files fit this version of the program."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connections

from aimline.cli import home, messages
from aimline.web import assets


def bring_up_to_date() -> None:
    """Compile the messages, gather the static files and apply the migrations, one process at a time."""
    with home.alone("migrate"):
        messages.compile_stale()
        assets.collect()
        call_command("migrate", interactive=False, verbosity=0)
    connections.close_all()
