"""The items of a form as they are drawn, one frozen fact each, and what a sent form says about them.

`fields` makes what `answering/items/<kind>.html` draws; `read` turns what was sent into the answers that `save` and
`finish` take. A control is named `q.` and the key of its item; parts of it have a further name: a row of a matrix or a
code of a tally `q.key.row`, an interval `q.key.3`, a note `q.key.3.text`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from aimline.core.words import Words
from aimline.instruments.answers import LONGEST_TEXT, UNSAID
from aimline.instruments.form import Condition, Item, ItemKind, code_of

# Rows to write in that a page without script offers beyond those that are filled.
SPARE_NOTES = 3
SPARE_MOMENTS = 5
MOST_MOMENTS = 120
# Short answers stand side by side where many items share a page.
SIDE_BY_SIDE, SHORT, ONE_LINE = 5, 14, 40


@dataclass(frozen=True, slots=True)
class Asking:
    """How a form is put: in which language, on one page or item by item, and whether one may decline."""

    # The language of the questions, and that of our own words around them.
    language: str
    chrome: str
    # Minutes it takes: so many moments a tally has.
    minutes: int = 5
    declines: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    sees: str = ""
    checked: bool = False
    # It declines an answer: drawn apart, in our words.
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a matrix, a code or a moment of a tally."""

    name: str
    label: str
    value: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def in_a_row(self) -> bool:
        """Whether all choices fit beside each other; else they hide in a list."""
        return sum(len(choice.label) for choice in self.choices) <= ONE_LINE


@dataclass(frozen=True, slots=True)
class Note:
    name: str
    number: int
    at: str = ""
    text: str = ""
    tags: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Waits:
    """What an item or a section waits for: in words, where both stand on one page, and for the script."""

    only_if: str
    item: str
    until: str


@dataclass(frozen=True, slots=True)
class Field:
    """One item on a page. `lang` is set where its words are in another language than the page's own."""

    kind: str
    key: str
    label: str
    help: str = ""
    lang: str = ""
    chrome: str = ""
    error: str = ""
    value: str = ""
    unit: str = ""
    limits: str = ""
    inputmode: str = ""
    probes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()
    required: bool = False
    whole: bool = False
    side_by_side: bool = False
    waits: Waits | None = None

    @property
    def name(self) -> str:
        return f"q.{self.key}"

    @property
    def id(self) -> str:
        return f"q-{self.key}"

    @property
    def template(self) -> str:
        return f"answering/items/{self.kind}.html"

    @property
    def described_by(self) -> str:
        said = {"help": self.help, "limits": self.limits, "error": self.error}
        return " ".join(f"{self.id}-{what}" for what, text in said.items() if text)

    @property
    def longest(self) -> int:
        return LONGEST_TEXT


def fields(
    items: Sequence[Item],
    answers: Mapping[str, Any],
    asking: Asking,
    errors: Mapping[str, object] | None = None,
) -> list[Field]:
    """The items of one page, with what was answered so far and what is wrong with it."""
    wrong = errors or {}
    near = {item.key: item for item in items}
    return [_field(item, answers.get(item.key), asking, str(wrong.get(item.key, "")), near) for item in items]


def _field(item: Item, answer: Any, asking: Asking, error: str, near: Mapping[str, Item]) -> Field:
    drawn = _drawn(item, answer, asking)
    foreign = asking.language != asking.chrome
    return Field(
        kind=item.kind.value,
        key=item.key,
        label=_said(item.ask, asking),
        help=_said(item.help, asking),
        lang=asking.language if foreign else "",
        chrome=asking.chrome if foreign else "",
        error=error,
        unit=_said(item.unit, asking),
        limits=_limits(item),
        probes=tuple(_said(probe, asking) for probe in item.probes),
        required=item.required,
        whole=asking.whole,
        side_by_side=asking.whole and _fits(drawn.get("choices", ())),
        waits=waits(item.shown_when, asking, near),
        **drawn,
    )


def _drawn(item: Item, answer: Any, asking: Asking) -> dict[str, Any]:
    """The controls of an item."""
    if item.kind in (ItemKind.TEXT, ItemKind.NUMBER):
        value = "" if answer in (None, UNSAID) else code_of(answer)
        mode = "decimal" if item.kind is ItemKind.NUMBER else ""
        return {"value": value, "inputmode": mode, "choices": _soft(item, answer, asking)}
    if item.kind is ItemKind.MATRIX:
        return {"parts": _matrix(item, answer, asking)}
    if item.kind is ItemKind.TALLY:
        return {"parts": _moments(item, answer, asking) if item.every else _counts(item, answer, asking)}
    if item.kind is ItemKind.NOTES:
        return {"notes": _notes(item, answer, asking)}
    if item.kind is ItemKind.PHOTO:
        return {"choices": tuple(Choice(one, "", checked=True) for one in listed(answer) if one)}
    return {"choices": (*_choices(item, answer, asking), *_soft(item, answer, asking))}


def _choices(item: Item, answer: Any, asking: Asking) -> tuple[Choice, ...]:
    said = {code_of(one) for one in listed(answer)}
    if item.kind is ItemKind.MATRIX and not item.levels:
        # A draft whose scale is still to be chosen: its rows are no answers.
        return ()
    if item.kind is ItemKind.YES_NO:
        offered = [("yes", _("Yes"), ""), ("no", _("No"), "")]
    elif item.levels:
        offered = [
            (level.code, _said(level.name, asking), _said(level.sees, asking)) for level in item.levels
        ]
    else:
        offered = [(option.key, _said(option.name, asking), "") for option in item.options]
    return tuple(Choice(value, label, sees, value in said) for value, label, sees in offered)


