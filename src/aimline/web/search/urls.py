from __future__ import annotations

from django.urls import path

from aimline.web.search import views

app_name = "search"
urlpatterns = [path("", views.search, name="show")]
