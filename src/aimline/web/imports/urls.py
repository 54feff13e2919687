from __future__ import annotations

from django.urls import path

from aimline.web.imports import columns, decisions, sending, views

app_name = "imports"
urlpatterns = [
    path("", views.loads, name="list"),
    path("template.csv", views.template, name="template"),
    path("new/", sending.send, name="new"),
    path("uploads/<uuid:upload_id>/match/", columns.match, name="match"),
    path("uploads/<uuid:upload_id>/known/", columns.known, name="known"),
    path("uploads/<uuid:upload_id>/mapping.toml", columns.mapping_file, name="mapping"),
    path("uploads/<uuid:upload_id>/check/", sending.check, name="check"),
    path("uploads/<uuid:upload_id>/removals/", decisions.allow_removals, name="allow_removals"),
    path("uploads/<uuid:upload_id>/title/", decisions.name_framework, name="name_framework"),
    path("uploads/<uuid:upload_id>/held.csv", sending.held, name="held"),
    path("uploads/<uuid:upload_id>/load/", sending.load, name="load"),
    path("uploads/<uuid:upload_id>/progress/", sending.progress, name="progress"),
    path("uploads/<uuid:upload_id>/drop/", sending.drop, name="drop"),
    path("<uuid:load_id>/", views.show, name="show"),
    path("<uuid:load_id>/held.csv", views.held, name="held_of_load"),
    path("<uuid:load_id>/undo/", views.undo, name="undo"),
]
