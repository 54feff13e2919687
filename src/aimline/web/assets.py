"""Static files: hashed and compressed once into STATIC_ROOT, served from there for a year.

Without that step (a test, a first look) pages name the plain files, which are served as they lie in the source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

from aimline.web import looks

# Shipped by packages and named by none of our pages.
UNUSED = ["htmx-2.js", "htmx-4*", "htmax*", "django-htmx.js", "ext", "*.txt"]
STAMP = "sources.sha256"


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names where they were made. Source maps are not looked up: none is shipped."""

    patterns = (("*.css", (r"""(?P<matched>url\(['"]{0,1}\s*(?P<url>.*?)["']{0,1}\))""",)),)

    def stored_name(self, name: str) -> str:
        return str(self.hashed_files.get(self.hash_key(name), name))

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Treat the light sheet like one that lay among the sources."""
        self._save(looks.LIGHT, ContentFile(looks.light().encode()))
        yield from super().post_process({**paths, looks.LIGHT: (self, looks.LIGHT)}, dry_run, **options)


def collect() -> bool:
    """Copy, hash and compress the static files if any has changed; say whether that was needed."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    now = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == now:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED)
    stamp.write_text(now, encoding="ascii")
    return True


def _fingerprint() -> str:
    """Name, size and time of every source file: cheap, and different after every upgrade or edit."""
    # The light sheet changes with the pages too.
    digest = hashlib.sha256(looks.light().encode())
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            digest.update(_line(name, storage).encode())
    return digest.hexdigest()


def _line(name: str, storage: Any) -> str:
    found = Path(storage.path(name)).stat()
    return f"{name} {found.st_size} {found.st_mtime_ns}\n"
