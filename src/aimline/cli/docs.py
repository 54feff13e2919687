"""The documentation as a web site: Markdown from `docs/` and the generated reference, in the product's own clothes.

The site is plain files that link to each other and to nothing else, so it can be read from a disk or put anywhere.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import click
from django.contrib.staticfiles import finders
from django.template import Context, Engine
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from aimline.cli import home, reference
from aimline.config import environment
from aimline.core.errors import Conflict, Invalid

ROOT = environment.ROOT
THEME = Path(__file__).with_name("docs_theme")
STYLES = ["vendor/bootstrap.min.css", "aimline/theme/1-tokens.css", "aimline/theme/2-ground.css"]
FILES = ["vendor/fonts", "aimline/img/mark.svg"]
# Pages that lie beside the code, by the place they take in the site.
BESIDE_THE_CODE = {
    "index.md": "README.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "guides/demo-district.md": "examples/README.md",
}
SECTIONS = {
    "": "Start",
    "guides": "Guides",
    "methods": "Methods",
    "reference": "Reference",
    "decisions": "Decisions",
}
MARK = "made-by-aimline-docs"


@dataclass(frozen=True, slots=True)
class Page:
    path: PurePosixPath
    title: str
    html: str

    @property
    def section(self) -> str:
        return "" if self.path.parent == PurePosixPath(".") else self.path.parts[0]

    @property
    def address(self) -> str:
        return str(self.path.with_suffix(".html"))


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to (default: tmp/site of the home).",
)
def docs(out: Path | None) -> None:
    """Build the documentation as a web site of plain files.

    Example: aimline docs --out site
    """
    folder = out or home.folder() / "tmp" / "site"
    build(folder)
    click.echo(folder / "index.html")


def build(folder: Path) -> list[Page]:
    """Write the site into a folder that is new, empty, or held an earlier site."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise Conflict(f"{folder} holds other files, and the site would mix with them. Name an empty folder.")
    pages = [_read(path, text) for path, text in sorted(sources().items())]
    faults = broken_links(pages)
    if faults:
        raise Invalid("The documentation has links that lead nowhere:\n" + "\n".join(faults))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / MARK).touch()
    _write_static(folder / "static")
    shutil.copytree(ROOT / "docs" / "images", folder / "images")
    template = Engine(dirs=[str(THEME)]).get_template("page.html")
    for page in pages:
        target = folder / page.address
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(template.render(Context(_facts(page, pages))), encoding="utf-8")
    return pages


def sources() -> dict[str, str]:
    """Return the Markdown of every page by its path in the site."""
    written = {
        path.relative_to(ROOT / "docs").as_posix(): path.read_text(encoding="utf-8")
        for path in (ROOT / "docs").rglob("*.md")
    }
    beside = {
        name: (ROOT / source).read_text(encoding="utf-8")
        for name, source in BESIDE_THE_CODE.items()
        if (ROOT / source).exists()
    }
    return {**beside, **written, **{f"reference/{name}": text for name, text in reference.pages().items()}}


def _read(path: str, text: str) -> Page:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    place = PurePosixPath(path)
    title = next((after.content for token, after in _pairs(tokens) if token.tag == "h1"), place.stem)
    for token, after in _pairs(tokens):
        if token.type == "heading_open":
            token.attrSet("id", slugify(after.content) or "part")
    for token in tokens:
        for inner in token.children or []:
            if inner.type == "link_open":
                inner.attrSet("href", _to_site(str(inner.attrGet("href") or ""), place))
            elif inner.type == "image":
                inner.attrSet("src", str(inner.attrGet("src") or "").removeprefix("docs/"))
    return Page(
        place, title.replace("`", ""), _scrollable(parser.renderer.render(tokens, parser.options, {}))
    )


def _scrollable(html: str) -> str:
    """Let the keyboard reach what may be wider than the page."""
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<table>", '<div class="docs-wide" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")


def _pairs(tokens: list[Token]) -> list[tuple[Token, Token]]:
    return list(pairwise(tokens))


def _to_site(link: str, page: PurePosixPath) -> str:
    """Turn a link between Markdown files into one between pages."""
    parts = urlsplit(link)
    if parts.scheme or not parts.path.endswith(".md"):
        return link
    path = parts.path
    at_root = {source: name for name, source in BESIDE_THE_CODE.items()}
    # A page beside the code links into docs/; in the site they lie side by side.
    if str(page) in BESIDE_THE_CODE:
        path = at_root.get(path, path.removeprefix("docs/"))
    elif PurePosixPath(path).name in at_root and path.startswith("../"):
        path = "../" * (len(page.parts) - 1) + at_root[PurePosixPath(path).name]
    return parts._replace(path=path.removesuffix(".md") + ".html").geturl()


def broken_links(pages: list[Page]) -> list[str]:
    """Return every link inside the site that leads to no page of it."""
    known = {page.address for page in pages}
    return [
        f"{page.path}: {link}"
        for page in pages
        for link in _links(page.html)
        if not urlsplit(link).scheme and urlsplit(link).path and _resolve(page, link) not in known
    ]


def _links(html: str) -> list[str]:
    return [part.partition('"')[0] for part in html.split('<a href="')[1:]]


def _resolve(page: Page, link: str) -> str:
    parts: list[str] = list(page.path.parent.parts)
    for part in PurePosixPath(urlsplit(link).path).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _facts(page: Page, pages: list[Page]) -> dict[str, Any]:
    up = "../" * (len(page.path.parts) - 1)
    names = [name for name in SECTIONS if any(other.section == name for other in pages)]
    names += sorted({other.section for other in pages} - set(SECTIONS))
    sections = [
        {
            "title": SECTIONS.get(name, name.capitalize()),
            "links": [
                {"title": other.title, "href": up + other.address, "here": other is page}
                for other in sorted(pages, key=lambda other: (other.path.name != "index.md", other.title))
                if other.section == name
            ],
        }
        for name in names
    ]
    return {"page": page, "sections": sections, "up": up, "styles": [*STYLES, "docs.css"]}


def _write_static(folder: Path) -> None:
    for name in [*STYLES, *FILES]:
        source = Path(str(finders.find(name)))
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    shutil.copyfile(THEME / "docs.css", folder / "docs.css")
