"""The builder: a draft, part by part. Each save changes one part; whoever works on another is not in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act
from aimline.core.errors import Conflict, Invalid, NotFound
from aimline.instruments import editing
from aimline.instruments.actions import building
from aimline.instruments.editing import Part
from aimline.instruments.editions import Join
from aimline.instruments.form import ItemKind
from aimline.instruments.models import Edition
from aimline.instruments.shape import MOST_ITEMS, MOST_SECTIONS
from aimline.web.instruments import outline
from aimline.web.instruments.item_form import ItemForm
from aimline.web.instruments.kinds import KINDS
from aimline.web.instruments.part_forms import ConstructForm, LanguageForm, ScaleForm, SectionForm, WholeForm
from aimline.web.instruments.phrases import PhraseForm
from aimline.web.shell import Request, bind, form_page, get_allowed, page, say

STEPS = {"up": -1, "down": 1}


def edition_of(request: Request, edition_id: UUID) -> Edition:
    rows = Edition.objects.select_related("instrument__unit")
    return get_allowed(request, Act.BUILD_INSTRUMENT, rows, edition_id)


def draft_of(request: Request, edition_id: UUID) -> Edition:
    edition = edition_of(request, edition_id)
    if not edition.is_draft:
        raise Conflict(
            _("This edition is published, so its wording is fixed. Open the next edition to change it.")
        )
    return edition


def keep(edition: Edition, request: Request, document: editing.Document) -> None:
    building.write_draft(edition, request.person, document=document, version=edition.version)


@require_GET
def edit(request: Request, edition_id: UUID) -> HttpResponse:
    """The first item; where there is none yet, the ways to begin."""
    edition = edition_of(request, edition_id)
    if not edition.is_draft:
        return HttpResponseRedirect(reverse("instruments:edition", args=[edition.pk]))
    first = next(edition.form.items(), None)
    if first:
        return HttpResponseRedirect(outline.address(edition, Part.ITEM, first.key))
    shown = outline.context(request, edition, "edit")
    return page(request, "instruments/build_empty.html", section=_last_section(edition), **shown)


def item(request: Request, edition_id: UUID, key: str) -> HttpResponse:
    edition = draft_of(request, edition_id)
    held = editing.part(edition.document, Part.ITEM, key)

    def save(form: ItemForm) -> str:
        form.expect_unchanged()
        document = editing.save_item(edition.document, key, form.facts())
        named = _named(document, held, key)
        keep(edition, request, editing.rename_item(document, key, named) if named != key else document)
        return _after(request, edition, named)

    form = bind(request, ItemForm, document=edition.document, held=held, past=outline.past_form(edition))
    shown = next(one for one in edition.form.items() if one.key == key)
    facts = {
        **outline.context(request, edition, "edit"),
        **outline.preview(request, edition, shown),
        "kind": KINDS[shown.kind],
        "open_key": key,
        "section": next(one.key for one in edition.form.sections if shown in one.items),
        "number": [one.key for one in edition.form.items()].index(key) + 1,
    }
    return form_page(request, "instruments/build_item.html", form, save, **facts)


def _named(document: editing.Document, held: editing.Document, key: str) -> str:
    """An item that gets its first words gets its key from them; later the key stays, so that its line goes on."""
    words = editing.part(document, Part.ITEM, key).get("ask", {})
    if held.get("ask") or not words:
        return key
    return editing.fresh_key(document, next(iter(words.values())), key)


def _after(request: Request, edition: Edition, key: str) -> str:
    """The same item, or the next one where there is one."""
    keys = [one.key for one in edition.form.items()]
    place = keys.index(key) + ("next" in request.POST)
    return outline.address(edition, Part.ITEM, keys[min(place, len(keys) - 1)])


def section(request: Request, edition_id: UUID, key: str) -> HttpResponse:
    facts = {"open_section": key, "section": key}
    return _part(request, edition_id, key, Part.SECTION, SectionForm, ("edit", facts))


def scale(request: Request, edition_id: UUID, key: str) -> HttpResponse:
    scales = outline.scales(draft_of(request, edition_id).document)
    facts = {"scales": scales, "scale": next((one for one in scales if one.key == key), None)}
    return _part(request, edition_id, key, Part.SCALE, ScaleForm, ("scales", facts))


def construct(request: Request, edition_id: UUID, key: str) -> HttpResponse:
    return _part(request, edition_id, key, Part.CONSTRUCT, ConstructForm, ("constructs", {}))


def _part(
    request: Request,
    edition_id: UUID,
    key: str,
    kind: Part,
    form_class: type[PhraseForm],
    shown: tuple[str, dict[str, Any]],
) -> HttpResponse:
    edition = draft_of(request, edition_id)
    held = editing.part(edition.document, kind, key)

    def save(form: Any) -> str:
        form.expect_unchanged()
        document = editing.save_part(edition.document, kind, key, form.facts())
        keep(edition, request, editing.use_only_scale(document) if kind is Part.SCALE else document)
        return outline.address(edition, kind, key)

    tab, facts = shown
    form = bind(request, form_class, document=edition.document, held=held, past=outline.past_form(edition))
    facts = {**outline.context(request, edition, tab), **facts, "open_key": key}
    return form_page(request, f"instruments/build_{kind.removesuffix('s')}.html", form, save, **facts)


def whole(request: Request, edition_id: UUID) -> HttpResponse:
    """Name, first sentence, guide and minutes."""
    edition = draft_of(request, edition_id)
    document = edition.document
    held = {name: document[name] for name in ("name", "lead", "guide") if name in document}

    def save(form: WholeForm) -> str:
        form.expect_unchanged()
        building.write_draft(
            edition,
            request.person,
            document=editing.save_whole(document, form.facts()),
            minutes=form.cleaned_data["minutes"],
            version=edition.version,
        )
        return reverse("instruments:whole", args=[edition.pk])

    known = {"past": outline.past_form(edition), "initial": {"minutes": edition.minutes}}
    form = bind(request, WholeForm, document=document, held=held, **known)
    adding = LanguageForm(document=document)
    shown = outline.context(request, edition, "whole")
    return form_page(request, "instruments/build_whole.html", form, save, adding=adding, **shown)


@require_POST
def add_language(request: Request, edition_id: UUID) -> HttpResponse:
    edition = draft_of(request, edition_id)
    form = LanguageForm(request.POST, document=edition.document)
    if form.is_valid():
        keep(edition, request, editing.add_language(edition.document, **form.cleaned_data))
        say(request, _("Every phrase now asks for this language too."))
        return HttpResponseRedirect(reverse("instruments:whole", args=[edition.pk]))
    document = edition.document
    held = {name: document[name] for name in ("name", "lead", "guide") if name in document}
    plain = WholeForm(document=document, held=held, initial={"minutes": edition.minutes})
    shown = outline.context(request, edition, "whole")
    return page(request, "instruments/build_whole.html", status=422, form=plain, adding=form, **shown)


@require_POST
def drop_language(request: Request, edition_id: UUID, language: str) -> HttpResponse:
    edition = draft_of(request, edition_id)
    spoken = edition.form.languages
    if language not in spoken:
        raise NotFound
    if len(spoken) < 2:
        raise Invalid(_("It needs one language at least."))
    keep(edition, request, editing.drop_language(edition.document, language))
    return HttpResponseRedirect(reverse("instruments:whole", args=[edition.pk]))


@require_GET
def scales(request: Request, edition_id: UUID) -> HttpResponse:
    edition = draft_of(request, edition_id)
    shown = outline.context(request, edition, "scales")
    return page(request, "instruments/build_scale.html", scales=outline.scales(edition.document), **shown)


@require_GET
def constructs(request: Request, edition_id: UUID) -> HttpResponse:
    edition = draft_of(request, edition_id)
    return page(
        request, "instruments/build_construct.html", **outline.context(request, edition, "constructs")
    )


@require_POST
def add(request: Request, edition_id: UUID, part: Part) -> HttpResponse:
    """Add an empty part and open it."""
    edition = draft_of(request, edition_id)
    document, kind = edition.document, str(request.POST.get("kind", ""))
    key = editing.fresh_key(document, kind if part is Part.ITEM else part.removesuffix("s"))
    make: dict[Part, Callable[[], editing.Document]] = {
        Part.ITEM: lambda: _with_item(edition, kind, str(request.POST.get("section", "")), key),
        Part.SECTION: lambda: editing.add_section(document, key),
        Part.SCALE: lambda: editing.add_scale(document, key),
        Part.CONSTRUCT: lambda: editing.add_construct(document, key),
    }
    _room_left(document)
    keep(edition, request, make[part]())
    return HttpResponseRedirect(outline.address(edition, part, key))


def _with_item(edition: Edition, kind: str, section: str, key: str) -> editing.Document:
    if kind not in list(ItemKind):
        raise Invalid(_("Choose what kind of item to add."))
    return editing.add_item(edition.document, section or _last_section(edition), ItemKind(kind), key)


def _room_left(document: editing.Document) -> None:
    """A form so long that nobody would answer it is not made longer."""
    if len(editing.keys(document)) > MOST_ITEMS or len(document.get("sections", [])) > MOST_SECTIONS:
        raise Invalid(_("This instrument is full. Take something out before you add more."))


@require_POST
def move(request: Request, edition_id: UUID, part: Part, key: str) -> HttpResponse:
    edition = draft_of(request, edition_id)
    step = STEPS.get(str(request.POST.get("way", "")), 0)
    if part is Part.ITEM:
        keep(edition, request, editing.move_item(edition.document, key, step))
    else:
        keep(edition, request, editing.move_part(edition.document, part, key, step))
    return HttpResponseRedirect(outline.address(edition, part, key))


@require_POST
def remove(request: Request, edition_id: UUID, part: Part, key: str) -> HttpResponse:
    edition = draft_of(request, edition_id)
    document = edition.document
    if part is Part.SCALE and editing.users_of_scale(document, key):
        raise Invalid(_("Items are still answered on this scale. Give them another one first."))
    change = (
        editing.remove_item(document, key) if part is Part.ITEM else editing.remove_part(document, part, key)
    )
    keep(edition, request, change)
    say(request, _("It is taken out."))
    pages = {Part.SCALE: "scales", Part.CONSTRUCT: "constructs"}
    return HttpResponseRedirect(reverse(f"instruments:{pages.get(part, 'edit')}", args=[edition.pk]))


@require_GET
def check(request: Request, edition_id: UUID) -> HttpResponse:
    """What is missing before it can be published, and what becomes of items that changed."""
    edition = edition_of(request, edition_id)
    if not edition.is_draft:
        return HttpResponseRedirect(reverse("instruments:edition", args=[edition.pk]))
    return page(
        request,
        "instruments/build_check.html",
        missing=outline.missing(edition, edition.form),
        decisions=outline.decisions(edition, edition.form),
        **outline.context(request, edition, "check"),
    )


@require_POST
def join(request: Request, edition_id: UUID, key: str) -> HttpResponse:
    """Decide what becomes of the line of an item that asks in other words than before."""
    edition = draft_of(request, edition_id)
    chosen = str(request.POST.get("join", ""))
    if chosen not in Join.values:
        raise Invalid(_("Choose what becomes of its line."))
    if key not in {one.item.key for one in outline.decisions(edition, edition.form)}:
        raise NotFound
    building.join_item(edition, request.person, item=key, join=Join(chosen), version=edition.version)
    return HttpResponseRedirect(reverse("instruments:check", args=[edition.pk]))


@require_POST
def publish(request: Request, edition_id: UUID) -> HttpResponse:
    edition = draft_of(request, edition_id)
    building.publish(edition, request.person, version=edition.version)
    say(request, _("Edition %(number)s is published.") % {"number": edition.number})
    return HttpResponseRedirect(reverse("instruments:show", args=[edition.instrument_id]))


@require_POST
def throw_away(request: Request, edition_id: UUID) -> HttpResponse:
    edition = draft_of(request, edition_id)
    instrument = building.throw_away(edition, request.person, version=edition.version)
    say(request, _("The draft is thrown away. The edition before it stays in use."))
    return HttpResponseRedirect(reverse("instruments:show", args=[instrument.pk]))


def _last_section(edition: Edition) -> str:
    return edition.form.sections[-1].key if edition.form.sections else ""
