"""Small checks on the shape of a mapping, each with its sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from aimline.imports.refusals import BadMapping


def expect(holds: bool, words: str) -> None:
    if not holds:
        raise BadMapping(words)


def only(given: Iterable[str], known: Collection[str], place: str) -> None:
    for name in given:
        expect(
            name in known,
            _('%(place)s: "%(name)s" is not known here. Known are: %(known)s.')
            % {"place": place, "name": name, "known": ", ".join(known)},
        )


def table_of(given: Mapping[str, Any], name: str, place: str) -> dict[str, Any]:
    value = given.get(name, {})
    expect(isinstance(value, dict), _("%(place)s: %(name)s is a table.") % {"place": place, "name": name})
    return dict(value)


def text_of(given: Mapping[str, Any], name: str, place: str) -> str:
    value = given.get(name, "")
    expect(
        isinstance(value, str), _("%(place)s: %(name)s is text in quotes.") % {"place": place, "name": name}
    )
    return str(value)


def texts_of(given: Mapping[str, Any], name: str, place: str) -> list[str]:
    value = given.get(name, [])
    fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    expect(fits, _("%(place)s: %(name)s is a list of texts.") % {"place": place, "name": name})
    return list(value)
