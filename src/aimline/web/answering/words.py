"""What our own words say around the questions. Students are spoken to as students where a language tells them apart."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, npgettext, pgettext_lazy

from aimline.instruments.form import Form, ItemKind
from aimline.instruments.models import Collection, Promise
from aimline.instruments.promises import promise_sentence, what_is_kept
from aimline.org.small_groups import minimum_groups
from aimline.reports.drawing import figures
from aimline.web.parts import Moment


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence in two forms of address."""

    student: Lazy | str
    adult: Lazy | str

    def to(self, collection: Collection, **facts: object) -> str:
        return str(self.student if collection.edition.instrument.for_minors else self.adult) % facts


COULD_BE_LINKED = Said(
    pgettext_lazy("student", "The people who look after the data here could link the two."),
    gettext_lazy("The people who look after the data here could link the two."),
)
WHO_SEES = Said(
    pgettext_lazy(
        "student",
        "Until it closes, nobody sees results. After that, people at %(place)s see answers added up, never for fewer "
        "than %(least)s people.",
    ),
    gettext_lazy(
        "Until it closes, nobody sees results. After that, people at %(place)s see answers added up, never for fewer "
        "than %(least)s people."
    ),
)
OWN_WORDS = Said(
    pgettext_lazy(
        "student",
        "What you write in your own words is read by those who asked, mixed with what others wrote. Write no names.",
    ),
    gettext_lazy(
        "What you write in your own words is read by those who asked, mixed with what others wrote. Write no names."
    ),
)
LEAVE_OUT = Said(
    pgettext_lazy("student", "You may leave out any question, and stop at any time."),
    gettext_lazy("You may leave out any question, and stop at any time."),
)
LOST = Said(
    pgettext_lazy(
        "student",
        "This device holds no answers of yours here. If you began before, they cannot be found again: please start "
        "anew.",
    ),
    gettext_lazy(
        "This device holds no answers of yours here. If you began before, they cannot be found again: please start "
        "anew."
    ),
)
LOST_BUT_ONE = Said(
    pgettext_lazy(
        "student",
        "This device no longer held what you answered before. The answer you just sent is kept; please give the "
        "others once more.",
    ),
    gettext_lazy(
        "This device no longer held what you answered before. The answer you just sent is kept; please give the "
        "others once more."
    ),
)
LOST_TO_OTHERS = Said(
    pgettext_lazy(
        "student",
        "Somebody else began on this device meanwhile, so what you wrote on the last page was not sent.",
    ),
    gettext_lazy(
        "Somebody else began on this device meanwhile, so what you wrote on the last page was not sent."
    ),
)
NOT_SENT = Said(
    pgettext_lazy("student", "What you wrote on the last page was not sent."),
    gettext_lazy("What you wrote on the last page was not sent."),
)
ALREADY = Said(
    pgettext_lazy(
        "student", "You have answered this already. It counts once, so there is nothing more to do."
    ),
    gettext_lazy("You have answered this already. It counts once, so there is nothing more to do."),
)
BEGUN = Said(
    pgettext_lazy(
        "student", "You began on this device and have not handed in yet. Not you? Then start anew."
    ),
    gettext_lazy("You began on this device and have not handed in yet. Not you? Then start anew."),
)
NEEDED = Said(
    pgettext_lazy("student", "This one needs an answer before you go on."),
    gettext_lazy("This one needs an answer before you go on."),
)
CHOOSE_ABOUT = Said(
    pgettext_lazy("student", "Choose what it is about."),
    gettext_lazy("Choose what it is about."),
)
TALK = Said(
    pgettext_lazy(
        "student",
        "As nobody knows who answered, nobody will come to look for you. If something worries you, talk to an adult "
        "at school whom you trust.",
    ),
    "",
)
NOTHING_LEFT = Said(
    pgettext_lazy("student", "None of your answers is left on this device."),
    gettext_lazy("None of your answers is left on this device."),
)
ASK_THEM = Said(
    pgettext_lazy("student", "Ask at %(place)s what was heard, and what will be tried because of it."),
    gettext_lazy("Ask at %(place)s what was heard, and what will be tried because of it."),
)
CLOSE_PAGE = Said(
    pgettext_lazy("student", "You can close this page."),
    gettext_lazy("You can close this page."),
)


def promise(collection: Collection, form: Form) -> list[str]:
    """The promise in words: what is kept, and who sees what."""
    said = [promise_sentence(collection)]
    if collection.promise == Promise.CONFIDENTIAL:
        said.append(COULD_BE_LINKED.to(collection))
    said.append(what_is_kept(collection))
    if collection.promise != Promise.NAMED:
        least = minimum_groups([collection.unit])[collection.unit.pk]
        said.append(WHO_SEES.to(collection, place=collection.unit.name, least=least))
        if any(item.kind is ItemKind.TEXT for item in form.items()):
            said.append(OWN_WORDS.to(collection))
    if not any(item.required for item in form.items()):
        said.append(LEAVE_OUT.to(collection))
    return said


def lost(collection: Collection, what: str) -> str:
    """Why somebody is back at the first page."""
    known = {"all": LOST, "one": LOST_BUT_ONE, "other": LOST_TO_OTHERS}
    return known[what].to(collection) if what in known else ""


def what_happens(collection: Collection) -> list[Moment]:
    """What becomes of the answers, as far as it is certain."""
    place, day = collection.unit.name, figures.full_day(collection.closes_on)
    until, after = _("Until %(day)s") % {"day": day}, _("After %(day)s") % {"day": day}
    if collection.promise == Promise.NAMED:
        return [Moment(_("Those who asked at %(place)s can read it now.") % {"place": place}, until, "now")]
    least = minimum_groups([collection.unit])[collection.unit.pk]
    added = _("%(place)s sees the answers added up, never for fewer than %(least)s people.")
    return [
        Moment(_("Others can still answer. Nobody sees results yet."), until, "now"),
        Moment(added % {"place": place, "least": least}, after),
        Moment(ASK_THEM.to(collection, place=place), after),
    ]


def length(questions: int, minutes: int) -> list[str]:
    return [
        ngettext("%(count)s question", "%(count)s questions", questions) % {"count": questions},
        ngettext("About %(count)s minute", "About %(count)s minutes", minutes) % {"count": minutes},
    ]


def left(minutes: int) -> str:
    return ngettext("About %(count)s minute left", "About %(count)s minutes left", minutes) % {
        "count": minutes
    }


def arrived(collection: Collection, count: int) -> str:
    """The receipt."""
    facts = {"count": count}
    if not count:
        return _("An empty form arrived, once.")
    if collection.edition.instrument.for_minors:
        return (
            npgettext("student", "Your answer arrived, once.", "Your %(count)s answers arrived, once.", count)
            % facts
        )
    return ngettext("Your answer arrived, once.", "Your %(count)s answers arrived, once.", count) % facts