def _soft(item: Item, answer: Any, asking: Asking) -> tuple[Choice, ...]:
    """What declines an answer, where that is offered."""
    label = _way_out(item, asking)
    return (Choice(UNSAID, label, checked=UNSAID in listed(answer), soft=True),) if label else ()


def _way_out(item: Item, asking: Asking) -> str:
    if item.unsure and asking.declines:
        return _("I do not know, or I prefer not to answer")
    if item.unsure:
        return _("I could not tell")
    return _("I prefer not to answer") if asking.declines else ""


def _matrix(item: Item, answer: Any, asking: Asking) -> tuple[Part, ...]:
    rows = answer if isinstance(answer, dict) else {}
    # Declined as a whole, it is declined in each row.
    otherwise = UNSAID if answer == UNSAID else None
    return tuple(
        Part(
            f"q.{item.key}.{row.key}",
            _said(row.name, asking),
            choices=(
                *_choices(item, rows.get(row.key), asking),
                *_soft(item, rows.get(row.key, otherwise), asking),
            ),
        )
        for row in item.options
    )


def _counts(item: Item, answer: Any, asking: Asking) -> tuple[Part, ...]:
    counted = answer if isinstance(answer, dict) else {}
    return tuple(
        Part(f"q.{item.key}.{each.key}", _said(each.name, asking), code_of(counted.get(each.key, "")))
        for each in item.options
    )


def _moments(item: Item, answer: Any, asking: Asking) -> tuple[Part, ...]:
    codes = listed(answer)
    every = item.every or 1
    many = max(min(ceil(asking.minutes * 60 / every), MOST_MOMENTS), len(codes) + SPARE_MOMENTS)
    return tuple(
        Part(
            f"q.{item.key}.{number}",
            item.moment(number),
            choices=_choices(item, codes[number] if number < len(codes) else None, asking),
        )
        for number in range(many)
    )


def _notes(item: Item, answer: Any, asking: Asking) -> tuple[Note, ...]:
    held = [one for one in listed(answer) if isinstance(one, dict)]
    return tuple(
        Note(
            f"q.{item.key}.{number}",
            number + 1,
            str(note.get("at", "")),
            str(note.get("text", "")),
            _choices(item, note.get("tag"), asking),
        )
        for number, note in enumerate([*held, *({} for _spare in range(SPARE_NOTES))])
    )


def _said(words: Words, asking: Asking) -> str:
    return words.written_in(asking.language)


def _limits(item: Item) -> str:
    if item.kind is not ItemKind.NUMBER:
        return ""
    facts = {
        "least": "" if item.least is None else f"{item.least:g}",
        "most": "" if item.most is None else f"{item.most:g}",
    }
    if item.least is not None and item.most is not None:
        return _("A number from %(least)s to %(most)s.") % facts
    if item.least is not None:
        return _("A number from %(least)s on.") % facts
    return _("A number up to %(most)s.") % facts if item.most is not None else ""


def waits(when: Condition | None, asking: Asking, near: Mapping[str, Item]) -> Waits | None:
    return Waits(_only_if(when, asking, near), f"q.{when.item}", " ".join(when.answers)) if when else None


def _only_if(when: Condition, asking: Asking, near: Mapping[str, Item]) -> str:
    other = near.get(when.item)
    if other is None:
        return ""
    named = [one.label for one in _choices(other, None, asking) if one.value in when.answers]
    facts = {"question": _said(other.ask, asking), "answers": ", ".join(named)}
    return _("Only where the answer to “%(question)s” is: %(answers)s.") % facts


def _fits(choices: Sequence[Choice]) -> bool:
    short = all(len(one.label) <= SHORT and not one.sees for one in choices if not one.soft)
    return 0 < len(choices) <= SIDE_BY_SIDE and short


def listed(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [answer]


def read(items: Iterable[Item], data: QueryDict) -> dict[str, Any]:
    """What was sent about these items, pictures aside; None for what was left empty."""
    return {item.key: _read(item, data) for item in items if item.kind is not ItemKind.PHOTO}


def _read(item: Item, data: QueryDict) -> Any:
    name = f"q.{item.key}"
    if item.kind is ItemKind.MATRIX:
        return _by_part(item, data)
    if item.kind is ItemKind.TALLY:
        return _moments_sent(name, data) if item.every else _by_part(item, data)
    if item.kind is ItemKind.NOTES:
        return _notes_sent(name, data)
    said = [one for one in map(_clean, data.getlist(name)) if one.strip()]
    # Whoever declines takes back what stands beside it.
    if UNSAID in said:
        return UNSAID
    return (said if item.kind is ItemKind.CHOICES else said[-1]) if said else None


def _by_part(item: Item, data: QueryDict) -> dict[str, str] | None:
    said = {option.key: _clean(data.get(f"q.{item.key}.{option.key}", "")) for option in item.options}
    return {key: value for key, value in said.items() if value.strip()} or None


def _moments_sent(name: str, data: QueryDict) -> list[str] | None:
    """A code for each moment up to the last that has one; one that was left out stays blank and in its place."""
    said = [_clean(data.get(f"{name}.{number}", "")) for number in range(MOST_MOMENTS + SPARE_MOMENTS)]
    last = max((number for number, one in enumerate(said, 1) if one), default=0)
    return said[:last] or None


def _notes_sent(name: str, data: QueryDict) -> list[dict[str, str]] | None:
    numbers = sorted(
        {int(part) for key in data if key.startswith(f"{name}.") and (part := key.split(".")[2]).isdecimal()}
    )
    notes = [
        {fact: _clean(data.get(f"{name}.{number}.{fact}", "")) for fact in ("at", "text", "tag")}
        for number in numbers
    ]
    return [note for note in notes if note["text"].strip()] or None


def _clean(text: str) -> str:
    return text.replace("\x00", "")
