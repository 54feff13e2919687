"""The translation catalogues: every visible string, found in the sources and kept with its translation.

Templates and Python files are read by Babel, so no gettext programs are needed. A catalogue lies in
`web/locale/LANGUAGE/LC_MESSAGES/django.po`; the compiled file beside it is made when it is missing or older.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[1]
# The library's sentences are English there and translated here.
DRAWING = PACKAGE.parent / "aimline_analytics" / "drawing"
LOCALE = PACKAGE / "web" / "locale"
LANGUAGES = ["es"]
# The plural and context forms that Babel does not know by itself.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What the drawings ask of a voice.
SAID = {"say": None, "say_count": (1, 2)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd%]|\{(\w*)[^{}]*\}")
PAGES = {".html", ".txt"}
HEADER = """# Translations of Aimline.
# Kept up to date by `aimline messages`; translate the empty ones and leave the placeholders as they are.
"""


@click.command()
@click.option(
    "--check", "check_only", is_flag=True, help="Change nothing; exit 1 if a catalogue is incomplete."
)
def messages(check_only: bool) -> None:
    """Bring the translation catalogues up to date with the sources, and say what is missing.

    Example: aimline messages --check
    """
    faults = [
        fault for language in LANGUAGES for fault in (check(language) if check_only else update(language))
    ]
    for fault in faults:
        click.echo(fault)
    click.echo(f"messages: {len(faults)} to translate or mend" if faults else "messages: complete")
    sys.exit(1 if faults else 0)


def update(language: str) -> list[str]:
    """Merge the strings of the sources into one catalogue; translations are kept, strings not used any more go."""
    catalog, template = held(language), sources()
    # A new date at every run would be the only change in most commits.
    template.creation_date = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    path = catalogue_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_by_file=True, include_lineno=False)
    compile_stale()
    return list(faults_in(catalog))


def check(language: str) -> list[str]:
    """Return what is missing from a catalogue or wrong in it, without changing it."""
    catalog = held(language)
    absent = [row for row in sources() if row.id and catalog.get(row.id, row.context) is None]
    return [*(f"{_place(row)}: not in the catalogue: {_words(row)}" for row in absent), *faults_in(catalog)]


def compile_stale() -> None:
    """Make the compiled catalogues that are missing or older than their source."""
    for language in LANGUAGES:
        source = catalogue_file(language)
        compiled = source.with_suffix(".mo")
        if not source.exists() or (compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime):
            continue
        content = io.BytesIO()
        write_mo(content, held(language))
        draft = compiled.with_name(f"{compiled.name}.{os.getpid()}")
        draft.write_bytes(content.getvalue())
        draft.replace(compiled)


def held(language: str) -> Catalog:
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language, project="Aimline", header_comment=HEADER, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def catalogue_file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def sources() -> Catalog:
    """Return every visible string of the platform, and of the library's drawings."""
    catalog = Catalog(project="Aimline")
    pages = [
        path for folder in PACKAGE.rglob("templates") for path in folder.rglob("*") if path.suffix in PAGES
    ]
    for path in sorted([*PACKAGE.rglob("*.py"), *DRAWING.glob("*.py"), *pages]):
        ours = path.is_relative_to(PACKAGE)
        name = path.relative_to(PACKAGE if ours else PACKAGE.parent).as_posix()
        keywords = KEYWORDS if ours else SAID
        for line, words, comments, context in extract("python", _as_python(path), keywords, ["Translators:"]):
            catalog.add(words, None, [(name, line)], auto_comments=comments, context=context)
    return catalog


def _as_python(path: Path) -> io.BytesIO:
    text = path.read_text(encoding="utf-8")
    if path.suffix in PAGES:
        # What Django makes of a template reads like Python but for the indentation.
        text = "\n".join(line.strip() for line in templatize(text).split("\n"))
    return io.BytesIO(text.encode("utf-8"))


def faults_in(catalog: Catalog) -> Iterator[str]:
    for message in catalog:
        if not message.id:
            continue
        if message.fuzzy or not all(_forms(message.string)):
            yield f"{_place(message)}: not translated: {_words(message)}"
        elif not _placeholders_fit(message):
            yield f"{_place(message)}: other placeholders than the source: {_words(message)}"


def _placeholders_fit(message: Message) -> bool:
    wanted = [_placeholders(form) for form in _forms(message.id)]
    # The form for one thing may say "one" or show the number; the others follow the plural.
    first, *others = [_placeholders(form) for form in _forms(message.string)]
    return first in wanted and all(found == wanted[-1] for found in others)


def _forms(words: str | Sequence[str] | None) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words or ("",))


def _placeholders(words: str) -> list[str]:
    return sorted(match.group() for match in PLACEHOLDER.finditer(words))


def _place(message: Message) -> str:
    return message.locations[0][0] if message.locations else "catalogue"


def _words(message: Message) -> str:
    return repr(_forms(message.id)[0][:90])
