"""The content of a report in the reader's language: headings, sentences, figures; the same for page, PDF and Word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from aimline.reports.drawing import figures
from aimline.reports.review import drawn
from aimline.reports.review.content import Content
from aimline.reviews.hearing import TAKEN_BACK, UNPRINTED
from aimline.reviews.models import Effort, FindingKind, ImplementationDriver, Nature, Source
from aimline.reviews.templates import Template, template
from aimline.reviews.weighing import COUNTED, HEARD, SEEN, WRITTEN


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence under a finding: where from, and what it says."""

    source: str
    text: str
    origin: str
    against: bool


@dataclass(frozen=True, slots=True)
class ToldFinding:
    id: str
    number: int
    text: str
    rests_on: str
    notes: tuple[str, ...]
    opposite: str
    trail: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class ToldRecommendation:
    number: int
    text: str
    leads: str
    first_step: str
    first_sign: str
    effort: str
    chance: str
    answers: str


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    sentence: str
    drawing: str


@dataclass(frozen=True, slots=True)
class Told:
    """Everything on the page, in order. `labels` are the headings, by the name of what stands below them."""

    place: str
    kind: str
    title: str
    days: str
    summary: tuple[str, ...]
    purpose: str
    scope: str
    keep: tuple[ToldFinding, ...]
    gaps: tuple[ToldFinding, ...]
    pictures: tuple[Picture, ...]
    recommendations: tuple[ToldRecommendation, ...]
    sample: tuple[str, ...]
    method: str
    # What this kind of review looks at, and this one has nothing from.
    missing: str
    labels: Mapping[str, str]

    @property
    def findings(self) -> tuple[ToldFinding, ...]:
        return self.keep + self.gaps

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "labels": dict(self.labels), "language": _language()}


def tell(content: Content, summary: str) -> Told:
    kind = template(content["template"])
    keep = [one for one in content["findings"] if one["kind"] == FindingKind.KEEP]
    gaps = [one for one in content["findings"] if one["kind"] == FindingKind.GAP]
    numbers = {one["id"]: number for number, one in enumerate([*keep, *gaps], start=1)}
    return Told(
        place=content["unit"],
        kind=str(kind.name) if kind else "",
        title=content["review"],
        days=_days(content),
        summary=paragraphs(summary),
        purpose=content["purpose"],
        scope=content["scope"],
        keep=tuple(_finding(one, numbers) for one in keep),
        gaps=tuple(_finding(one, numbers) for one in gaps),
        pictures=tuple(_picture(one) for one in content["charts"]),
        recommendations=tuple(
            _recommendation(number, one, numbers)
            for number, one in enumerate(content["recommendations"], start=1)
        ),
        sample=drawn.told(content.get("sample", {})),
        method=_method(content),
        missing=_missing(content, kind),
        labels=labels(),
    )


def labels() -> dict[str, str]:
    return {
        "keep": _("Keep"),
        "gaps": _("Change"),
        "recommendations": _("What we recommend, in order"),
        "do": _("Do"),
        "leads": _("Who leads"),
        "first_sign": _("First sign, by"),
        "chance": _("Chance it helps"),
        "first_step": _("First step"),
        "effort": _("Effort"),
        "answers": _("Answers"),
        "trail": _("What each finding rests on"),
        "opposite": _("Where we looked for the opposite"),
        "against": _("Speaks against it"),
        "purpose": _("What we wanted to know"),
        "scope": _("What we looked at, and what we left out"),
        "sample": _("Which lessons, and how they were chosen"),
        "method": _("How this was made"),
        "page": _("Page"),
    }


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("\n") if part.strip())


