from __future__ import annotations

from django.urls import path

from aimline.web.samples import drawing, views, visiting

app_name = "samples"
urlpatterns = [
    path("of/<uuid:review_id>/", views.of_review, name="of"),
    path("of/<uuid:review_id>/draw/", drawing.draw, name="draw"),
    path("<uuid:sample_id>/list/", views.drawn, name="drawn"),
    path("<uuid:sample_id>/paper/", views.paper, name="paper"),
    path("<uuid:sample_id>/share-out/", drawing.share_out, name="share_out"),
    path("<uuid:sample_id>/aside/", drawing.set_aside, name="set_aside"),
    path("visits/<uuid:visit_id>/", visiting.visit, name="visit"),
    path("visits/<uuid:visit_id>/replace/", visiting.replace, name="replace"),
    path("seen/<uuid:observer_id>/", visiting.seen, name="seen"),
]
