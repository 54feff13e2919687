"""The widgets, as tags. They are built in: no `{% load %}` is needed. The styleguide at /styleguide/ shows each one.

Pieces (facts are in `aimline.web.parts`; any object with the same names will do):
  {% icon "check" %}  {% icon "lock" label=_("Hidden") %}      a drawn icon, see `web/icons.py`
  {% signal "better" up=True note=… word=… %}                  better worse steady changed few; up: the data rose
  {% assurance "pass" %}                                       pass unsure fail: will it reach the goal?
  {% tag _("Keep") "pine" icon="check" %}                      kinds: fill pine sun bad guess; blank is plain
  {% avatar person %}  {% avatar person big=True away=True %}  initials; the name must stand beside it, or name=True
  {% ramp 2 stopped=False %}                                   how far it spread, of 4; words beside it
  {% progress 19 48 _("Peer visits: 19 of 48") %}
  {% hidden_cell _("Fewer than 10 students. …") %}             lock and reason, where a number may not be shown
  {% thread reasons %}  {% steps steps %}  {% tabs links %}  {% chips links %}  {% timeline moments %}  {% pager page %}
  {% facts pairs %}                                            [(label, value), …]

Pieces with a body:
  {% pagehead _("Title") eyebrow=parts %}…{% endpagehead %}    the h1; verdict, nextstep, thread and steps go inside
  {% verdict %}… <mark>the point</mark> …{% endverdict %}      once a page; one marked phrase
  {% nextstep label=_("Decide") href=url %}why{% endnextstep %}  posts=True: the button posts; without href no button
  {% next_step next %}                                         the same from a `parts.Next`
  {% section _("Due") note=… href=… link=… thin=True id=… %}…{% endsection %}
  {% notice "warn" %}…{% endnotice %}                          kinds: warn bad; blank informs
  {% empty _("No tests yet") href=… label=… href2=… label2=… %}what it is, why it helps{% endempty %}
  {% scroll _("Measures at a glance") %}<table class="tbl">…{% endscroll %}   every table sits in one
  {% panel _("Grade 7") href=… %}…{% endpanel %}               one `<li>` of `<ul class="multi">`
  {% dialog "stop" _("Stop it?") %}…{% enddialog %}            opened by `<button type="button" data-opens="stop">`
  {% confirm url label=_("Delete the draft") id=… title=… keep=… %}what happens{% endconfirm %}  asks, then posts

Forms (`<form method="post" novalidate>{% csrf_token %}`; without script everything still works):
  {% errors form %}                                            the summary on top, linking to each field
  {% fields form %}  {% fields form "title" "owner" %}         all fields, or these
  {% field form.title %}  {% field form.title hint=… label=… %}  label, help (hint=None: none), error and control, tied
  {% field form.value optional=False %}                        one of several ways to answer: no "(optional)"
  {% buttons _("Start this test") cancel=url big=True sticky=True %}   one primary; the label is verb and object
  Looks come from the widget: see `web/inputs.py` (Segments, Chips, Cards, Levels, SureField, DateField, NumberField).

Classes only: row-x, stack, grid grid-main|even|2|3, sheet, multi, tbl dense|cards, list, small, muted, big, num.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from django import template
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from aimline.people.models import Person
from aimline.web import icons, inputs, parts, signals

register = template.Library()
register.simple_tag(icons.icon)
register.simple_tag(signals.signal)
register.simple_tag(signals.assurance)
register.simple_tag(signals.ramp)

TINTS = ("", "b", "c", "d")


def draw(name: str, **facts: object) -> SafeString:
    return render_to_string(f"ui/{name}.html", facts)


def anchor(text: object) -> str:
    """Return an id for a heading: the same words give the same id."""
    return f"h{crc32(str(text).encode()):x}"


@register.simple_tag
def tag(text: object, kind: str = "", icon: str = "") -> SafeString:
    drawn = icons.icon(icon) if icon else ""
    return format_html('<span class="tag{}">{}{}</span>', f" {kind}" if kind else "", drawn, text)


@register.simple_tag
def avatar(person: Person, *, big: bool = False, away: bool = False, name: bool = False) -> SafeString:
    kinds = [
        "avatar",
        "away" if away else TINTS[crc32(str(person.pk).encode()) % len(TINTS)],
        "lg" if big else "",
    ]
    drawn = format_html(
        '<span class="{}" aria-hidden="true">{}</span>',
        " ".join(kind for kind in kinds if kind),
        person.initials,
    )
    return format_html('<span class="who">{} {}</span>', drawn, person.name) if name else drawn


@register.simple_tag
def progress(done: float, total: float, label: object) -> SafeString:
    return draw("progress", done=done, total=total, label=label, id=anchor(label))


@register.simple_tag
def hidden_cell(why: object) -> SafeString:
    return format_html('<div class="hidden-cell">{}<span>{}</span></div>', icons.icon("lock"), why)


@register.simple_tag
def thread(reasons: list[parts.Reason]) -> SafeString:
    return draw("thread", reasons=reasons)


@register.simple_tag
def steps(steps: list[parts.Step], label: object = "") -> SafeString:
    return draw("steps", steps=steps, label=label)


@register.simple_tag
def tabs(links: list[parts.Link], label: object = "") -> SafeString:
    return draw("tabs", links=links, label=label)


@register.simple_tag
def chips(links: list[parts.Link], label: object = "") -> SafeString:
    return draw("chips", links=links, label=label)


@register.simple_tag
def timeline(moments: list[parts.Moment]) -> SafeString:
    return draw("timeline", moments=moments)


@register.simple_tag
def facts(pairs: list[tuple[object, object]]) -> SafeString:
    return draw("facts", pairs=pairs)


@register.simple_tag(takes_context=True)
def pager(context: template.Context, page: Any) -> SafeString:
    request = context.get("request")
    query = request.GET.copy() if request else None
    if query is not None:
        query.pop("page", None)
    return draw("pager", page=page, query=f"{query.urlencode()}&" if query else "")


# Pieces with a body


@register.simple_block_tag
def pagehead(content: str, title: object, eyebrow: object = "") -> SafeString:
    listed = eyebrow if isinstance(eyebrow, list | tuple) else [eyebrow] if eyebrow else []
    return draw("pagehead", title=title, eyebrow=listed, content=content)


@register.simple_block_tag
def verdict(content: str) -> SafeString:
    return format_html('<p class="verdict">{}</p>', content)


@register.simple_block_tag(takes_context=True)
def nextstep(
    context: template.Context, content: str, label: object = "", href: str = "", *, posts: bool = False
) -> SafeString:
    return _next(context, content, label, href, posts)


@register.simple_tag(takes_context=True)
def next_step(context: template.Context, act: parts.Next | None) -> SafeString | str:
    return _next(context, act.why, act.label, act.href, act.posts) if act else ""


def _next(context: template.Context, why: object, label: object, href: str, posts: bool) -> SafeString:
    return draw(
        "nextstep", why=why, label=label, href=href, posts=posts, csrf_token=context.get("csrf_token")
    )


@register.simple_block_tag
def section(content: str, title: object, **options: object) -> SafeString:
    return draw("section", title=title, anchor=anchor(options.get("id") or title), content=content, **options)


@register.simple_block_tag
def notice(content: str, kind: str = "") -> SafeString:
    return draw("notice", kind=kind, content=content)


@register.simple_block_tag
def empty(content: str, title: object, **options: object) -> SafeString:
    return draw("empty", title=title, content=content, **options)


@register.simple_block_tag
def scroll(content: str, label: object) -> SafeString:
    return format_html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>', label, content
    )


@register.simple_block_tag
def panel(content: str, title: object, href: str = "") -> SafeString:
    head = format_html('<a href="{}">{}</a>', href, title) if href else title
    return format_html("<li><h3>{}</h3>{}</li>", head, content)


@register.simple_block_tag
def dialog(content: str, name: str, title: object) -> SafeString:
    return draw("dialog", id=name, title=title, content=content)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: template.Context, content: str, action: str, label: object, **options: object
) -> SafeString:
    facts = {"title": label, "id": anchor(action), **options, "csrf_token": context.get("csrf_token")}
    return draw("confirm", action=action, label=label, content=content, **facts)


# Forms


@register.simple_tag
def errors(form: BaseForm, *, focus: bool = True) -> SafeString | str:
    if not form.is_bound or not form.errors:
        return ""
    wrong = [form[name] for name in form.fields if name in form.errors]
    count = len(wrong) + len(form.non_field_errors())
    return draw("errors", wrong=wrong, general=form.non_field_errors(), count=count, focus=focus)


@register.simple_tag
def fields(form: BaseForm, *names: str) -> SafeString:
    wanted = [form[name] for name in names] if names else list(form)
    return SafeString("".join(field(bound) for bound in wanted))


@register.simple_tag
def field(
    bound: BoundField, *, label: object = "", hint: object | None = "", optional: bool = True
) -> SafeString:
    look = inputs.decorate(bound)
    if hint or hint is None:
        # Django ties the help text to the control by its id.
        bound.help_text = str(hint or "")
    facts = {"bound": bound, "look": look, "label": label or bound.label, "group": look in inputs.GROUPS}
    return draw("field", **facts, optional=optional and inputs.may_stay_empty(bound))


@register.simple_tag
def buttons(label: object, **options: object) -> SafeString:
    return draw("buttons", label=label, **options)


@register.simple_tag(takes_context=True)
def toast(context: template.Context, message: Any) -> SafeString:
    """One message of `shell.say`; its extra tag is the address that undoes it."""
    return draw(
        "toast", text=message.message, undo=message.extra_tags or "", csrf_token=context.get("csrf_token")
    )
