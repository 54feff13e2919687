"""The audit log, for those who run an installation."""

from __future__ import annotations

import sys

import click

from aimline.core import audit as chain


@click.group()
def audit() -> None:
    """The audit log.

    Example: aimline audit verify
    """


@audit.command()
def verify() -> None:
    """Check that no entry was changed, added or taken away.

    Prints the number of entries, or the first that does not hold and exits 1.

    Example: aimline audit verify
    """
    outcome = chain.verify()
    if outcome.broken is not None:
        entry = outcome.broken
        click.echo(f"broken at entry {entry.seq}: {entry.at.isoformat()} {entry.act} {entry.record_kind}")
        sys.exit(1)
    click.echo(outcome.entries)
