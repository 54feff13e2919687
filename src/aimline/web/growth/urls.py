from __future__ import annotations

from django.urls import path

from aimline.web.growth import mine, runs, views

app_name = "growth"
urlpatterns = [
    path("", views.growth, name="show"),
    path("mine/", mine.mine, name="mine"),
    path("bright-spots/", views.bright_spots, name="bright_spots"),
    path("bright-spots/<uuid:team_result_id>/invite/", views.invite, name="invite"),
    path("runs/new/", runs.ask, name="ask"),
    path("runs/<uuid:growth_run_id>/", runs.show, name="run"),
]
