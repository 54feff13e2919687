"""Read a mapping file (TOML). Whatever it says wrong comes back in words, with the place where it stands."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from aimline.imports.mapping.definitions import parse_measures
from aimline.imports.mapping.model import PERIOD_WORDS, SHAPES, FileMapping, Rule, Shape, Source
from aimline.imports.mapping.shape import expect, only, table_of, text_of, texts_of
from aimline.imports.readers.tables import FileOptions
from aimline.imports.refusals import BadMapping

FORMATS = ("csv", "tsv", "fixed", "xlsx")
_TOP = ("kind", "name", "file", "fields", "records", "measures")
_FILE = ("format", "encoding", "delimiter", "sheet", "header", "columns", "blank", "codes", "decimal")
_SOURCE = ("column", "constant", "recode", "other", "default", "format", "type", "id")


def parse_text(text: str, *, kind: str = "") -> FileMapping:
    """Read a mapping; without `kind`, of whatever kind it says it is."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(_("The mapping is not valid TOML: %(error)s.") % {"error": error}) from error
    return parse(content, kind=kind or kind_of(content))


def parse(content: dict[str, Any], *, kind: str) -> FileMapping:
    """Turn the content of a mapping into what it means; `kind` is what is being loaded."""
    only(content, _TOP, _("the mapping"))
    given = kind_of(content)
    if given != kind:
        raise BadMapping(
            _('The mapping says kind = "%(given)s", but you are loading %(kind)s.')
            % {"given": given, "kind": kind}
        )
    expect(kind == "points" or "measures" not in content, _("[[measures]] belong to a mapping of points."))
    file = table_of(content, "file", _("the mapping"))
    shape = SHAPES[kind]
    mapping = FileMapping(
        kind=kind,
        file=_file_options(file),
        blank=frozenset(text.strip() for text in texts_of(file, "blank", "[file]")) | {""},
        codes=_texts(table_of(file, "codes", "[file]"), "[file] codes"),
        rules=_rules(content, shape),
        measures=parse_measures(content.get("measures", [])),
        content=content,
        name=text_of(content, "name", _("the mapping")).strip(),
        decimal=_decimal(file),
    )
    for number, rule in enumerate(mapping.rules, 1):
        _check_rule(rule, number, shape)
    return mapping


def kind_of(content: dict[str, Any]) -> str:
    """Return what a mapping reads: points, assessments or students."""
    kind = text_of(content, "kind", _("the mapping"))
    expect(kind in SHAPES, _("The mapping says no kind: points, assessments or students."))
    return kind


def _file_options(file: dict[str, Any]) -> FileOptions:
    only(file, _FILE, "[file]")
    wanted = text_of(file, "format", "[file]")
    expect(wanted in {"", *FORMATS}, _("[file] format is one of csv, tsv, fixed, xlsx."))
    delimiter = text_of(file, "delimiter", "[file]")
    expect(len(delimiter) <= 1, _("[file] delimiter is one character."))
    sheet = file.get("sheet")
    expect(sheet is None or isinstance(sheet, str | int), _("[file] sheet is a name or a number."))
    return FileOptions(
        format=wanted,
        encoding=text_of(file, "encoding", "[file]"),
        delimiter=delimiter,
        sheet=sheet,
        header=_header(file.get("header")),
        columns=_columns(table_of(file, "columns", "[file]")),
    )


def _decimal(file: dict[str, Any]) -> str:
    given = text_of(file, "decimal", "[file]")
    expect(given in {"", ".", ","}, _('[file] decimal is "." or ",".'))
    return given or "."


def _header(given: object) -> tuple[int, ...] | None:
    if given is None:
        return None
    if given == 0 and isinstance(given, int):
        return ()
    lines = given if isinstance(given, list) else [given]
    whole = [line for line in lines if isinstance(line, int) and not isinstance(line, bool) and line > 0]
    expect(
        len(whole) == len(lines) and bool(lines),
        _("[file] header is a line number, or a list of them; 0 for none."),
    )
    return tuple(sorted(set(whole)))


def _columns(given: dict[str, Any]) -> dict[str, tuple[int, int]]:
    columns: dict[str, tuple[int, int]] = {}
    for name, span in given.items():
        fits = (
            isinstance(span, list) and len(span) == 2 and all(type(part) is int and part > 0 for part in span)
        )
        expect(fits, _("[file] columns: %(name)s is [start, width], both from 1.") % {"name": name})
        columns[name.strip()] = (span[0], span[1])
    return columns


