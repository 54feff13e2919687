from __future__ import annotations

from django.urls import path

from aimline.web.units import views

app_name = "units"
urlpatterns = [
    path("new/", views.add, name="add"),
    path("<uuid:unit_id>/edit/", views.edit, name="edit"),
    path("<uuid:unit_id>/close/", views.close, name="close"),
    path("<uuid:unit_id>/calendar/", views.calendar, name="calendar"),
]
