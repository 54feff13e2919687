"""Is this an answer to that item? What a person sent, turned into what is kept, or refused in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.instruments.form import Condition, Form, Item, ItemKind, code_of

# What stands for an answer that was declined: "I could not tell", "I prefer not to answer".
UNSAID = "?"
# What stands for a point between digits in other languages; their digits Python reads as they are.
_POINTS = str.maketrans({",": ".", "\u066b": "."})
LONGEST_TEXT = 10_000
MOST_NOTES = 500
MOST_PHOTOS = 12

Answers = Mapping[str, Any]


def checked(form: Form, given: Answers) -> dict[str, Any]:
    """Return the answers as they are kept. Each refusal is named by its item, or by a key that is none."""
    items = {item.key: item for item in form.items()}
    kept: dict[str, Any] = {}
    wrong: dict[str, object] = {}
    for key, answer in given.items():
        item = items.get(key)
        try:
            value = _refuse(_("This question is not part of the form.")) if item is None else of(item, answer)
        except ValueError as error:
            wrong[key] = str(error)
            continue
        if value is not None:
            kept[key] = value
    if wrong:
        raise Invalid(_("Some answers do not fit their question. They are marked below."), fields=wrong)
    return kept


def of(item: Item, answer: Any) -> Any:
    """Return one answer as it is kept; None for no answer. Raises ValueError with the reason in words."""
    if answer is None or answer in ("", [], {}):
        return None
    return UNSAID if answer == UNSAID else _READERS[item.kind](item, answer)


def shown(form: Form, answers: Answers) -> list[Item]:
    """The items this person is asked: what waits for another answer only after it, where that one is asked."""
    asked: dict[str, Item] = {}
    for section in form.sections:
        if not _is_met(section.shown_when, asked, answers):
            continue
        for item in section.items:
            if _is_met(item.shown_when, asked, answers):
                asked[item.key] = item
    return list(asked.values())


def missing(form: Form, answers: Answers) -> list[Item]:
    """The required items among them that have no answer."""
    return [item for item in shown(form, answers) if item.required and item.key not in answers]


def _is_met(waits: Condition | None, asked: Mapping[str, Item], answers: Answers) -> bool:
    if waits is None:
        return True
    answer = answers.get(waits.item)
    said = answer if isinstance(answer, list) else [answer]
    return waits.item in asked and bool({code_of(one) for one in said} & set(waits.answers))


def _level(item: Item, answer: Any) -> float:
    value = _finite(answer)
    if item.level(value) is None:
        _refuse(_("This answer is not on the scale. Choose one of those shown."))
    return value


def _choice(item: Item, answer: Any) -> str:
    if not isinstance(answer, str) or item.option(answer) is None:
        _refuse(_("This answer is not one of those offered. Choose one of those shown."))
    return str(answer)


def _choices(item: Item, answer: Any) -> list[str]:
    chosen = answer if isinstance(answer, list) else [answer]
    return list(dict.fromkeys(_choice(item, one) for one in chosen))


def _yes_no(item: Item, answer: Any) -> str:
    return str(answer) if answer in ("yes", "no") else _refuse(_("Answer yes or no."))


def _number(item: Item, answer: Any) -> float:
    value = _finite(answer)
    if item.least is not None and value < item.least:
        _refuse(_("The lowest number here is %(least)s.") % {"least": f"{item.least:g}"})
    if item.most is not None and value > item.most:
        _refuse(_("The highest number here is %(most)s.") % {"most": f"{item.most:g}"})
    return value


def _tally(item: Item, answer: Any) -> Any:
    """A code for each interval, or how often each code was counted. An interval that was left out stays a gap."""
    if item.every:
        codes = [_choice(item, one) if one else None for one in _listed(answer)]
        last = max((place for place, code in enumerate(codes, 1) if code), default=0)
        return codes[:last] or None
    counted = {_choice(item, code): _finite(times) for code, times in _pairs(answer).items()}
    if any(times < 0 or times != int(times) for times in counted.values()):
        _refuse(_("A count is a whole number."))
    return {code: int(times) for code, times in counted.items() if times}


def _notes(item: Item, answer: Any) -> list[dict[str, Any]]:
    notes = [_note(item, one) for one in _listed(answer)]
    if len(notes) > MOST_NOTES:
        _refuse(_("There is room for %(most)s notes here.") % {"most": MOST_NOTES})
    return [note for note in notes if note["text"]]


def _note(item: Item, given: Any) -> dict[str, Any]:
    note = _pairs(given)
    tag = note.get("tag") or ""
    return {
        "at": str(note.get("at") or "")[:30],
        "text": _text(item, note.get("text") or ""),
        **({"tag": _choice(item, tag)} if tag else {}),
    }


def _text(item: Item, answer: Any) -> str:
    text = str(answer).replace("\x00", "").strip()
    if len(text) > LONGEST_TEXT:
        _refuse(
            _("This text has %(length)s characters; there is room for %(most)s.")
            % {"length": len(text), "most": LONGEST_TEXT}
        )
    return text


def _photo(item: Item, answer: Any) -> list[str]:
    """The hashes of pictures that have been sent before."""
    hashes = [str(one) for one in _listed(answer)]
    if len(hashes) > MOST_PHOTOS or not all(len(one) == 64 and one.isalnum() for one in hashes):
        _refuse(_("There is room for %(most)s pictures here.") % {"most": MOST_PHOTOS})
    return hashes


def _matrix(item: Item, answer: Any) -> dict[str, Any]:
    rows = _pairs(answer)
    return {
        _choice(item, row): UNSAID if value == UNSAID else _level(item, value)
        for row, value in rows.items()
        if value not in (None, "")
    }


def _finite(answer: Any) -> float:
    try:
        value = math.nan if isinstance(answer, bool) else float(str(answer).strip().translate(_POINTS))
    except ValueError:
        value = math.nan
    return value if math.isfinite(value) else _refuse(_("Write a number here, for example 12."))


def _listed(answer: Any) -> Sequence[Any]:
    return answer if isinstance(answer, list) else [answer]


def _pairs(answer: Any) -> Mapping[str, Any]:
    return answer if isinstance(answer, dict) else _refuse(_("This answer could not be read. Give it again."))


def _refuse(why: str) -> Any:
    raise ValueError(why)


_READERS: dict[ItemKind, Callable[[Item, Any], Any]] = {
    ItemKind.RUBRIC: _level,
    ItemKind.SCALE: _level,
    ItemKind.CHOICE: _choice,
    ItemKind.CHOICES: _choices,
    ItemKind.YES_NO: _yes_no,
    ItemKind.NUMBER: _number,
    ItemKind.TALLY: _tally,
    ItemKind.NOTES: _notes,
    ItemKind.TEXT: _text,
    ItemKind.PHOTO: _photo,
    ItemKind.MATRIX: _matrix,
}
