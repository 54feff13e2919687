from __future__ import annotations

from django.urls import path

from aimline.web.answering import reminders, views

app_name = "answering"
urlpatterns = [
    # Not taken for a code: no code has an i.
    path("reminders/", reminders.mine, name="my_reminders"),
    path("reminders/<str:token>/", reminders.reminders, name="reminders"),
    path("<slug:code>/", views.start, name="start"),
    path("<slug:code>/<int:step>/", views.ask, name="step"),
    path("<slug:code>/thanks/", views.thanks, name="thanks"),
]
