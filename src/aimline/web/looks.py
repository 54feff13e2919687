"""One small style sheet for pages that are opened on cheap phones and far from any network.

Of the sheets that other pages load, `light` keeps the rules that the pages of `USED_BY` can use. It is made once, when
static files are collected (see `assets`); before that, and in tests, pages load the sheets it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

WEB = Path(__file__).resolve().parent
LIGHT = "aimline/theme/light.css"
# The first points to no file, and the others lie where `light` does: what they point to is found from there.
SHEETS = (
    "vendor/bootstrap.min.css",
    "aimline/theme/1-tokens.css",
    "aimline/theme/2-ground.css",
    "aimline/theme/3-widgets.css",
    "aimline/theme/5-work.css",
    "aimline/theme/6-media.css",
    "aimline/theme/12-answering.css",
    "aimline/theme/16-field.css",
)
USED_BY = (
    "templates/answering/**/*.html",
    "templates/field/**/*.html",
    "templates/ui/**/*.html",
    "static/aimline/js/answering.js",
    "static/aimline/js/field/*.js",
    "icons.py",
    "parts.py",
)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_CLASS = re.compile(r"\.([A-Za-z_][\w-]*)")
# What a rule asks of others, or of one of several, does not say that its own class is there.
_ASIDE = re.compile(r":(?:not|is|where|has)\([^()]*(?:\([^()]*\)[^()]*)*\)")
_NESTED = ("@media", "@supports", "@layer", "@container")
_VARIABLE = re.compile(r"(--bs-[\w-]+):[^;{}]*(?:;|(?=\}))")
_EMPTY = re.compile(r"[^{}]+\{\}")


def addresses() -> list[str]:
    """Where a browser finds the sheets of these pages: one, or those it is made of."""
    return [static(LIGHT)] if is_made() else [static(name) for name in SHEETS]


def is_made() -> bool:
    hashed: dict[str, str] = getattr(staticfiles_storage, "hashed_files", {})
    return LIGHT in hashed


def light() -> str:
    """The sheets as one, without the rules for what no page of `USED_BY` can hold."""
    whole = "".join(Path(str(finders.find(name))).read_text(encoding="utf-8") for name in SHEETS)
    return _without_unused_variables("".join(_kept(_COMMENT.sub("", whole), _words())))


@cache
def _words() -> frozenset[str]:
    """Everything that may be the name of a class: each word of the pages, of their scripts and of what draws icons."""
    texts = (path.read_text(encoding="utf-8") for pattern in USED_BY for path in WEB.glob(pattern))
    return frozenset(word for text in texts for word in _WORD.findall(text))


def _kept(css: str, words: Iterable[str]) -> Iterator[str]:
    for prelude, body in _rules(css):
        if body is None:
            yield f"{prelude};"
        elif prelude.startswith(_NESTED):
            if inner := "".join(_kept(body, words)):
                yield f"{prelude}{{{inner}}}"
        elif prelude.startswith("@"):
            yield f"{prelude}{{{body.strip()}}}"
        elif selectors := [one for one in _several(prelude) if _is_used(one, words)]:
            yield f"{','.join(selectors)}{{{_tight(body)}}}"


def _rules(css: str) -> Iterator[tuple[str, str | None]]:
    """What stands before each block, and the block; no block where the rule ends with a semicolon."""
    place = 0
    while found := re.compile(r"[{;]").search(css, place):
        prelude = " ".join(css[place : found.start()].split())
        if found[0] == ";":
            place = found.end()
            yield prelude, None
            continue
        end = _end_of_block(css, found.end())
        place = end + 1
        yield prelude, css[found.end() : end]


def _end_of_block(css: str, place: int) -> int:
    depth = 1
    for brace in re.compile(r"[{}]").finditer(css, place):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    raise ValueError("a block of a style sheet has no end")


def _several(prelude: str) -> list[str]:
    """The selectors of a rule; a comma within brackets parts nothing."""
    found, depth = [""], 0
    for letter in prelude:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            found.append("")
        else:
            found[-1] += letter
    return [one.strip() for one in found]


def _is_used(selector: str, words: Iterable[str]) -> bool:
    return all(name in words for name in _CLASS.findall(_ASIDE.sub("", selector)))


def _tight(body: str) -> str:
    return ";".join(line.strip() for line in body.split(";") if line.strip())


def _without_unused_variables(css: str) -> str:
    """Of the variables that Bootstrap sets, those that a rule reads, until none more can go."""
    read = set(re.findall(r"var\((--bs-[\w-]+)", css))
    fewer = _VARIABLE.sub(lambda found: found[0] if found[1] in read else "", css)
    return _EMPTY.sub("", css) if fewer == css else _without_unused_variables(fewer)
