from __future__ import annotations

from django.urls import path

from aimline.web.collections import following, preparing, readers, views, writes

app_name = "collections"
urlpatterns = [
    path("", views.list_collections, name="list"),
    path("new/", writes.new, name="new"),
    path("<uuid:collection_id>/", views.show, name="show"),
    path("<uuid:collection_id>/plan/", writes.plan, name="plan"),
    path("<uuid:collection_id>/people/", writes.people, name="people"),
    path("<uuid:collection_id>/people/<uuid:person_id>/take-off/", writes.take_off, name="take_off"),
    path("<uuid:collection_id>/reminders/", preparing.reminders, name="reminders"),
    path("<uuid:collection_id>/reminder/", views.reminder, name="reminder"),
    path("<uuid:collection_id>/subjects/", preparing.subjects, name="subjects"),
    path("<uuid:collection_id>/classes/", preparing.classes, name="classes"),
    path("<uuid:collection_id>/sheet/", views.sheet, name="sheet"),
    path("<uuid:collection_id>/extend/", writes.extend, name="extend"),
    path("<uuid:collection_id>/close/", writes.close, name="close"),
    path("<uuid:collection_id>/results/", views.results, name="results"),
    path("<uuid:collection_id>/read-alike/", readers.read_alike, name="read_alike"),
    path("<uuid:collection_id>/follow/", following.follow, name="follow"),
    path("<uuid:collection_id>/results.csv", views.results_file, name="results_file"),
    path("<uuid:collection_id>/answers/<uuid:response_id>/", views.answer, name="answer"),
]
