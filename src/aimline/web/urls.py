from __future__ import annotations

from django.urls import include, path

from aimline.web import views

urlpatterns = [
    path("", include("aimline.web.week.urls")),
    path("healthz", views.healthz, name="healthz"),
    path("set-language/", views.set_language, name="set_language"),
    path("set-theme/", views.set_theme, name="set_theme"),
    path("places/choose/", views.choose_place, name="choose_place"),
    path("places/<uuid:place_id>/stand/", views.stand, name="stand"),
    path("people/", include("aimline.web.people.urls")),
    path("me/", include("aimline.web.account.urls")),
    path("units/", include("aimline.web.units.urls")),
    path("system/", include("aimline.web.system.urls")),
    path("cycles/", include("aimline.web.cycles.urls")),
    path("", include("aimline.web.theory.urls")),
    path("", include("aimline.web.understand.urls")),
    path("understand/", include("aimline.web.frameworks.urls")),
    path("a/", include("aimline.web.answering.urls")),
    path("field/", include("aimline.web.field.urls")),
    path("instruments/", include("aimline.web.instruments.urls")),
    path("collections/", include("aimline.web.collections.urls")),
    path("reviews/<uuid:review_id>/interviews/", include("aimline.web.interviews.urls")),
    path("reviews/", include("aimline.web.reviews.urls")),
    path("votes/", include("aimline.web.votes.urls")),
    path("samples/", include("aimline.web.samples.urls")),
    path("reports/", include("aimline.web.reports.urls")),
    path("know/", include("aimline.web.know.urls")),
    path("growth/", include("aimline.web.growth.urls")),
    path("measures/", include("aimline.web.measures.urls")),
    path("data-quality/", include("aimline.web.quality.urls")),
    path("imports/", include("aimline.web.imports.urls")),
    path("students/", include("aimline.web.students.urls")),
    path("spread/", include("aimline.web.spread.urls")),
    path("search/", include("aimline.web.search.urls")),
    path("styleguide/", include("aimline.web.styleguide.urls")),
]