def rests_on(supports: Mapping[str, int], against: int) -> str:
    """How many pieces of each kind a finding rests on: 14 from classrooms, 2 from data; 1 speaks against it."""
    seen, counted = supports.get(SEEN, 0), supports.get(COUNTED, 0)
    heard, written = supports.get(HEARD, 0), supports.get(WRITTEN, 0)
    said = [
        ngettext("%(count)s classroom piece", "%(count)s classroom pieces", seen) % {"count": seen}
        if seen
        else "",
        ngettext("%(count)s figure", "%(count)s figures", counted) % {"count": counted} if counted else "",
        ngettext("%(count)s voice", "%(count)s voices", heard) % {"count": heard} if heard else "",
        ngettext("%(count)s document", "%(count)s documents", written) % {"count": written}
        if written
        else "",
        ngettext("%(count)s speaks against it", "%(count)s speak against it", against) % {"count": against}
        if against
        else "",
    ]
    return ", ".join(part for part in said if part)


def _finding(given: Content, numbers: Mapping[str, int]) -> ToldFinding:
    notes = [
        Nature(given["nature"]).label if given["nature"] else "",
        ImplementationDriver(given["driver"]).label if given["driver"] else "",
    ]
    return ToldFinding(
        id=given["id"],
        number=numbers[given["id"]],
        text=given["text"],
        rests_on=rests_on(given["supports"], given["against"]),
        notes=tuple(str(note) for note in notes if note),
        opposite=given["against_sought"],
        trail=tuple(_piece(one) for one in given["trail"]),
    )


def _piece(given: Content) -> Piece:
    day = _day(given["day"]) if given["day"] else ""
    return Piece(
        source=str(Source(given["source"]).label),
        text=_kept_back(given) or _in_language(given["live"]) or given["text"],
        origin=" · ".join(part for part in (given["origin"], day) if part),
        against=given["against"],
    )


def _kept_back(given: Content) -> str:
    """What stands in place of words that nobody may read here."""
    if given.get(TAKEN_BACK):
        return _("Taken back by the person who said it.")
    return _("Said in a conversation. It is not printed.") if given.get(UNPRINTED) else ""


def _recommendation(number: int, given: Content, numbers: Mapping[str, int]) -> ToldRecommendation:
    return ToldRecommendation(
        number=number,
        text=given["text"],
        leads=given["leads"],
        first_step=given["first_step"],
        first_sign=given["first_sign"],
        effort=str(Effort(given["effort"]).label),
        chance=f"{given['chance']}%" if given["chance"] else "",
        answers=_numbers(numbers[id] for id in given["answers"]),
    )


def _numbers(found: Iterable[int]) -> str:
    ordered = sorted(found)
    listed = ", ".join(map(str, ordered))
    return ngettext("finding %(numbers)s", "findings %(numbers)s", len(ordered)) % {"numbers": listed}


def _picture(given: Content) -> Picture:
    return Picture(*(_in_language(given[name]) for name in ("title", "sentence", "drawing")))


def _method(content: Content) -> str:
    """How many pieces, of which kinds, in which weeks."""
    held: Counter[str] = Counter(content["pieces"])
    kinds = ", ".join(f"{Source(source).label} {count}" for source, count in held.most_common())
    said = _(
        "%(pieces)s pieces of evidence, %(days)s: %(kinds)s. Small groups are hidden. "
        "Every finding names what it rests on."
    )
    return said % {"pieces": held.total(), "days": _days(content), "kinds": kinds}


def _missing(content: Content, kind: Template | None) -> str:
    lacking = [str(one.label) for one in kind.sources if not content["pieces"].get(one)] if kind else []
    return _("Nothing came from: %(sources)s.") % {"sources": ", ".join(lacking)} if lacking else ""


def _days(content: Content) -> str:
    ends = {"first": _day(content["starts_on"]), "last": _day(content["ends_on"])}
    return _("%(first)s to %(last)s") % ends


def _day(written: str) -> str:
    return format_date(date.fromisoformat(written), "long", locale=figures.locale())


def _in_language(said: Mapping[str, str]) -> str:
    return said.get(_language()) or next(iter(said.values()), "")


def _language() -> str:
    return (get_language() or "en").split("-")[0]
