"""What in a text could tell who somebody is: names of people in the system, e-mail addresses, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.transcript import strangers

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\w)(?:\+?\d{1,3}[ .-]?)?(?:\(\d{2,4}\)|\d{2,4})[ .-]?\d{3,4}[ .-]?\d{3,4}(?!\w)")
_WORD = re.compile(r"[^\W\d_][\w\u2019'-]*\.?")
# Those that are written with a stop; after other words a stop ends the sentence.
_SHORT_TITLES = frozenset({"mr", "mrs", "ms", "mx", "dr", "sr", "sra", "srta"})
_TITLES = _SHORT_TITLES | frozenset(
    {
        *("miss", "coach", "principal", "señor", "señora", "señorita", "maestra", "maestro", "profe"),
        *("profesor", "profesora", "don", "doña"),
    }
)
# Names that are everyday words too: at the start of a sentence they are taken for the word.
_EVERYDAY = frozenset(
    {
        *(
            "art",
            "banks",
            "bell",
            "bill",
            "day",
            "drew",
            "field",
            "fields",
            "grace",
            "grant",
            "green",
            "hope",
        ),
        *("iris", "joy", "king", "long", "mark", "may", "page", "price", "rich", "rose", "summer", "will"),
        *("young", "rosa", "cruz", "luz", "paz", "flores", "rivers", "stone", "west", "north"),
    }
)
_STOP = re.compile(r"[.!?:\n“\"¿¡—]")
_SHORTEST = 3


def identities(text: str) -> list[str]:
    """Everything found, once each. Names of students are not looked for: they lie apart."""
    parts = _known()
    places = {
        word.casefold() for name in Unit.objects.values_list("name", flat=True) for word in name.split()
    }
    found = [
        *(match[0] for pattern in (_MAIL, _PHONE) for match in pattern.finditer(text)),
        *strangers(text),
        *_names(text, parts, places),
    ]
    return list(dict.fromkeys(found))


def _known() -> frozenset[str]:
    """First and last names of everybody in the system."""
    names = Person.objects.filter(is_operator=False).values_list("name", flat=True)
    ends = (part for name in names for part in (*name.split()[:1], *name.split()[-1:]))
    return frozenset(part.casefold() for part in ends if len(part) >= _SHORTEST)


def _names(text: str, parts: Iterable[str], places: Iterable[str]) -> Iterator[str]:
    known, of_places = frozenset(parts), frozenset(places)
    held: list[str] = []
    before, end = "", 0
    for match in _WORD.finditer(text):
        word, gap = match[0].rstrip("."), text[end : match.start()]
        starts = not before or bool(_STOP.search(before[-1:] + gap))
        if _is_name(word, known, of_places, titled=_is_title(before, gap), starts=starts):
            held.append(word)
        elif held:
            yield " ".join(held)
            held = []
        before, end = match[0], match.end()
    if held:
        yield " ".join(held)


def _is_name(word: str, known: frozenset[str], places: frozenset[str], *, titled: bool, starts: bool) -> bool:
    plain = _plain(word)
    if not word[0].isupper() or len(word) < _SHORTEST - 1:
        return False
    if titled and plain not in _TITLES:
        return True
    if plain not in known or plain in places:
        return False
    return not (starts and plain in _EVERYDAY)


def _is_title(before: str, gap: str) -> bool:
    wanted = _SHORT_TITLES if before.endswith(".") else _TITLES
    return not gap.strip() and "\n" not in gap and _plain(before) in wanted


def _plain(word: str) -> str:
    return re.sub(r"[\u2019']s$", "", word.rstrip(".")).casefold()
