from __future__ import annotations

from django.urls import path

from aimline.web.styleguide import views

urlpatterns = [path("", views.styleguide, name="styleguide")]
