from __future__ import annotations

from django.urls import path

from aimline.web.cycles import views, writes

app_name = "cycles"
urlpatterns = [
    path("", views.list_cycles, name="list"),
    path("new/", writes.quick, name="new"),
    path("new/guided/", writes.guided, name="guided"),
    path("<uuid:cycle_id>/", views.show, name="show"),
    path("<uuid:cycle_id>/ramp/", views.ramp, name="ramp"),
    path("<uuid:cycle_id>/plan/", writes.change_plan, name="change_plan"),
    path("<uuid:cycle_id>/predict/", writes.predict, name="predict"),
    path("<uuid:cycle_id>/start/", writes.start, name="start"),
    path("<uuid:cycle_id>/note/", writes.note, name="note"),
    path("<uuid:cycle_id>/finish/", writes.finish, name="finish"),
    path("<uuid:cycle_id>/result/", writes.result, name="result"),
    path("<uuid:cycle_id>/read-result/", writes.read_result, name="read_result"),
    path("<uuid:cycle_id>/study/", writes.study, name="study"),
    path("<uuid:cycle_id>/decide/", writes.decide, name="decide"),
    path("<uuid:cycle_id>/stop/", writes.stop, name="stop"),
    path("<uuid:cycle_id>/copy/", writes.copy, name="copy"),
    path("<uuid:cycle_id>/share/", writes.share, name="share"),
    path("<uuid:cycle_id>/share/<uuid:unit_id>/stop/", writes.unshare, name="unshare"),
]
