from __future__ import annotations

from django.urls import path

from aimline.web.know import views

app_name = "know"
urlpatterns = [path("", views.know, name="show")]
