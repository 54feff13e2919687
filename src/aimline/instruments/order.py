"""The order in which somebody would write the names of an instrument: a database keeps them in another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_NAMES = (
    *("version", "license", "place", "purpose", "answered_by", "minutes", "languages"),
    *("key", "kind", "scale", "value", "item", "is", "name", "sees", "lead", "ask", "help", "guide", "means"),
    *("required", "unsure", "group", "protected", "every", "least", "most", "unit", "shown_when"),
    *("levels", "options", "probes", "points", "items", "reversed", "by", "at_least", "of", "better"),
    *("scales", "sections", "constructs"),
)


def arranged(given: Any, languages: Sequence[str]) -> Any:
    """Put every name of a document in its place; languages in their own order, names that are not known at the end."""
    if isinstance(given, list):
        return [arranged(each, languages) for each in given]
    if not isinstance(given, dict):
        return given
    places = {name: place for place, name in enumerate([*_NAMES, *languages])}
    names = sorted(given, key=lambda name: (places.get(name, len(places)), name))
    return {name: arranged(given[name], languages) for name in names}
