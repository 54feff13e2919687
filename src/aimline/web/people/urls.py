from __future__ import annotations

from django.urls import path

from aimline.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="list"),
    path("new/", views.register, name="register"),
    path("<uuid:person_id>/", views.show, name="show"),
    path("<uuid:person_id>/grant/", views.grant, name="grant"),
    path("<uuid:person_id>/close/", views.close, name="close"),
    path("grants/<uuid:grant_id>/end/", views.end_grant, name="end_grant"),
    path("teams/new/", views.form_team, name="form_team"),
    path("teams/<uuid:team_id>/join/", views.join, name="join"),
    path("memberships/<uuid:membership_id>/leave/", views.leave, name="leave"),
]
