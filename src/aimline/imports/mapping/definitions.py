"""The measures a mapping defines in case they are not held yet, with the days on which their lines start anew."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.imports.mapping.model import NewMeasure, NewPhase
from aimline.imports.mapping.shape import expect, only, text_of
from aimline.imports.refusals import BadMapping
from aimline.measures.models import Better, ChartKind, MeasureKind, Rhythm, Scale
from aimline.measures.periods import parse_period

_MEASURE = ("code", "name", "kind", "better", "unit", "definition", "chart", "rhythm", "used_by", "phases")
_PHASE = ("starts", "name", "why")
_CHOICES = {
    "kind": MeasureKind.values,
    "better": Better.values,
    "unit": Scale.values,
    "chart": ChartKind.values,
    "rhythm": Rhythm.values,
}


def parse_measures(given: object) -> tuple[NewMeasure, ...]:
    tables = isinstance(given, list) and all(isinstance(each, dict) for each in given)
    expect(tables, _("[[measures]] are tables, each with double brackets."))
    measures = tuple(_measure(each) for each in given) if isinstance(given, list) else ()
    codes = [measure.code for measure in measures]
    expect(len(set(codes)) == len(codes), _("[[measures]]: each code may be defined once."))
    return measures


def _measure(given: dict[str, Any]) -> NewMeasure:
    code = text_of(given, "code", "[[measures]]").strip()
    place = f"[[measures]] {code}".strip()
    only(given, _MEASURE, place)
    facts = {name: text_of(given, name, place).strip() for name in _MEASURE if name != "phases"}
    for name in ("code", "name", "kind", "unit"):
        expect(bool(facts[name]), _("%(place)s: %(name)s is missing.") % {"place": place, "name": name})
    for name, choices in _CHOICES.items():
        expect(
            facts[name] in {"", *choices},
            _("%(place)s: %(name)s is one of %(choices)s.")
            % {"place": place, "name": name, "choices": ", ".join(choices)},
        )
    more = {name: facts[name] for name in ("chart", "rhythm", "used_by") if facts[name]}
    return NewMeasure(
        code=code,
        name=facts["name"],
        kind=facts["kind"],
        better=facts["better"],
        unit=facts["unit"],
        definition=facts["definition"],
        facts=more,
        phases=_phases(given.get("phases", []), place),
    )


def _phases(given: object, place: str) -> tuple[NewPhase, ...]:
    tables = isinstance(given, list) and all(isinstance(each, dict) for each in given)
    expect(tables, _("%(place)s: phases are tables: [[measures.phases]].") % {"place": place})
    return tuple(_phase(each, place) for each in given) if isinstance(given, list) else ()


def _phase(given: dict[str, Any], place: str) -> NewPhase:
    only(given, _PHASE, f"{place} phases")
    name = text_of(given, "name", place).strip()
    expect(bool(name), _("%(place)s: a phase needs a name.") % {"place": place})
    try:
        starts = parse_period(str(given.get("starts", ""))).starts_on
    except Invalid as error:
        raise BadMapping(
            _("%(place)s: the phase %(name)s: %(error)s") % {"place": place, "name": name, "error": error}
        ) from error
    return NewPhase(starts, name, text_of(given, "why", place).strip())
