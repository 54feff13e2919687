from __future__ import annotations

from django.urls import path

from aimline.web.week import views

app_name = "week"
urlpatterns = [path("", views.show, name="show")]
