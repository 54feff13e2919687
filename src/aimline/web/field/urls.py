from __future__ import annotations

from django.urls import path

from aimline.web.field import views

app_name = "field"
urlpatterns = [
    path("", views.show, name="list"),
    path("contact/", views.contact, name="contact"),
    path("worker.js", views.worker, name="worker"),
    path("app.webmanifest", views.manifest, name="manifest"),
    path("<slug:code>/", views.form, name="form"),
    path("<slug:code>/forms/", views.take_form, name="forms"),
    path("<slug:code>/pictures/", views.take_picture, name="pictures"),
]
