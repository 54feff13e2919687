"""What a device needs to know of us: who is signed in, which files it keeps, and whether they have changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from aimline.instruments.models import Collection
from aimline.people.models import Person
from aimline.web import looks

WEB = Path(__file__).resolve().parents[1]
SCRIPTS = "aimline/js/field"
WORKER = f"{SCRIPTS}/worker.js"
PICTURES = ("mark.svg", "check.svg", "chevron.svg", "radio.svg")
FONTS = ("latin-ext-wght-normal", "latin-wght-italic", "latin-wght-normal", "vietnamese-wght-normal")


def files() -> list[str]:
    """The addresses of all that a page of this room loads."""
    names = [
        *(f"aimline/img/{name}" for name in PICTURES),
        *(f"vendor/fonts/hanken-grotesk-{name}.woff2" for name in FONTS),
    ]
    # Scripts name each other by their plain names, so they are kept under those.
    return [
        *looks.addresses(),
        *map(static, names),
        *(f"{static_folder()}{path.name}" for path in _scripts()),
    ]


def static_folder() -> str:
    """The folder of the scripts as the browser sees it."""
    return static(f"{SCRIPTS}/").rstrip("/") + "/"


def worker_script() -> str:
    found = finders.find(WORKER)
    return Path(str(found)).read_text(encoding="utf-8")


def stamp(person: Person, collections: Iterable[Collection]) -> str:
    """Another one than before, and what a device keeps has to be fetched anew."""
    facts = [
        _of_files(),
        *files(),
        str(get_language()),
        str(person.pk),
        *(f"{one.code} {one.version}" for one in collections),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def lock_of(person: Person) -> str:
    """What opens this person's forms on a device where they were locked. Only the person, signed in, is told."""
    return salted_hmac("aimline.web.field", str(person.pk), algorithm="sha256").hexdigest()


@cache
def _of_files() -> str:
    digest = hashlib.sha256(version("aimline").encode())
    pages = [
        path for room in ("field", "answering/items") for path in (WEB / "templates" / room).glob("*.html")
    ]
    sheets = [Path(str(finders.find(name))) for name in looks.SHEETS]
    for path in [*_scripts(), *sorted(pages), *sheets]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _scripts() -> list[Path]:
    folder = WEB / "static" / SCRIPTS
    return sorted(path for path in folder.glob("*.js") if path.name != "worker.js")
