from __future__ import annotations

from django.urls import path

from aimline.web.reports import alike, comparing, views

app_name = "reports"
urlpatterns = [
    path("", views.all_here, name="list"),
    path("of/<uuid:review_id>/", views.draft, name="draft"),
    path("of/<uuid:review_id>/share/", views.share, name="share"),
    path("of/<uuid:review_id>/finish/", views.finish, name="finish"),
    path("of/<uuid:review_id>/alike/", alike.alike, name="alike"),
    path("of/<uuid:review_id>/compare/", comparing.compared, name="compare"),
    path("<uuid:report_id>/", views.show, name="show"),
    path("<uuid:report_id>/comment/", views.comment, name="comment"),
    path("<uuid:report_id>/families/", views.families, name="families"),
    path("<uuid:report_id>/<str:kind>/", views.file, name="file"),
    path("comments/<uuid:comment_id>/settle/", views.settle, name="settle"),
]
