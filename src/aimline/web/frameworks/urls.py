from __future__ import annotations

from django.urls import path

from aimline.web.frameworks import views

app_name = "frameworks"
urlpatterns = [
    path("frameworks/", views.list_frameworks, name="list"),
    path("frameworks/<uuid:framework_id>/", views.show, name="show"),
    path("rubrics/<uuid:rubric_id>/", views.rubric, name="rubric"),
]
