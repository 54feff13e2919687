from __future__ import annotations

from django.urls import path

from aimline.instruments.editing import Part
from aimline.web.instruments import building, showing, views

app_name = "instruments"
urlpatterns = [
    path("", views.list_instruments, name="list"),
    path("new/", views.start, name="new"),
    path("bring/", views.bring, name="bring"),
    path("rubrics/<uuid:rubric_id>/bring/", views.bring_rubric, name="bring_rubric"),
    path("library/<slug:key>/", views.offer, name="library"),
    path("library/<slug:key>/take/", views.take, name="take"),
    path("<uuid:instrument_id>/", showing.show, name="show"),
    path("<uuid:instrument_id>/next/", views.open_next, name="next"),
    path("<uuid:instrument_id>/put-away/", views.put_away, name="put_away"),
    path("<uuid:instrument_id>/bring-back/", views.bring_back, name="bring_back"),
    path("editions/<uuid:edition_id>/", showing.edition, name="edition"),
    path("editions/<uuid:edition_id>/paper/", showing.paper, name="paper"),
    path("editions/<uuid:edition_id>/file/", showing.file, name="file"),
    path("editions/<uuid:edition_id>/edit/", building.edit, name="edit"),
    path("editions/<uuid:edition_id>/items/<slug:key>/", building.item, name="items"),
    path("editions/<uuid:edition_id>/sections/<slug:key>/", building.section, name="sections"),
    path("editions/<uuid:edition_id>/scales/", building.scales, name="scales"),
    path("editions/<uuid:edition_id>/scales/<slug:key>/", building.scale, name="scales"),
    path("editions/<uuid:edition_id>/sums/", building.constructs, name="constructs"),
    path("editions/<uuid:edition_id>/sums/<slug:key>/", building.construct, name="constructs"),
    path("editions/<uuid:edition_id>/whole/", building.whole, name="whole"),
    path("editions/<uuid:edition_id>/languages/add/", building.add_language, name="add_language"),
    path(
        "editions/<uuid:edition_id>/languages/<slug:language>/drop/",
        building.drop_language,
        name="drop_language",
    ),
    path("editions/<uuid:edition_id>/check/", building.check, name="check"),
    path("editions/<uuid:edition_id>/joins/<slug:key>/", building.join, name="join"),
    path("editions/<uuid:edition_id>/publish/", building.publish, name="publish"),
    path("editions/<uuid:edition_id>/throw-away/", building.throw_away, name="throw_away"),
]
# Each part of a document is added and taken out in the same way; scales have no order.
for part in Part:
    edition = f"editions/<uuid:edition_id>/{part}"
    urlpatterns += [
        path(f"{edition}/<slug:key>/remove/", building.remove, {"part": part}, name=f"remove_{part}"),
        path(f"{edition}/new/add/", building.add, {"part": part}, name=f"add_{part}"),
    ]
urlpatterns += [
    path(
        f"editions/<uuid:edition_id>/{part}/<slug:key>/move/",
        building.move,
        {"part": part},
        name=f"move_{part}",
    )
    for part in (Part.ITEM, Part.SECTION, Part.CONSTRUCT)
]
