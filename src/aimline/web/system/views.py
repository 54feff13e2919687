"""What an administrator watches: background jobs, and whether the audit log is whole."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from aimline.access.actions import system
from aimline.access.rules import Act
from aimline.core import audit
from aimline.core.models import AuditEntry, Job, JobState
from aimline.org.models import Unit
from aimline.web.shell import Request, get_allowed, page, paginate


@require_GET
def state(request: Request) -> HttpResponse:
    _root(request)
    return page(
        request,
        "system/state.html",
        jobs=paginate(request, Job.objects.order_by("-created_at")),
        verification=audit.verify() if request.GET.get("verify") else None,
        entries=AuditEntry.objects.count(),
        failed=Job.objects.filter(state=JobState.FAILED).count(),
        database=connection.vendor,
        home=settings.HOME,
    )


@require_POST
def stop_job(request: Request, job_id: UUID) -> HttpResponse:
    system.stop_job(_root(request), request.person, job=get_object_or_404(Job, pk=job_id))
    return HttpResponseRedirect(reverse("system:state"))


@require_POST
def run_again(request: Request, job_id: UUID) -> HttpResponse:
    system.run_again(_root(request), request.person, job=get_object_or_404(Job, pk=job_id))
    return HttpResponseRedirect(reverse("system:state"))


def _root(request: Request) -> Unit:
    """Jobs belong to the installation, so the right is asked for at the root of the tree."""
    return get_allowed(request, Act.VIEW_SYSTEM, Unit, request.place.root_id)
