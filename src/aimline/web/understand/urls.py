from __future__ import annotations

from django.urls import path

from aimline.web.understand import views

app_name = "places"
urlpatterns = [
    path("understand/", views.here, name="here"),
    path("places/<uuid:place_id>/", views.show, name="show"),
]
