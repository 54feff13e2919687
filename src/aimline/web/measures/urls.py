from __future__ import annotations

from django.urls import path

from aimline.web.measures import changes, marks, recipes, views

app_name = "measures"
urlpatterns = [
    path("", views.measures, name="list"),
    path("define/", changes.define, name="define"),
    path("follow/", changes.follow, name="follow"),
    path("recipes/", recipes.choose, name="recipes"),
    path("recipes/<slug:recipe_key>/", recipes.define, name="recipe"),
    path("<uuid:series_id>/", views.show, name="show"),
    path("<uuid:series_id>/<str:kind>.<str:suffix>", views.download, name="download"),
    path("<uuid:series_id>/edit/", changes.edit, name="edit"),
    path("<uuid:counted_id>/recipe/", recipes.change, name="change_recipe"),
    path("<uuid:counted_id>/as-it-stood/", recipes.as_it_stood, name="as_it_stood"),
    path("<uuid:series_id>/end/", changes.end, name="end"),
    path("<uuid:series_id>/group/", changes.add_group, name="add_group"),
    path("<uuid:series_id>/record/", changes.record, name="record"),
    path("<uuid:series_id>/goal/", changes.aim, name="aim"),
    path("<uuid:series_id>/note/", marks.note, name="note"),
    path("<uuid:series_id>/notes/<uuid:note_id>/remove/", marks.remove_note, name="remove_note"),
    path("<uuid:series_id>/baseline/", marks.freeze, name="freeze"),
    path("<uuid:series_id>/phase/", marks.start_phase, name="start_phase"),
    path("<uuid:series_id>/phases/<uuid:phase_id>/remove/", marks.remove_phase, name="remove_phase"),
    path("<uuid:series_id>/points/<uuid:point_id>/leave-out/", marks.leave_out, name="leave_out"),
    path("<uuid:series_id>/points/<uuid:point_id>/take-in/", marks.take_in, name="take_in"),
]
