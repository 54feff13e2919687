from __future__ import annotations

from django.urls import path

from aimline.web.answering import views

app_name = "answering"
urlpatterns = [
    path("<slug:code>/", views.start, name="start"),
    path("<slug:code>/<int:step>/", views.ask, name="step"),
    path("<slug:code>/thanks/", views.thanks, name="thanks"),
]
