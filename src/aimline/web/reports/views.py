"""The report of a review: written from its findings, sent round for comment, final; on the page, as PDF and as Word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import NotFound
from aimline.reports.review.content import Content, compose
from aimline.reports.review.families import first_draft
from aimline.reports.review.files import to_pdf, to_word
from aimline.reports.review.told import Told, paragraphs, tell
from aimline.reviews.actions import reporting
from aimline.reviews.models import Comment, Report, Review
from aimline.web.parts import Link
from aimline.web.reports.forms import CommentForm, ReportForm
from aimline.web.reviews import following
from aimline.web.shell import Request, bind, form_page, get_allowed, page, paginate, say

FILES: dict[str, tuple[Callable[[Told], bytes], str, str]] = {
    "pdf": (to_pdf, "application/pdf", "pdf"),
    "word": (to_word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
}


@require_GET
def all_here(request: Request) -> HttpResponse:
    """What reviews of this place, of those above it and of those below it have said to everybody."""
    place = request.place
    final = allowed(request.person, Act.VIEW_UNIT, Report.objects.final().select_related("review__unit"))
    near = Q(review__unit__path__startswith=place.path) | Q(review__unit__path__in=place.paths_above())
    return page(
        request, "reports/list.html", found=paginate(request, final.filter(near).order_by("-final_on", "pk"))
    )


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: Request, review_id: UUID) -> HttpResponse:
    """Write the report, beside what it will say."""
    review = _review(request, review_id)
    latest = review.reports.first()
    content = compose(review)

    def save(form: ReportForm) -> str:
        reporting.write_report(
            review,
            request.person,
            summary=form.cleaned_data["summary"],
            for_families=form.for_families,
            version=form.cleaned_data["version"],
        )
        say(request, _("The draft is saved."))
        return reverse("reports:draft", args=[review.pk])

    form = bind(request, ReportForm, initial=_initial(latest, content))
    return form_page(
        request,
        "reports/draft.html",
        form,
        save,
        review=review,
        latest=latest,
        is_open=latest is not None and latest.shared_on is None,
        **_told(content, latest.summary if latest else ""),
        waiting=review.findings.filter(final_on=None).count(),
        versions=review.reports.exclude(shared_on=None),
    )


def _initial(latest: Report | None, content: Content) -> dict[str, object]:
    held = latest.for_families if latest else {}
    families = {
        f"families_{code}": held.get(code) or first_draft(content, code) for code, _name in settings.LANGUAGES
    }
    version = latest.version if latest and latest.shared_on is None else None
    return {"version": version, "summary": latest.summary if latest else "", **families}


@require_POST
def share(request: Request, review_id: UUID) -> HttpResponse:
    """Send the draft out for comment."""
    review = _review(request, review_id)
    report = reporting.share_draft(_open_draft(review), request.person, content=compose(review))
    say(request, _("Version %(number)s is out for comment.") % {"number": report.number})
    return HttpResponseRedirect(_address(report))


@require_POST
def finish(request: Request, review_id: UUID) -> HttpResponse:
    """Make the latest version the final one."""
    review = _review(request, review_id)
    latest = review.reports.first()
    if latest is None:
        raise NotFound
    reporting.make_report_final(latest, request.person, content=compose(review))
    say(request, _("The report is final. Everyone who works here can read it."))
    return HttpResponseRedirect(_address(latest))


@require_GET
def show(request: Request, report_id: UUID) -> HttpResponse:
    report = _report(request, report_id)
    form = CommentForm(parts=_parts(report))
    return page(request, "reports/show.html", form=form, **_shown(request, report))


@require_POST
def comment(request: Request, report_id: UUID) -> HttpResponse:
    report = _report(request, report_id)

    def save(form: CommentForm) -> str:
        given = form.cleaned_data
        part = UUID(given["part"]) if given["part"] else None
        reporting.comment(report, request.person, text=given["text"], part=part, id=given["id"])
        say(request, _("Your comment is with the team."))
        return f"{_address(report)}#comments"

    form = CommentForm(request.POST, parts=_parts(report))
    return form_page(request, "reports/show.html", form, save, **_shown(request, report))


@require_POST
def settle(request: Request, comment_id: UUID) -> HttpResponse:
    found = get_allowed(request, Act.EDIT_REVIEW, Comment, comment_id)
    reporting.settle(found, request.person, settled=found.settled_on is None)
    return HttpResponseRedirect(f"{_address(found.report)}#comments")


@require_GET
def families(request: Request, report_id: UUID) -> HttpResponse:
    """The page for families, in the language it is read in."""
    report = _report(request, report_id)
    written = {code: text for code, text in report.for_families.items() if text.strip()}
    language = request.GET.get("language", request.LANGUAGE_CODE)
    language = language if language in written else next(iter(written), "")
    if not language:
        raise NotFound
    others = [
        Link(
            get_language_info(code)["name_local"].capitalize(), f"?language={code}", current=code == language
        )
        for code in written
    ]
    return page(
        request,
        "reports/families.html",
        report=report,
        review=report.review,
        language=language,
        languages=others,
        text=paragraphs(written[language]),
    )


@require_GET
def file(request: Request, report_id: UUID, kind: str) -> HttpResponse:
    """The report to take along."""
    report = _report(request, report_id)
    if kind not in FILES:
        raise NotFound
    make, content_type, suffix = FILES[kind]
    response = HttpResponse(make(tell(report.content, report.summary)), content_type=content_type)
    name = f"{slugify(report.review.name) or 'report'}-{report.number}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _shown(request: Request, report: Report) -> dict[str, Any]:
    """A version as it went out, and what was said of it by those who work on the review."""
    may_comment = can(request.person, Act.VIEW_REVIEW, report)
    names = dict(_parts(report))
    comments = report.comments.select_related("person") if may_comment else Comment.objects.none()
    return {
        "report": report,
        "review": report.review,
        **_told(report.content, report.summary),
        "followed": following.of_review(request, report.review) if report.final_on else [],
        "comments": [(one, names.get(str(one.part), "")) for one in comments],
        "may_comment": may_comment and report.final_on is None,
        "may_edit": can(request.person, Act.EDIT_REVIEW, report),
        "for_families": any(text.strip() for text in report.for_families.values()),
    }


def _told(content: Content, summary: str) -> dict[str, Any]:
    told = tell(content, summary)
    # Our own drawings; every text in them was escaped when they were drawn.
    pictures = [(one.title, one.sentence, mark_safe(one.drawing)) for one in told.pictures]  # noqa: S308
    return {"told": told, "pictures": pictures}


def _parts(report: Report) -> list[tuple[str, str]]:
    return [(one["id"], one["text"]) for one in report.content.get("findings", ())]


def _review(request: Request, review_id: UUID) -> Review:
    return get_allowed(request, Act.EDIT_REVIEW, Review.objects.select_related("unit"), review_id)


def _open_draft(review: Review) -> Report:
    latest = review.reports.filter(shared_on=None).first()
    if latest is None:
        raise NotFound
    return latest


def _report(request: Request, report_id: UUID) -> Report:
    """A final report for everyone who may read reports; one that is out for comment for those on the review."""
    out: QuerySet[Report] = Report.objects.exclude(shared_on=None).select_related("review__unit")
    rows = allowed(request.person, Act.VIEW_UNIT, out.exclude(final_on=None)).filter(pk=report_id).first()
    return rows or get_allowed(request, Act.VIEW_REVIEW, out, report_id)


def _address(report: Report) -> str:
    return reverse("reports:show", args=[report.pk])
