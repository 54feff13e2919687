from __future__ import annotations

from django.urls import path

from aimline.web.theory import editing, keeping, standing, views

app_name = "theory"
urlpatterns = [
    path("focus/", views.aims, name="aims"),
    path("theories/", views.theories, name="list"),
    path("theories/new/", keeping.start, name="start"),
    path("theories/<uuid:theory_id>/", views.show, name="show"),
    path("theories/<uuid:theory_id>/list/", views.listed, name="listed"),
    path("theories/<uuid:theory_id>/evidence/", views.ideas, name="ideas"),
    path("theories/<uuid:theory_id>/changes/", views.changes, name="changes"),
    path("theories/<uuid:theory_id>/diagram.<str:kind>", views.download, name="download"),
    path("theories/drivers/<uuid:driver_id>/", views.driver, name="driver"),
    path("theories/ideas/<uuid:idea_id>/", views.idea, name="idea"),
    path("theories/<uuid:theory_id>/aim/", keeping.aim, name="aim"),
    path("theories/<uuid:theory_id>/title/", keeping.title, name="title"),
    path("theories/<uuid:theory_id>/share/", keeping.share, name="share"),
    path("theories/<uuid:theory_id>/copy/", keeping.copy, name="copy"),
    path("theories/<uuid:theory_id>/end/", keeping.end, name="end"),
    path("theories/<uuid:theory_id>/reopen/", keeping.reopen, name="reopen"),
    path("theories/<uuid:theory_id>/ground/", standing.of_theory, name="ground_theory"),
    path("theories/drivers/<uuid:driver_id>/ground/", standing.of_driver, name="ground_driver"),
    path("theories/ideas/<uuid:idea_id>/ground/", standing.of_idea, name="ground_idea"),
    path("theories/<uuid:theory_id>/edit/", editing.edit, name="edit"),
    path("theories/<uuid:theory_id>/add/<str:column>/", editing.add, name="add"),
    path("theories/<uuid:theory_id>/balancing/", editing.add_balancing, name="add_balancing"),
    path("theories/balancing/<uuid:balancing_id>/remove/", editing.remove_balancing, name="remove_balancing"),
    path("theories/drivers/<uuid:driver_id>/change/", editing.change_driver, name="change_driver"),
    path("theories/drivers/<uuid:driver_id>/move/", editing.move_driver, name="move_driver"),
    path("theories/drivers/<uuid:driver_id>/remove/", editing.remove_driver, name="remove_driver"),
    path("theories/ideas/<uuid:idea_id>/change/", editing.change_idea, name="change_idea"),
    path("theories/ideas/<uuid:idea_id>/move/", editing.move_idea, name="move_idea"),
    path("theories/ideas/<uuid:idea_id>/remove/", editing.remove_idea, name="remove_idea"),
]
