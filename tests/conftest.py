"""Every test runs in a home of its own, on SQLite, or on the server named by AIMLINE_DATABASE_URL."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.utils import translation

from aimline.cli.messages import compile_stale

ROOT = Path(__file__).resolve().parents[1]
HOME = Path(tempfile.mkdtemp(prefix="aimline-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

# No setting of the person who runs the tests may reach them; the database is the one thing that can be chosen.
for name in [name for name in os.environ if name.startswith("AIMLINE_")]:
    if name not in {"AIMLINE_DATABASE_URL", "AIMLINE_CHROMIUM"}:
        del os.environ[name]
os.environ["AIMLINE_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "aimline.config.settings"

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every client of a test has a handler of its own; it looks a file up when asked instead of listing them all first.
settings.WHITENOISE_AUTOREFRESH = True
settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
django.setup()
compile_stale()

# The world of named people; it overrides the making of the test database, so it is imported as a plugin would be.
from tests.homes import home, made_home  # noqa: E402, F401
from tests.world import django_db_setup, world  # noqa: E402, F401

NEEDS_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "world"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--only-database", action="store_true", help="leave out the tests that never touch the database"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--only-database"):
        return
    chosen = [item for item in items if _touches_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def _touches_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & NEEDS_DATABASE)


def pytest_collection_finish() -> None:
    # What was loaded stays, so the collector need not go through it again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture
def swept_uploads() -> Iterator[Path]:
    """What a test sends lies on the disk, where no transaction takes it back; the folder, less what was there."""
    folder = HOME / "tmp" / "uploads"
    before = set(folder.glob("*"))
    yield folder
    for path in set(folder.glob("*")) - before:
        path.unlink()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A test begins in English, whatever language the one before ended in."""
    with translation.override("en"):
        yield
