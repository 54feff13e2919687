from __future__ import annotations

from django.urls import path

from aimline.web.quality import views

app_name = "quality"
urlpatterns = [path("", views.show, name="show")]
