"""Is this the shape of an instrument file? Each fault with its place in the file and what to write instead.

A file that has this shape can still lack words or levels: `checks` says what is missing before it is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from aimline.instruments.form import By, ItemKind
from aimline.instruments.models import AnsweredBy, Purpose

LONGEST_TEXT, LONGEST_KEY, MOST_LANGUAGES = 20_000, 60, 30
MOST_SECTIONS, MOST_ITEMS, MOST_OPTIONS = 60, 300, 100
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
KEY = r"^[A-Za-z0-9][A-Za-z0-9_-]*$"


def _clean(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("unseen", "holds a character that cannot be kept")
    return text


Text = Annotated[str, Field(max_length=LONGEST_TEXT), AfterValidator(_clean)]
Key = Annotated[str, Field(pattern=KEY, max_length=LONGEST_KEY)]
# A row of a matrix or a code of a tally stands behind a dot.
Reference = Annotated[
    str, Field(pattern=KEY.replace("$", r"(\.[A-Za-z0-9_-]+)?$"), max_length=2 * LONGEST_KEY)
]
Language = Annotated[str, Field(pattern=LANGUAGE, max_length=20)]
Words = Annotated[dict[Language, Text], Field(max_length=MOST_LANGUAGES)]
Number = Annotated[float, Field(allow_inf_nan=False, ge=-1e9, le=1e9)]
References = Annotated[list[Reference], Field(max_length=MOST_ITEMS)]


class _Part(BaseModel):
    # A name that is not known is a slip of the pen, and what stands behind it would be lost in silence.
    model_config = ConfigDict(extra="forbid", strict=True, use_enum_values=True)


class _Level(_Part):
    value: Number
    name: Words = {}
    sees: Words = {}


class _Scale(_Part):
    points: Annotated[list[_Level], Field(max_length=MOST_OPTIONS)] = []


class _Option(_Part):
    key: Key
    name: Words = {}


class _Condition(_Part):
    item: Key
    answers: Annotated[list[str | int], Field(alias="is", max_length=MOST_OPTIONS)]


class _Item(_Part):
    key: Key
    kind: Annotated[ItemKind, Field(strict=False)]
    ask: Words = {}
    help: Words = {}
    required: bool = False
    unsure: bool = False
    levels: Annotated[list[_Level], Field(max_length=MOST_OPTIONS)] = []
    scale: str = ""
    options: Annotated[list[_Option], Field(max_length=MOST_OPTIONS)] = []
    least: Number | None = None
    most: Number | None = None
    unit: Words = {}
    every: Annotated[int, Field(ge=1, le=86_400)] | None = None
    probes: Annotated[list[Words], Field(max_length=MOST_OPTIONS)] = []
    shown_when: _Condition | None = None
    protected: Annotated[int, Field(ge=0, le=8)] = 0
    # Files of before say a name here.
    group: bool | Annotated[Text, Field(max_length=60)] = False


class _Section(_Part):
    key: Key
    name: Words = {}
    lead: Words = {}
    shown_when: _Condition | None = None
    items: Annotated[list[_Item], Field(max_length=MOST_ITEMS)] = []


class _Construct(_Part):
    key: Key
    name: Words = {}
    means: Words = {}
    items: References = []
    by: Annotated[By, Field(strict=False)] = By.MEAN
    reversed: References = []
    at_least: Number | None = None
    of: References = []
    # Blank where neither end is better.
    better: Literal["up", "down", ""] = "up"


class _File(_Part):
    version: int = 1
    license: Text = ""
    place: int = 0
    purpose: Annotated[Purpose, Field(strict=False)]
    answered_by: Annotated[AnsweredBy, Field(strict=False)]
    minutes: Annotated[int, Field(ge=1, le=600)]
    # In the order in which they are offered; where none are listed, those of the name in its order.
    languages: Annotated[list[Language], Field(max_length=MOST_LANGUAGES)] = []
    name: Words
    lead: Words = {}
    guide: Words = {}
    scales: Annotated[dict[Key, _Scale], Field(max_length=MOST_OPTIONS)] = {}
    sections: Annotated[list[_Section], Field(max_length=MOST_SECTIONS)] = []
    constructs: Annotated[list[_Construct], Field(max_length=MOST_OPTIONS)] = []


def faults(given: Mapping[str, Any]) -> list[str]:
    """Every fault of a file as it was read, each in a sentence that begins with its place."""
    try:
        _File.model_validate(given)
    except ValidationError as error:
        return [f"{_where(fault)}: {_what(fault)}" for fault in error.errors(include_url=False)]
    return []


def _where(fault: ErrorDetails) -> str:
    """The way to it in the file's own words: sections 2 > items 1 > ask. Entries of a list are counted from 1."""
    said: list[str] = []
    for step in fault["loc"]:
        if isinstance(step, int) and said:
            said[-1] = f"{said[-1]} {step + 1}"
        elif step != "[key]":
            said.append(str(step))
    return " > ".join(said)[:200]


def _what(fault: ErrorDetails) -> str:
    facts = fault.get("ctx", {})
    choices = _("Write one of these: %(names)s.") % {"names": facts.get("expected", "")}
    said = {
        "missing": _("This is missing."),
        "extra_forbidden": _("This name is not known here. Look for a slip of the pen."),
        "enum": choices,
        "literal_error": choices,
        "string_type": _("Write text here, in quotes."),
        "bool_type": _("Write true or false here."),
        "dict_type": _('Write the text for each language here, as in { en = "…" }.'),
        "list_type": _("Write a list here, in square brackets."),
        "string_too_long": _("This text is too long; there is room for %(most)s characters.")
        % {"most": facts.get("max_length", "")},
        "too_long": _("There are too many; there is room for %(most)s.")
        % {"most": facts.get("max_length", "")},
        "string_pattern_mismatch": _("Use letters, digits and hyphens only, as in class-size."),
        "unseen": _("It holds a character that cannot be kept."),
    }
    if fault["type"].startswith(("float", "int", "greater", "less", "finite")):
        return _("Write a number here that is neither too small nor too large.")
    return said.get(fault["type"], _("This cannot be read. Compare it with a file of the library."))
