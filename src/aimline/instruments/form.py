"""An instrument as people fill it in: sections of items, the scales they are answered on, and what they add up to.

The *document* is the one written shape of it: a library file, what the builder keeps, what an export holds. `read`
turns it into a *form*. It takes a draft that is not finished, too; `checks` says what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aimline.core.words import Words

Document = Mapping[str, Any]
Scales = Mapping[str, tuple["Level", ...]]
Say = Callable[[Mapping[str, str] | None], Words]


class ItemKind(StrEnum):
    RUBRIC = "rubric"
    SCALE = "scale"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes-no"
    NUMBER = "number"
    TALLY = "tally"
    NOTES = "notes"
    TEXT = "text"
    PHOTO = "photo"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class Level:
    """One step to answer with. A rubric says what one sees at it."""

    value: float
    name: Words
    sees: Words = field(default_factory=Words)

    @property
    def code(self) -> str:
        return code_of(self.value)


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    name: Words


@dataclass(frozen=True, slots=True)
class Condition:
    """An item, or a whole section, is shown when an item before it was answered with one of these."""

    item: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    kind: ItemKind
    ask: Words
    help: Words = field(default_factory=Words)
    required: bool = False
    # What is offered beside an answer: "I could not tell" to an observer.
    unsure: bool = False
    # A rubric's rows, or the points of the named scale.
    levels: tuple[Level, ...] = ()
    scale: str = ""
    # Choices; codes of a tally; tags of notes; rows of a matrix.
    options: tuple[Option, ...] = ()
    least: float | None = None
    most: float | None = None
    unit: Words = field(default_factory=Words)
    # A tally with `every` takes one code each so many seconds; without, it counts.
    every: int | None = None
    probes: tuple[Words, ...] = ()
    shown_when: Condition | None = None
    # Which of the eight areas that the law protects it asks minors about; 0 for none.
    protected: int = 0
    # Answers say which group somebody belongs to: grade, home language.
    group: bool = False

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)

    def moment(self, number: int) -> str:
        """When an interval of a tally begins, in minutes and seconds."""
        minutes, seconds = divmod(number * (self.every or 1), 60)
        return f"{minutes}:{seconds:02d}"

    def level(self, value: float) -> Level | None:
        return next((level for level in self.levels if level.value == value), None)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    name: Words
    lead: Words
    items: tuple[Item, ...]
    shown_when: Condition | None = None


class By(StrEnum):
    """How answers become one number."""

    MEAN = "mean"
    SUM = "sum"
    # The share of answers at or above a level, in percent.
    PERCENT = "percent"
    # What some items hold of what others hold, in percent.
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Construct:
    key: str
    name: Words
    means: Words
    # Keys of items; `item.row` for a row of a matrix, `item.code` for a code of a tally.
    items: tuple[str, ...]
    by: By = By.MEAN
    reversed: tuple[str, ...] = ()
    at_least: float | None = None
    of: tuple[str, ...] = ()
    better: str = "up"


@dataclass(frozen=True, slots=True)
class Form:
    name: Words
    lead: Words
    guide: Words
    sections: tuple[Section, ...]
    constructs: tuple[Construct, ...]
    # Those it is written in; the one it was written in first comes first.
    languages: tuple[str, ...] = ()

    def items(self) -> Iterator[Item]:
        for section in self.sections:
            yield from section.items

    def item(self, key: str) -> Item | None:
        return next((item for item in self.items() if item.key == key), None)


def code_of(answer: object) -> str:
    """An answer as a form sends it: 3, not 3.0."""
    return f"{answer:g}" if isinstance(answer, float | int) else str(answer)


def languages_of(document: Document) -> tuple[str, ...]:
    """The languages of a document in the order of its own list; after them, those that its name alone has."""
    named = [language for language, text in document.get("name", {}).items() if text]
    return tuple(dict.fromkeys([*document.get("languages", []), *named]))


def settled(document: Document) -> dict[str, Any]:
    """The document with its languages in a list: nothing keeps the order of the names of an object."""
    return {**document, "languages": list(languages_of(document))}


def read(document: Document) -> Form:
    languages = languages_of(document)

    def say(given: Mapping[str, str] | None) -> Words:
        return Words.of(given, languages)

    scales = {
        key: tuple(_level(point, say) for point in given.get("points", ()))
        for key, given in document.get("scales", {}).items()
    }
    return Form(
        name=say(document.get("name")),
        lead=say(document.get("lead")),
        guide=say(document.get("guide")),
        sections=tuple(_section(given, scales, say) for given in document.get("sections", ())),
        constructs=tuple(_construct(given, say) for given in document.get("constructs", ())),
        languages=languages,
    )


def _section(given: Document, scales: Scales, say: Say) -> Section:
    return Section(
        given.get("key", ""),
        say(given.get("name")),
        say(given.get("lead")),
        tuple(_item(item, scales, say) for item in given.get("items", ())),
        _condition(given.get("shown_when")),
    )


def _item(given: Document, scales: Scales, say: Say) -> Item:
    scale = given.get("scale", "")
    return Item(
        key=given.get("key", ""),
        kind=ItemKind(given["kind"]),
        ask=say(given.get("ask")),
        help=say(given.get("help")),
        required=given.get("required", False),
        unsure=given.get("unsure", False),
        levels=tuple(_level(one, say) for one in given.get("levels", ())) or scales.get(scale, ()),
        scale=scale,
        options=tuple(Option(each["key"], say(each.get("name"))) for each in given.get("options", ())),
        least=given.get("least"),
        most=given.get("most"),
        unit=say(given.get("unit")),
        every=given.get("every"),
        probes=tuple(map(say, given.get("probes", ()))),
        shown_when=_condition(given.get("shown_when")),
        protected=given.get("protected", 0),
        # Editions of before hold a name here, which nobody was shown.
        group=bool(given.get("group")),
    )


def _condition(given: Document | None) -> Condition | None:
    return Condition(given["item"], tuple(map(str, given["is"]))) if given else None


def _level(given: Document, say: Say) -> Level:
    return Level(float(given["value"]), say(given.get("name")), say(given.get("sees")))


def _construct(given: Document, say: Say) -> Construct:
    return Construct(
        key=given["key"],
        name=say(given.get("name")),
        means=say(given.get("means")),
        items=tuple(given.get("items", ())),
        by=By(given.get("by", By.MEAN)),
        reversed=tuple(given.get("reversed", ())),
        at_least=given.get("at_least"),
        of=tuple(given.get("of", ())),
        better=given.get("better", "up"),
    )
