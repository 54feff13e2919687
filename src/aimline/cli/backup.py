"""Backup and restore: the whole home in one checked file, and back, all or nothing."""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import click

from aimline.cli import archive, home
from aimline.core.errors import Conflict, Unreadable

# What a home keeps besides the database and the lake. Logs and scratch files stay behind.
KEPT = ("secrets", "media", "demo.json")
# Folders that nobody but the owner may read; a tar does not keep how they were.
CLOSED = ("secrets", "lake")
PASSPHRASE = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File whose first line is the passphrase that seals the backup.",
)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@PASSPHRASE
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Put the whole home into FILE, also while it is being served.

    The file holds everything, keys included: keep it as safe as the home itself, or seal it with a passphrase.

    Example: aimline backup /srv/backups/monday.aimline --passphrase-file /etc/aimline/passphrase
    """
    content = importlib.import_module("aimline.cli.content")
    with tempfile.TemporaryDirectory(dir=home.scratch()) as scratch:
        folder = Path(scratch) / "home"
        lake_copies = importlib.import_module("aimline.cli.lake_copies")
        with lake_copies.standing_still():
            counts = content.dump(folder / "content")
            lake_copies.copy(folder / "lake")
        for name in KEPT:
            _copy(home.folder() / name, folder / name)
        facts = {"version": version("aimline"), "migrations": content.migrations(), "rows": counts}
        archive.write(file, folder, facts, _passphrase(passphrase_file))
    click.echo(f"{file}: {sum(counts.values())} rows, {file.stat().st_size} bytes")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@PASSPHRASE
def restore(file: Path, passphrase_file: Path | None) -> None:
    """Make a home from FILE, in a folder that is empty or not there.

    Everyone signs in anew afterwards. Check the audit log then: aimline audit verify.

    Example: aimline restore /srv/backups/monday.aimline
    """
    target = home.folder()
    if _holds_something(target):
        raise Conflict(
            f"{target} is not empty, so nothing was restored. Name another folder with AIMLINE_HOME."
        )
    with tempfile.TemporaryDirectory(dir=home.scratch(), prefix="restore-") as scratch:
        made = Path(scratch)
        manifest = archive.unpack(file, made, _passphrase(passphrase_file))
        _fill_database(made, manifest)
        importlib.import_module("aimline.cli.lake_copies").move_out(made, made)
        shutil.rmtree(made / "content")
        (made / archive.MANIFEST).unlink()
        _move_in(made, target)
    click.echo(f"{target}: {sum(manifest['rows'].values())} rows restored")


def _passphrase(file: Path | None) -> str | None:
    if file is None:
        return None
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].strip():
        raise click.UsageError(f"The passphrase file {file} is empty.")
    return lines[0].strip()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.exists():
        shutil.copy2(source, target)


def _holds_something(folder: Path) -> bool:
    """A restore that was killed leaves scratch files alone, so those do not count."""
    return folder.exists() and any(path.name not in {"tmp", "logs"} for path in folder.iterdir())


def _fill_database(made: Path, manifest: dict[str, object]) -> None:
    # The settings read their secrets from the home, so Django starts only now, over what was unpacked.
    os.environ["AIMLINE_HOME"] = str(made)
    os.environ["DJANGO_SETTINGS_MODULE"] = "aimline.config.settings"
    importlib.import_module("django").setup()
    content = importlib.import_module("aimline.cli.content")
    lake_copies = importlib.import_module("aimline.cli.lake_copies")
    lake_copies.check(made / "lake", made / "content")
    lake_copies.expect_room(made)
    management = importlib.import_module("django.core.management")
    connections = importlib.import_module("django.db").connections
    management.call_command("migrate", interactive=False, verbosity=0)
    if content.migrations() != manifest["migrations"]:
        raise Unreadable(
            f"The backup was made by version {manifest['version']}, whose tables differ from this version's. "
            "Restore it with that version, then upgrade. Nothing was restored."
        )
    content.load(made / "content")
    connections.close_all()


def _move_in(made: Path, target: Path) -> None:
    # The database comes last: a home counts as made only when it is there.
    for path in sorted(made.iterdir(), key=lambda path: path.name.startswith("aimline.sqlite3")):
        if path.name not in {"tmp", "logs"}:
            if path.name in CLOSED:
                _close_to_others(path)
            path.rename(target / path.name)


def _close_to_others(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
