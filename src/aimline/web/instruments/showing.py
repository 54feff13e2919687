"""An instrument and its editions, to be read, printed and taken along as a file."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, allowed, can, rights_on
from aimline.core.errors import NotFound
from aimline.instruments import files
from aimline.instruments.models import Edition, Instrument
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.web.instruments import paper as sheets
from aimline.web.instruments import reading
from aimline.web.parts import Moment
from aimline.web.shell import Request, get_allowed, page
from aimline.web.templatetags.spoken import said


@dataclass(frozen=True, slots=True)
class History:
    """The editions of an instrument that this person sees."""

    draft: Edition | None
    in_use: Edition | None
    editions: tuple[Edition, ...]

    @property
    def shown(self) -> Edition | None:
        return self.in_use or self.draft


@require_GET
def show(request: Request, instrument_id: UUID) -> HttpResponse:
    """The edition in use; where none is published, the draft."""
    instrument = get_allowed(request, Act.VIEW_UNIT, Instrument.objects.select_related("unit"), instrument_id)
    past = history(request.person, instrument)
    if past.shown is None:
        raise NotFound
    return _show(request, past.shown, past)


@require_GET
def edition(request: Request, edition_id: UUID) -> HttpResponse:
    one = edition_of(request, edition_id)
    return _show(request, one, history(request.person, one.instrument))


def _show(request: Request, one: Edition, past: History) -> HttpResponse:
    instrument, form = one.instrument, one.form
    language = reading.spoken(request, form)
    rights = rights_on(request.person, instrument, [Act.BUILD_INSTRUMENT])
    return page(
        request,
        "instruments/show.html",
        instrument=instrument,
        edition=one,
        past=past,
        form=form,
        count=sum(1 for _item in form.items()),
        language=language,
        languages=reading.languages(form, language),
        blocks=reading.blocks(form, language),
        sums=reading.sums(form, language),
        moments=_moments(past, one),
        title=said(form.name, language) or instrument.name,
        eyebrow=_eyebrow(one),
        may_build=bool(rights) and instrument.ended_on is None,
        may_bring_back=bool(rights) and instrument.ended_on is not None,
        may_ask=can(request.person, Act.COLLECT, request.place),
        ask=_ask(instrument),
    )


def _eyebrow(one: Edition) -> list[object]:
    number = {"number": one.number}
    edition = _("draft of edition %(number)s") if one.is_draft else _("edition %(number)s")
    instrument = one.instrument
    return [
        instrument.get_purpose_display(),
        instrument.get_answered_by_display(),
        edition % number,
        instrument.unit.name,
    ]


def _ask(instrument: Instrument) -> str:
    try:
        return f"{reverse('collections:new')}?instrument={instrument.pk}"
    except NoReverseMatch:
        return ""


@require_GET
def paper(request: Request, edition_id: UUID) -> HttpResponse:
    """An answer sheet to print, all of it in the language of the one who answers."""
    one = edition_of(request, edition_id)
    form = one.form
    language = reading.spoken(request, form)
    with translation.override(language):
        return page(
            request,
            "instruments/paper.html",
            instrument=one.instrument,
            edition=one,
            form=form,
            blocks=sheets.blocks(form, language),
            languages=reading.languages(form, language),
        )


@require_GET
def file(request: Request, edition_id: UUID) -> HttpResponse:
    one = edition_of(request, edition_id)
    name = f"{slugify(one.instrument.name)[:60] or 'instrument'}-{one.number}.toml"
    return HttpResponse(
        files.write(one.instrument, one),
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def edition_of(request: Request, edition_id: UUID, act: Act = Act.VIEW_UNIT) -> Edition:
    """Fetch an edition; a draft is there for those alone who build."""
    rows = Edition.objects.select_related("instrument__unit")
    one = get_allowed(request, act, rows, edition_id)
    if one.is_draft and not can(request.person, Act.BUILD_INSTRUMENT, one):
        raise NotFound
    return one


def history(person: Person, instrument: Instrument) -> History:
    seen = allowed(person, Act.VIEW_UNIT, Edition.objects.filter(instrument=instrument))
    builds = can(person, Act.BUILD_INSTRUMENT, instrument)
    rows = seen.select_related("instrument__unit").order_by("-number")
    editions = tuple(one for one in rows if builds or not one.is_draft)
    published = [one for one in editions if not one.is_draft]
    draft = next((one for one in editions if one.is_draft), None)
    return History(draft, published[0] if published else None, editions)


def _moments(past: History, shown: Edition) -> list[Moment]:
    return [_moment(one, past, is_shown=one.pk == shown.pk) for one in past.editions]


def _moment(one: Edition, past: History, *, is_shown: bool) -> Moment:
    text = _("Edition %(number)s") % {"number": one.number}
    href = "" if is_shown else reverse("instruments:edition", args=[one.pk])
    if one.published_on is None:
        return Moment(text, _("Draft"), "next", href)
    day = {"day": figures.full_day(one.published_on)}
    if past.in_use and one.pk == past.in_use.pk:
        return Moment(text, _("In use since %(day)s") % day, "now", href)
    return Moment(text, _("Published on %(day)s") % day, "done", href)