def _rules(content: dict[str, Any], shape: Shape) -> tuple[Rule, ...]:
    shared = _sources(table_of(content, "fields", _("the mapping")), "[fields]", shape)
    records = content.get("records", [])
    tables = isinstance(records, list) and all(isinstance(each, dict) for each in records)
    expect(tables, _("[[records]] are tables, each with double brackets."))
    if not records:
        return (Rule(shared),)
    return tuple(_rule(record, shared, number, shape) for number, record in enumerate(records, 1))


def _rule(record: dict[str, Any], shared: dict[str, Source], number: int, shape: Shape) -> Rule:
    place = f"[[records]] {number}"
    each = text_of(record, "each", place)
    own = _sources({name: value for name, value in record.items() if name != "each"}, place, shape)
    # What stands in braces becomes a field of this record, so it too comes before [fields].
    named = set(_names_in(each))
    return Rule({**{name: source for name, source in shared.items() if name not in named}, **own}, each)


def _sources(fields: dict[str, Any], place: str, shape: Shape) -> dict[str, Source]:
    flat = _flat(fields, place, shape)
    known = (*shape.fields, *(f"{family}.NAME" for family in shape.families))
    only([name for name in flat if not shape.knows(name)], known, place)
    return {name: _source(value, f"{place} {name}") for name, value in flat.items()}


def _flat(fields: dict[str, Any], place: str, shape: Shape) -> dict[str, Any]:
    """Take families apart: TOML reads `attribute.Race = …` as a table within a table."""
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if name in shape.families:
            members = table_of(fields, name, place).items()
            flat.update({f"{name}.{member.strip()}": given for member, given in members})
        else:
            flat[name.strip()] = value
    return flat


def _source(given: object, place: str) -> Source:
    if isinstance(given, str):
        expect(bool(given.strip()), _("%(place)s names no column.") % {"place": place})
        return Source(column=given.strip())
    expect(isinstance(given, dict), _('%(place)s is "Column" or { column = … }.') % {"place": place})
    facts: dict[str, Any] = dict(given) if isinstance(given, dict) else {}
    only(facts, _SOURCE, place)
    expect(
        ("column" in facts) != ("constant" in facts),
        _("%(place)s needs either column or constant.") % {"place": place},
    )
    other, type_ = text_of(facts, "other", place), text_of(facts, "type", place)
    expect(other in {"", "keep"}, _('%(place)s: other can only be "keep".') % {"place": place})
    expect(type_ in {"", "text"}, _('%(place)s: type can only be "text".') % {"place": place})
    return Source(
        column=text_of(facts, "column", place).strip(),
        constant=_plain(facts["constant"], place) if "constant" in facts else None,
        recode=_texts(table_of(facts, "recode", place), f"{place} recode"),
        default=_plain(facts["default"], place) if "default" in facts else None,
        keep_others=other == "keep",
        format=text_of(facts, "format", place),
        as_text=type_ == "text",
        id=text_of(facts, "id", place),
    )


def _plain(value: object, place: str) -> str:
    fits = isinstance(value, str | int | float) and not isinstance(value, bool)
    expect(fits, _("%(place)s: a constant or default is text or a number.") % {"place": place})
    return str(value).strip()


def _texts(given: dict[str, Any], place: str) -> dict[str, str]:
    return {key.strip(): _plain(value, place) for key, value in given.items()}


def _check_rule(rule: Rule, number: int, shape: Shape) -> None:
    """A record needs what its kind cannot do without."""
    made = {*rule.fields, *_names_in(rule.each)}
    place = f"[[records]] {number}" if number > 1 or rule.each else "[fields]"
    for choice in shape.needed:
        fits = any(set(together.split("+")) <= made for together in choice)
        expect(fits, _missing(choice, place))
    period = rule.fields.get("period")
    dated = (
        period is None
        or period.format in {"", *PERIOD_WORDS}
        or "%Y" in period.format
        or "%y" in period.format
    )
    expect(dated, _("%(place)s period: the format needs a year, %%Y or %%y.") % {"place": place})


def _missing(choice: tuple[str, ...], place: str) -> str:
    if len(choice) == 1:
        return _("%(place)s: %(field)s is missing. Every record needs one.") % {
            "place": place,
            "field": choice[0],
        }
    if "level" in choice:
        return _("%(place)s: name a value, a level, or both.") % {"place": place}
    return _("%(place)s: name a value, or a numerator and a denominator.") % {"place": place}


def _names_in(template: str) -> Iterable[str]:
    return (part.partition("}")[0] for part in template.split("{")[1:])
