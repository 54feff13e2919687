from __future__ import annotations

from django.urls import path

from aimline.web.quality import identities, views

app_name = "quality"
urlpatterns = [
    path("", views.show, name="show"),
    path("identities/", identities.waiting, name="waiting"),
    path("identities/rosters/", identities.rosters, name="rosters"),
    path("identities/decided/", identities.decided, name="decided"),
    path("identities/take-back/", identities.take_back, name="take_back"),
]
