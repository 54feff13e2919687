from __future__ import annotations

from django.urls import path

from aimline.web.spread import views

app_name = "spread"
urlpatterns = [path("", views.list_spread, name="list")]
