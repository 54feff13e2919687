"""The map of the site: pages, accounts, and what answers when something goes wrong."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("aimline.api.v1")),
    path("", include("aimline.web.urls")),
    path("", include("aimline.web.access.urls")),
]

handler400 = "aimline.web.errors.unreadable"
handler403 = "aimline.web.errors.forbidden"
handler404 = "aimline.web.errors.not_found"
handler500 = "aimline.web.errors.broken"
